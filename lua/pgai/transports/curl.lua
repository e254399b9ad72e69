--- The transport over libcurl, for programs that may block while they wait.
--
-- A wait returns to Lua at least every 200 ms, so that the hook that lua sets on Ctrl-C can raise.
-- A forked process makes connections of its own.
local curl = require("pgai.curl")
local transports = require("pgai.transports")

local Curl = {}
Curl.__index = Curl

-- Seconds; pgai.curl comes back sooner.
local A_WHILE = 1

-- Requests in flight together: `sent` has the request of each number, `over` the numbers of those
-- that are over.
local Flights = {}
Flights.__index = Flights

function Flights:begin(request)
    local id, failure = self.transport.network:submit(request)
    if not id then
        return nil, failure
    end
    self.sent[id] = request
    self.transport._flights[id] = self
    return true
end

-- Work on all requests of a transport until one is over, or the seconds are. It may be another one
-- than its caller waits for: of a walk whose observer makes a call meanwhile. If nobody will ask
-- for it, since an error was raised where it was waited for, it is released.
local function work(transport, seconds)
    local id = transport.network:wait(seconds)
    local flights = transport._flights[id or 0]
    if flights then
        flights.over[id] = true
    elseif id then
        transport.network:release(id)
    end
end

function Flights:poll(seconds)
    if not next(self.over) then
        work(self.transport, seconds or A_WHILE)
    end
    local id = next(self.over)
    if not id then
        return nil
    end
    local request = self.sent[id]
    self.sent[id], self.over[id], self.transport._flights[id] = nil, nil, nil
    return request, self.transport.network:result(id)
end

-- Release what an error left in flight.
local function clear(flights)
    for id in pairs(flights.sent) do
        flights.transport.network:release(id)
        flights.sent[id], flights.over[id], flights.transport._flights[id] = nil, nil, nil
    end
    return flights
end

--- What waits for requests. A program with a scheduler replaces this by flights of its own, over
-- `network`; see docs/design/lua.md.
-- @param alone whether they are for a single request
function Curl:new_flights(alone)
    if alone and self._alone then
        return clear(self._alone)
    end
    return setmetatable({ transport = self, sent = {}, over = {} }, Flights)
end

--- Send a request, and wait for its response.
-- @param request a call of pgai.core, or a request of the transport contract
-- @return[1] a response of pgai.curl
-- @return[2] nil
-- @return[2] a failure
function Curl:exchange(request)
    local flights = self:new_flights(true)
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
    return transports.has_exchange(self) and self:new_flights() or nil
end

--- Wait.
-- @param seconds a number
-- @return true
function Curl:sleep(seconds)
    local now = curl.now()
    local till = now + seconds
    while now < till do
        work(self, till - now)
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
    self.network:close()
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
    local network, why = curl.new(options.base_url, options.user_agent, options.proxy,
        options.ca)
    if not network then
        return nil, why
    end
    -- Weak, as nobody asks for what was in flight where an error was raised.
    local flights = setmetatable({}, { __mode = "v" })
    local made = setmetatable({ network = network, _flights = flights }, Curl)
    made._alone = made:new_flights()
    return made
end

return M
