local pgai = require("pgai")
local testing = require("pgai.testing")

describe("pgai.testing", function()
    local sandbox

    local function start(options)
        sandbox = testing.sandbox(options)
        return sandbox
    end

    after_each(function()
        if sandbox then
            sandbox:stop()
        end
    end)

    it("starts with a thousand contacts", function()
        start()
        assert.equal(1000, sandbox:client():list().total)
        assert.matches("^http://127%.0%.0%.1:%d+/v1$", sandbox.url)
        assert.matches(sandbox.url, tostring(sandbox), 1, true)
    end)

    it("takes contacts, seed, page_limit and max_limit", function()
        start{ contacts = 30, seed = 7, page_limit = 4, max_limit = 5 }
        local page = sandbox:client():list()
        assert.equal(4, #page)
        assert.equal(5, #sandbox:client():list{ limit = 50 })
        local same = testing.sandbox{ contacts = 30, seed = 7 }
        assert.equal(page[1].id, same:client():list()[1].id)
        same:stop()
    end)

    it("takes faults as a rule, a list of rules, and JSON", function()
        local rule = { fault = "status", code = 403 }
        for _, faults in ipairs({ rule, { rule }, '{"fault": "status", "code": 403}' }) do
            start{ faults = faults }
            local page, err = sandbox:client():safe():list()
            assert.is_nil(page)
            assert.equal("permission_denied", err.kind)
            sandbox:stop()
        end
    end)

    it("tells what it did, and forgets it", function()
        start{ contacts = 0 }
        local contacts = sandbox:client()
        contacts:create{ first_name = "Sarah" }
        local log = sandbox:log()
        assert.equal("Sarah", log.created[1].first_name)
        assert.equal("/v1/contacts", log.requests[1].target)
        assert.equal(1, log.counts.requests)
        sandbox:reset()
        assert.equal(0, sandbox:log().counts.requests)
        assert.equal(0, contacts:list().total)
    end)

    it("limits by a clock that can be moved", function()
        start{ limiter = "fixed", rate_limit = 1 }
        local contacts = sandbox:client{ max_wait = 0.001, pace = false }:safe()
        assert.truthy(contacts:list())
        local page, err = contacts:list()
        assert.is_nil(page)
        assert.equal("rate_limited", err.kind)
        sandbox:advance(61)
        assert.truthy(contacts:list())
    end)

    it("refuses what it cannot do, at the caller's line", function()
        local function refused(words, work, ...)
            local fine, err = pcall(work, ...)
            assert.is_false(fine)
            assert.is_true(pgai.is_error(err, "usage"))
            assert.matches(words, tostring(err), 1, true)
        end
        for _, count in ipairs({ 2.5, -1, 1e300, 0 / 0 }) do
            refused("contacts must be a whole number", testing.sandbox, { contacts = count })
        end
        refused("did you mean contacts", testing.sandbox, { contact = 3 })
        refused("contacts must be a whole number", testing.sandbox, { contacts = "3" })
        refused("no limiter", testing.sandbox, { limiter = "odd" })
        refused("no fault", testing.sandbox, { faults = { fault = "none" } })
        start()
        refused("no fault", sandbox.fault, sandbox, { fault = "none" })
        refused("rule.fault is a function", sandbox.fault, sandbox, { fault = print })
    end)

    it("stops twice, and does nothing afterwards", function()
        start()
        sandbox:stop()
        sandbox:stop()
        assert.has_error(function() sandbox:log() end)
        assert.has_error(function() sandbox:advance(1) end)
    end)
end)
