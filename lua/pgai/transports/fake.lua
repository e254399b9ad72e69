--- A transport for tests: it sends nothing, gives the answers it was told, and has a clock of
-- its own, so that waits take no time.
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
-- An answer is a table with status (200 when missing), headers (a table; a content-type of
-- JSON when missing), body (a string), and takes (seconds that pass before it); or with
-- failure, a table as any transport returns it; or a function of the request, which returns
-- such a table. A request for which there is no answer raises an error.
local fake = {}

local Fake = {}
Fake.__index = Fake

--- Make a transport.
-- @tparam[opt] table answers a list, see above; it is copied
-- @treturn table with requests, a list of those that were made, and waits, a list of seconds
function fake.new(answers)
    local self = setmetatable({ requests = {}, waits = {}, answers = {}, time = 1000 }, Fake)
    for _, answer in ipairs(answers or {}) do
        self:add(answer)
    end
    return self
end

--- Add an answer after all others.
function Fake:add(answer)
    self.answers[#self.answers + 1] = answer
end

--- Let time pass.
-- @tparam number seconds
function Fake:advance(seconds)
    self.time = self.time + seconds
end

function Fake:request(req)
    self.requests[#self.requests + 1] = req
    local answer = self.answers[#self.requests]
    if type(answer) == "function" then
        answer = answer(req)
    end
    if not answer then
        error(("pgai.transports.fake has no answer to request %d, %s %s"):format(
            #self.requests, req.method, req.target), 0)
    end
    self:advance(answer.takes or 0)
    if answer.failure then
        return nil, answer.failure
    end
    local headers = answer.headers or { ["Content-Type"] = "application/json" }
    return answer.status or 200, headers, answer.body or ""
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
