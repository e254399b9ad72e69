--- A transport for tests: it sends nothing, returns the responses that it was given, and has a
-- clock of its own, so that waits take no time.
--
--     local fake = require "pgai.transports.fake"
--     local transport = fake.new{
--         { status = 503 },
--         { body = '{"id": "c1", "first_name": "Sarah"}' },
--     }
--     local contacts = pgai.contacts{ api_key = "key", transport = transport }
--     assert(contacts:get("c1").first_name == "Sarah")
--     assert(#transport.requests == 2 and #transport.waits == 1)
--
-- A response is a table with status (200 when missing), headers (a table; a content-type of JSON
-- when missing), body (a string), and takes (seconds that pass before it); or with failure, a
-- table as any transport returns it; or a function of the request, which returns such a table. A
-- request without a response raises an error.
local fake = {}

local Fake = {}
Fake.__index = Fake

--- Make a transport.
-- @tparam[opt] table responses a list, see above; it is copied
-- @treturn table with requests, a list of those that were made, and waits, a list of seconds
function fake.new(responses)
    local self = setmetatable({ requests = {}, waits = {}, responses = {}, time = 1000 }, Fake)
    for _, response in ipairs(responses or {}) do
        self:add(response)
    end
    return self
end

--- Add a response after all others.
function Fake:add(response)
    self.responses[#self.responses + 1] = response
end

--- Let time pass.
-- @tparam number seconds
function Fake:advance(seconds)
    self.time = self.time + seconds
end

function Fake:request(req)
    self.requests[#self.requests + 1] = req
    local response = self.responses[#self.requests]
    if type(response) == "function" then
        response = response(req)
    end
    if not response then
        error(("pgai.transports.fake has no response to request %d, %s %s"):format(
            #self.requests, req.method, req.target), 0)
    end
    self:advance(response.takes or 0)
    if response.failure then
        return nil, response.failure
    end
    local headers = response.headers or { ["Content-Type"] = "application/json" }
    return response.status or 200, headers, response.body or ""
end

function Fake:sleep(seconds)
    self.waits[#self.waits + 1] = seconds
    self:advance(seconds)
    return true
end

function Fake:now()
    return self.time
end

return fake
