-- A transport for cqueues: coroutines of one loop wait for their own requests only, any number at
-- once, and walks have pages in flight. libcurl sends the requests, with its timeouts and TLS.
-- Close a client when its calls are over.
--
--     local contacts = pgai.contacts{ transport = require("cqueues_transport")() }
local condition, cqueues = require("cqueues.condition"), require("cqueues")
local curl = require("pgai.transports.curl")

-- Tell flights which of their requests are over, as long as there are any.
local function pump(transport)
    while next(transport.flying) do
        local id = transport.network:wait(0)
        if id then
            table.insert(transport.flying[id].over, id)
            transport.flying[id].changed:signal()
            transport.flying[id] = nil
        else
            cqueues.poll({ pollfd = transport.network:fd(), events = "r" })
        end
    end
    cqueues.cancel(transport.network:fd())
end

local Flights = {}
Flights.__index = Flights

function Flights:begin(request)
    local transport = self.transport
    local id, failure = transport.network:submit(request)
    if id and not next(transport.flying) then
        cqueues.running():wrap(pump, transport)
    end
    if id then
        self[id], transport.flying[id] = request, self
    end
    return id and true, failure
end

function Flights:poll(seconds)
    if self.over[1] or self.changed:wait(seconds) then
        local id = table.remove(self.over, 1)
        return self[id], self.transport.network:result(id)
    end
end

-- Options: base_url, user_agent, proxy and ca, as pgai.contacts has them.
return function(options)
    local transport = assert(curl.new(options))
    transport.flying = {}
    function transport.sleep(_, seconds)
        cqueues.sleep(seconds)
        return true
    end
    function transport:new_flights()
        return setmetatable({ transport = self, over = {}, changed = condition.new() }, Flights)
    end
    return transport
end
