--- Sessions: what all calls with one key share, such as what is known of the rate limit. The
-- service counts by key, so clients with the same key in one Lua state share a session.
local core = require("pgai.core")

local session = {}

-- By clock, since the calls of a session must use one clock, then by the options of sessions. They
-- live as long as a client that uses them.
local sessions = setmetatable({}, { __mode = "k" })

local function of_clock(clock)
    if not sessions[clock] then
        sessions[clock] = setmetatable({}, { __mode = "v" })
    end
    return sessions[clock]
end

-- Differs between processes, forked ones included, and between Lua states of a process.
local function seed()
    local number = os.time() % 2 ^ 20
    local source = io.open("/dev/urandom", "rb")
    local bytes = source and source:read(4) or tostring({})
    if source then
        source:close()
    end
    for i = 1, #bytes do
        number = (number * 256 + bytes:byte(i)) % 2 ^ 52
    end
    return number
end

--- A share as text: the same for the same number.
function session.share_name(share)
    return ("%.17g"):format(share or 1)
end

--- The session for a key.
-- @param clock a transport, or a name that transports with one clock share
-- @tparam string key
-- @tparam table options base_url, user_agent, allow_cleartext and share of a client
-- @return a session of core.so; or nil and the fields of an error
function session.get(clock, key, options)
    local given = {
        api_key = key,
        base_url = options.base_url,
        user_agent = options.user_agent,
        allow_cleartext = options.allow_cleartext,
        share = options.share,
        seed = seed(),
    }
    local known = of_clock(clock)
    local name = table.concat({
        tostring(key), tostring(given.base_url), tostring(given.user_agent),
        tostring(given.allow_cleartext), session.share_name(given.share),
        tostring(options.pace == "shared"),
    }, "\0")
    if not known[name] then
        local made, err = core.session(given)
        if not made then
            return nil, err
        end
        known[name] = made
    end
    return known[name]
end

return session
