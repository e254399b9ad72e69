--- Contacts that are fetched by their ids: what Lua adds to the conformance table.
local pgai = require("pgai")
local testing = require("pgai.testing")

describe("get_many", function()
    local sandbox, contacts, ids

    before_each(function()
        sandbox = testing.sandbox{ contacts = 30, rate_limit = 0 }
        contacts = pgai.contacts{ api_key = sandbox.api_key, base_url = sandbox.url }
        ids = {}
        for i, contact in ipairs(contacts:list()) do
            ids[i] = contact.id
        end
    end)

    after_each(function()
        contacts:close()
        sandbox:stop()
    end)

    it("returns contacts in order, and false for one that is not there", function()
        local walk = contacts:get_many({ ids[1], "nobody", ids[3], ids[1] }, { prefetch = 3 })
        local found = {}
        for contact in walk do
            found[#found + 1] = contact and contact.id
        end
        assert.same({ ids[1], false, ids[3], ids[1] }, found)
        local stats = walk:stats()
        assert.equal(3, stats.contacts)
        assert.equal(1, stats.gone)
        assert.is_true(stats.complete)
        assert.is_nil(walk:cursor())
        assert.is_nil(walk:next())
    end)

    it("sends nothing before the first is asked for", function()
        local before = #sandbox:log().requests
        local walk = contacts:get_many(ids)
        assert.equal(before, #sandbox:log().requests)
        assert.equal(ids[1], walk:next().id)
        assert.is_nil(contacts:get_many({}):next())
    end)

    it("tells a failure, also under safe(), and how many came before", function()
        sandbox:fault{ fault = "status", code = 403, match = { nth = 2 } }
        local walk = contacts:safe():get_many(ids, { prefetch = 1 })
        assert.equal(ids[1], walk:next().id)
        local contact, err = walk:next()
        assert.is_nil(contact)
        assert.equal("permission_denied", err.kind)
        assert.is_nil(err.cursor)
        assert.equal(1, walk:stats().contacts)
    end)

    it("refuses ids that are not acceptable", function()
        local function refused(message, ...)
            local ok, err = pcall(contacts.get_many, contacts, ...)
            assert.is_false(ok)
            assert.equal("usage", err.kind)
            assert.truthy(err.message:find(message, 1, true), err.message)
        end
        refused("get_many takes a list of ids, not string", "abc")
        refused("get_many takes a list of ids, not nil")
        refused("id 2 of 2 must be a string, not number", { "a", 7 })
        refused("id 1 of 1 is empty", { "" })
        refused("id 1 of 1 contains a NUL character", { "a\0" })
        refused("did you mean prefetch?", {}, { concurrency = 2 })
        refused("get_many takes a table of options", {}, 7)
    end)
end)
