-- A transport for copas 4: its threads wait for their own requests only, any number at once, and
-- walks have pages in flight. libcurl sends the requests, with its timeouts and TLS. Close a client
-- when its calls are over.
--
--     local contacts = pgai.contacts{ transport = require("copas_transport")() }
local copas, curl = require("copas"), require("pgai.transports.curl")

-- For copas a socket, which is read as long as there are requests: it tells flights which are over.
local Socket = {}
Socket.__index = Socket
function Socket.dirty() return false end
function Socket:getfd() return self.network:fd() end

function Socket:receive()
    for id in function() return self.network:wait(0) end do
        table.insert(self.flying[id].over, id)
        copas.wakeup(self.flying[id].thread)
        self.flying[id] = nil
    end
    return not next(self.flying) or nil, "timeout"
end

local Flights = {}
Flights.__index = Flights

function Flights:begin(request)
    local socket = self.socket
    local id, failure = socket.network:submit(request)
    if id and not next(socket.flying) then
        copas.addthread(copas.receive, socket)
    end
    if id then
        self[id], socket.flying[id] = request, self
    end
    return id and true, failure
end

function Flights:poll(seconds)
    if not self.over[1] then
        (seconds and copas.pause or copas.pauseforever)(seconds)
    end
    local id = table.remove(self.over, 1)
    if id then
        return self[id], self.socket.network:result(id)
    end
end

-- Options: base_url, user_agent, proxy and ca, as pgai.contacts has them.
return function(options)
    local transport = assert(curl.new(options))
    local socket = setmetatable({ network = transport.network, flying = {} }, Socket)
    function transport.sleep(_, seconds)
        return copas.pause(seconds) and true
    end
    function transport.new_flights()
        return setmetatable({ socket = socket, over = {}, thread = coroutine.running() }, Flights)
    end
    return transport
end
