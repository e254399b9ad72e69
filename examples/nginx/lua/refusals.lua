--- What callers of the gateway are told of each kind of error: a status, and words, where those
-- of the error are not for them.

local UNREACHABLE = "the contacts cannot be reached"
local LATER = "the contacts cannot be reached now: try again later"

return {
    -- What the caller got wrong.
    usage = { 400 },
    bad_request = { 400 },
    not_found = { 404 },
    conflict = { 409 },
    unprocessable = { 422 },

    -- What the caller may try again.
    rate_limited = { 503, LATER },
    overloaded = { 503, LATER },
    exiting = { 503, LATER },
    cancelled = { 503, LATER },
    no_memory = { 503, LATER },
    timeout = { 504, "the contacts did not answer in time: try again later" },

    -- What the caller must not try again without a look.
    outcome_unknown = {
        502,
        "the contact may or may not have been created: check whether it exists before you retry",
    },

    -- What is between the gateway and the service, a key that is refused, too.
    authentication = { 502, UNREACHABLE },
    permission_denied = { 502, UNREACHABLE },
    insufficient_credits = { 502, UNREACHABLE },
    connect = { 502, UNREACHABLE },
    tls = { 502, UNREACHABLE },
    connection_lost = { 502, UNREACHABLE },
    protocol = { 502, UNREACHABLE },
    too_large = { 502, UNREACHABLE },
    decode = { 502, UNREACHABLE },
    redirect = { 502, UNREACHABLE },
    api = { 502, UNREACHABLE },
    server = { 502, UNREACHABLE },

    -- What the gateway itself does wrong.
    closed = { 500, "the gateway has a fault" },
    not_yieldable = { 500, "the gateway has a fault" },
}
