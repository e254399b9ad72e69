--- Sessions: what all calls of one key share, such as what is known of the rate limit. The
-- service counts by key, so clients of one key in one Lua share theirs.
local core = require("pgai.core")

local session = {}

-- By clock, as the calls of a session must use one, then by what sessions are made of. They
-- live as long as a client that uses them.
local sessions = setmetatable({}, { __mode = "k" })

local function of_clock(clock)
    if not sessions[clock] then
        sessions[clock] = setmetatable({}, { __mode = "v" })
    end
    return sessions[clock]
end

-- Differs between processes, and between Lua states of one.
local function seed()
    local address = tostring({}):match("0x(%x+)") or "0"
    return (os.time() % 2 ^ 20) * 2 ^ 32 + tonumber(address, 16) % 2 ^ 32
end

--- The session for a key.
-- @param clock a transport, or a name that transports with one clock share
-- @tparam string key
-- @tparam table options base_url, user_agent and allow_cleartext of a client
-- @return a session of core.so; or nil and the fields of an error
function session.get(clock, key, options)
    local given = {
        api_key = key,
        base_url = options.base_url,
        user_agent = options.user_agent,
        allow_cleartext = options.allow_cleartext,
        seed = seed(),
    }
    local known = of_clock(clock)
    local name = table.concat({
        tostring(key), tostring(given.base_url), tostring(given.user_agent),
        tostring(given.allow_cleartext),
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
