local core = require("pgai.core")
local fake = require("pgai.transports.fake")
local pgai = require("pgai")
local support = require("support")

local raised = support.raised

-- A service like that of support.endless(), whose transport yields whatever it waits for.
local function yielding(total)
    local transport = support.endless(total)
    local request, sleep = transport.request, transport.sleep
    function transport:request(req)
        coroutine.yield("request")
        return request(self, req)
    end
    function transport:sleep(seconds, cause)
        coroutine.yield("sleep")
        return sleep(self, seconds, cause)
    end
    return transport
end

describe("a transport", function()
    it("must return a status that there is", function()
        for _, status in ipairs({ 200.5, 2 ^ 32 + 200, 0, -200, 1e300, 0 / 0, 1 / 0 }) do
            local contacts = support.client({ { status = status, body = '{"id":"c1"}' } })
            local err = raised(contacts.get, contacts, "c1")
            assert.matches("a status of three digits", err, 1, true)
        end
    end)

    it("may yield", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = yielding(4) })
        local yields, ids = 0, {}
        local walk = coroutine.wrap(function()
            for contact in contacts:each({ limit = 2 }) do
                ids[#ids + 1] = contact.id
            end
            return "end"
        end)
        while walk() ~= "end" do
            yields = yields + 1
        end
        assert.equal("c1 c2 c3 c4", table.concat(ids, " "))
        assert.equal(2, yields)
    end)

    it("may yield for two walks at once", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = yielding(6) })
        local ids, left = {}, 2
        local function walk(name)
            return coroutine.wrap(function()
                for contact in contacts:each({ limit = 2 }) do
                    ids[#ids + 1] = name .. contact.id
                end
                left = left - 1
            end)
        end
        local one, two = walk("1"), walk("2")
        for _ = 1, 4 do
            one()
            two()
        end
        assert.equal(0, left)
        assert.equal(12, #ids)
    end)

    it("is refused to a second coroutine of one pager", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = yielding(6) })
        local pager = contacts:pages({ limit = 2 })
        local first = coroutine.wrap(function() return pager:next() end)
        first()
        assert.equal("another coroutine is using this pager", raised(pager.next, pager).message)
        assert.equal(2, #first())
    end)

    it("gets a timeout that shrinks with the deadline", function()
        local contacts, transport = support.client(
            { { status = 503, takes = 9 }, { body = '{"id":"c1"}' } }, { deadline = 30 })
        contacts:get("c1")
        assert.equal(30, transport.requests[1].timeout)
        assert.is_true(transport.requests[2].timeout < 21)
    end)

    it("may answer with several headers of one name", function()
        local contacts = support.client({ { status = 429, headers = {
            ["Retry-After"] = { "3", "3" }, ["x-request-id"] = "r7" } } }, { max_wait = 1 })
        local err = raised(contacts.list, contacts)
        assert.equal("rate_limited", err.kind)
        assert.equal("r7", err.request_id)
    end)

    it("may fail", function()
        local contacts, transport = support.client({
            { failure = { kind = "connect", sent = false, message = "refused" } },
            { failure = { kind = "timeout" } },
            { failure = { kind = "tls", permanent = true, message = "expired" } },
        })
        local err = raised(contacts.list, contacts)
        assert.equal("tls", err.kind)
        assert.truthy(err.message:find("expired", 1, true))
        assert.equal(3, #transport.requests)
    end)

    it("counts as having sent a create unless it says otherwise", function()
        local contacts, transport = support.client({ { failure = { kind = "connect" } } })
        local err = raised(contacts.create, contacts, { first_name = "Sarah" })
        assert.equal("outcome_unknown", err.kind)
        assert.equal(1, #transport.requests)
    end)

    it("can end a wait", function()
        for _, kind in ipairs({ "cancelled", "exiting" }) do
            local contacts, transport = support.client({ { status = 503 } })
            transport.sleep = function() return nil, kind end
            assert.equal(kind, raised(contacts.list, contacts).kind)
        end
    end)

    it("is told of when it returns what it must not", function()
        local function complaint(...)
            local returned = { n = select("#", ...), ... }
            local contacts = pgai.contacts({ api_key = "test_key_0", transport = {
                now = function() return 1 end,
                sleep = function() return true end,
                request = function() return returned[1], returned[2], returned[3] end,
            } })
            return raised(contacts.list, contacts)
        end
        assert.truthy(complaint(nil):find("nil and a failure", 1, true))
        assert.truthy(complaint(nil, { kind = "not_found" }):find("not_found", 1, true))
        assert.truthy(complaint("200", {}, ""):find("a status and a table of headers", 1, true))
        assert.truthy(complaint(200, nil, ""):find("a status and a table of headers", 1, true))
        assert.truthy(complaint(200, { a = 1 }, ""):find("headers must be strings", 1, true))
        assert.truthy(complaint(200, { a = { 1 } }, ""):find("headers must be strings", 1, true))
        assert.truthy(complaint(200, {}, {}):find("the body as a string", 1, true))
    end)

    it("may raise an error, after which a walk goes on", function()
        local transport = support.endless(4)
        local request, trouble = transport.request, true
        function transport:request(req)
            if trouble then
                trouble = false
                error("the cable is loose", 0)
            end
            return request(self, req)
        end
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = transport })
        local pager = contacts:pages({ limit = 2 })
        assert.equal("the cable is loose", raised(pager.next, pager))
        assert.equal("c1", pager:next()[1].id)
    end)
end)

describe("the fake transport", function()
    it("raises when it has no response left", function()
        local contacts = support.client({})
        assert.equal("pgai.transports.fake has no response to request 1, GET /v1/contacts",
            raised(contacts.list, contacts))
    end)

    it("has a clock of its own", function()
        local transport = fake.new()
        local start = transport:now()
        transport:advance(2)
        transport:sleep(3)
        assert.equal(start + 5, transport:now())
        assert.same({ 3 }, transport.waits)
    end)
end)

describe("in nginx", function()
    local module = "pgai.transports.cosocket"

    before_each(function()
        rawset(_G, "ngx", {
            socket = { tcp = function() end },
            get_phase = function() return "log" end,
        })
        package.loaded[module] = { new = function() return support.endless(3) end }
    end)

    after_each(function()
        rawset(_G, "ngx", nil)
        package.loaded[module] = nil
    end)

    it("a call that cannot wait is refused", function()
        assert.is_false(core.isyieldable())
        local contacts = pgai.contacts({ api_key = "test_key_0" })
        local err = raised(contacts.list, contacts)
        assert.equal("not_yieldable", err.kind)
        assert.truthy(err.message:find("log", 1, true))
        assert.truthy(err.message:find("ngx.timer.at", 1, true))
        assert.equal("not_yieldable", select(2, contacts:safe():each():next()).kind)
    end)

    it("a call that can wait goes over cosockets", function()
        local contacts = pgai.contacts({ api_key = "test_key_0" })
        local page = coroutine.wrap(function() return contacts:list() end)()
        assert.equal(3, #page)
    end)
end)
