--- The transport over libcurl, for programs that may block while they wait.
--
-- A wait returns to Lua at least every 200 ms, so that the hook that lua sets on Ctrl-C can raise.
-- A forked process makes connections of its own.
local curl = require "pgai.curl"

local Curl = {}
Curl.__index = Curl

-- Seconds; pgai.curl comes back sooner.
local A_WHILE = 1

--- Send a request, and wait for its response.
-- @param request a call of pgai.core, or a request of the transport contract
-- @return[1] a response of pgai.curl
-- @return[2] nil
-- @return[2] a failure
function Curl:exchange(request)
    local transport = self._transport
    -- Left over from an error that a hook raised during the wait for its response.
    if self._id then
        transport:release(self._id)
    end
    local failure
    self._id, failure = transport:submit(request)
    if not self._id then
        return nil, failure
    end
    while transport:wait(A_WHILE) ~= self._id do end -- luacheck: ignore 542
    local response
    response, failure = transport:result(self._id)
    self._id = nil
    return response, failure
end

--- Send a request of the transport contract, and wait for its response.
-- @return[1] status, headers and body
-- @return[2] nil and a failure
function Curl:request(request)
    local response, failure = self:exchange(request)
    if not response then
        return nil, failure
    end
    return response:read()
end

Curl.exchanges = Curl.request

--- Wait.
-- @param seconds a number
-- @return true
function Curl:sleep(seconds)
    local now = curl.now()
    local till = now + seconds
    while now < till do
        self._transport:wait(till - now)
        now = curl.now()
    end
    return true
end

--- Seconds of a clock that never goes backwards.
function Curl.now()
    return curl.now()
end

--- Close all connections. Doing it again changes nothing.
function Curl:close()
    self._transport:close()
end

local M = {}

--- Make a transport.
-- @param options a table, or nil: base_url (nil: $PGAI_BASE_URL, or the service's own),
-- user_agent, proxy and ca, as `pgai.contacts` takes them
-- @return[1] the transport
-- @return[2] nil
-- @return[2] the fields of an error: what is not acceptable, or that there is no memory
function M.new(options)
    options = options or {}
    local transport, why = curl.new(options.base_url, options.user_agent, options.proxy,
        options.ca)
    if not transport then
        return nil, why
    end
    return setmetatable({ _transport = transport }, Curl)
end

return M
