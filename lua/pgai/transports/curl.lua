--- The transport over libcurl, for programs that may block while they wait.
--
-- A wait returns to Lua at least every 200 ms, so that the hook that lua sets on Ctrl-C can raise.
-- A forked process makes connections of its own.
local curl = require "pgai.curl"

local Curl = {}
Curl.__index = Curl

-- Seconds; pgai.curl comes back sooner.
local A_WHILE = 1

-- Requests in flight: `sent` has the request of each number.
local Flights = {}
Flights.__index = Flights

function Flights:begin(request)
    local id, failure = self.transport:submit(request)
    if not id then
        return nil, failure
    end
    self.sent[id] = request
    return true
end

function Flights:poll(seconds)
    local id = self.transport:wait(seconds or A_WHILE)
    local request = id and self.sent[id]
    if not request then
        return nil
    end
    self.sent[id] = nil
    return request, self.transport:result(id)
end

-- Flights; those before are over, but for what is left of an error that a hook raised during a
-- wait.
local function new_flights(self)
    for id in pairs(self._flights.sent) do
        self._transport:release(id)
    end
    self._flights = setmetatable({ transport = self._transport, sent = {} }, Flights)
    return self._flights
end

--- Send a request, and wait for its response.
-- @param request a call of pgai.core, or a request of the transport contract
-- @return[1] a response of pgai.curl
-- @return[2] nil
-- @return[2] a failure
function Curl:exchange(request)
    local flights = new_flights(self)
    local begun, failure = flights:begin(request)
    if not begun then
        return nil, failure
    end
    while true do
        local done, response, why = flights:poll()
        if done then
            return response, why
        end
    end
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

--- Several requests in flight; see docs/design/lua.md. Nil if `request` was replaced, to see each
-- request.
function Curl:flights()
    if self.request == Curl.request then
        return new_flights(self)
    end
    return nil
end

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
    return setmetatable({ _transport = transport, _flights = { sent = {} } }, Curl)
end

return M
