--- The gateway's responses for each kind of error: a status, and a message if the one of the error
-- is not for callers.

local UNREACHABLE = "the contacts cannot be reached"
local LATER = "the contacts cannot be reached now: try again later"

return {
    -- Mistakes of the caller.
    usage = { 400 },
    bad_request = { 400 },
    not_found = { 404 },
    conflict = { 409 },
    unprocessable = { 422 },

    -- Errors after which the caller may try again.
    rate_limited = { 503, LATER },
    overloaded = { 503, LATER },
    exiting = { 503, LATER },
    cancelled = { 503, LATER },
    no_memory = { 503, LATER },
    timeout = { 504, "the contacts did not answer in time: try again later" },

    -- Errors after which the caller must check before it tries again.
    outcome_unknown = {
        502,
        "the contact may or may not have been created: check whether it exists before you retry",
    },

    -- Problems between the gateway and the service, a refused key included.
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
    incomplete = { 502, UNREACHABLE },
    api = { 502, UNREACHABLE },
    server = { 502, UNREACHABLE },

    -- Mistakes of the gateway itself.
    closed = { 500, "the gateway has a fault" },
    not_yieldable = { 500, "the gateway has a fault" },
}
