local pgai = require("pgai")
local support = require("support")

local page = support.page

describe("list", function()
    it("gives an array of contacts, with page, limit and total", function()
        local contacts, transport = support.client({ page(1, { "a", "b" }, 57) })
        local got = contacts:list({ page = 1, limit = 2 })
        assert.equal("GET", transport.requests[1].method)
        assert.equal("/v1/contacts?page=1&limit=2", transport.requests[1].target)
        assert.equal(2, #got)
        assert.equal("b", got[2].id)
        assert.same({ 1, 2, 57 }, { got.page, got.limit, got.total })
    end)

    it("sends only what it was given", function()
        local contacts, transport = support.client({ page(1, {}, 0), page(1, {}, 0) })
        contacts:list()
        contacts:list({ per_page = 5 })
        assert.equal("/v1/contacts", transport.requests[1].target)
        assert.equal("/v1/contacts?limit=5", transport.requests[2].target)
    end)

    it("shows loops and encoders contacts alone", function()
        local contacts = support.client({ page(1, { "a", "b" }, 2) })
        local got = contacts:list()
        local seen = {}
        for i, contact in pairs(got) do
            seen[i] = contact.id
        end
        assert.same({ "a", "b" }, seen)
        assert.equal('[{"id":"a"},{"id":"b"}]', require("cjson").encode(got))
    end)

    it("gives the page as the service sends it with to_table()", function()
        local contacts = support.client({ page(3, { "a" }, 7) })
        local copy = contacts:list({ page = 3 }):to_table()
        assert.same({ data = { { id = "a" } },
            pagination = { page = 3, limit = 2, total = 7 } }, copy)
        assert.is_nil(getmetatable(copy.data[1]))
    end)
end)

describe("get", function()
    it("gives a plain table", function()
        local contacts, transport = support.client({
            { body = '{"id":"c/1","first_name":"Sarah","job_title":null}' },
        })
        local contact = contacts:get("c/1")
        assert.equal("/v1/contacts/c%2F1", transport.requests[1].target)
        assert.equal("Sarah", contact.first_name)
        local names = {}
        for name in pairs(contact) do
            names[#names + 1] = name
        end
        table.sort(names)
        assert.same({ "first_name", "id" }, names)
    end)

    it("takes a timeout and a deadline for the call", function()
        local contacts, transport = support.client({ { body = '{"id":"c1"}' } }, { timeout = 9 })
        contacts:get("c1", { timeout = 3, deadline = false })
        assert.equal(3, transport.requests[1].timeout)
    end)
end)

describe("create", function()
    it("sends the fields, and gives the contact as the service returned it", function()
        local contacts, transport = support.client({ { status = 201, body = '{"id":"c9"}' } })
        local made = contacts:create({ first_name = "Sarah", extra = { country = "US" } })
        assert.equal("c9", made.id)
        assert.equal("POST", transport.requests[1].method)
        assert.equal('{"first_name":"Sarah","country":"US"}', transport.requests[1].body)
        assert.is_true(transport.requests[1].once)
    end)

    it("is not sent again when its outcome is unknown", function()
        local contacts, transport = support.client({ { status = 500 } })
        local err = support.raised(contacts.create, contacts, { first_name = "Sarah" })
        assert.equal("outcome_unknown", err.kind)
        assert.is_true(err.outcome_unknown)
        assert.equal(1, #transport.requests)
    end)
end)

describe("a client", function()
    -- Two responses, the first of which says that there are no requests left.
    local function spent()
        local headers = { ["Content-Type"] = "application/json", ["X-RateLimit-Limit"] = "1",
            ["X-RateLimit-Remaining"] = "0" }
        return { { headers = headers, body = '{"id":"c1"}' }, { body = '{"id":"c2"}' } }
    end

    it("asks a function for the key before each call", function()
        local keys = { "test_key_01", "test_key_02" }
        local contacts, transport = support.client({ page(1, {}, 0), page(1, {}, 0) },
            { api_key = function() return table.remove(keys, 1) end })
        contacts:list()
        contacts:list()
        assert.equal("test_key_01", transport.requests[1].headers[1][2])
        assert.equal("test_key_02", transport.requests[2].headers[1][2])
    end)

    it("tells the rate limit as last told", function()
        local contacts = support.client({ { body = '{"id":"c1"}', headers = {
            ["Content-Type"] = "application/json", ["X-RateLimit-Limit"] = "60",
            ["X-RateLimit-Remaining"] = "59", ["X-RateLimit-Reset"] = "30" } } })
        assert.is_nil(contacts:rate_limit())
        contacts:safe():get("c1")
        local limit = contacts:rate_limit()
        assert.equal(60, limit.limit)
        assert.equal(59, limit.remaining)
        assert.is_true(limit.reset > 29 and limit.reset < 32)
        assert.equal(0, limit.wait)
    end)

    it("tells how long the next request would wait", function()
        local contacts = support.client(spent())
        contacts:get("c1")
        assert.is_true(contacts:rate_limit().wait > 50)
    end)

    it("shares what is known of the rate limit with others of its key", function()
        local contacts, transport = support.client(spent())
        local other = pgai.contacts({ api_key = "test_key_0", transport = transport })
        contacts:get("c1")
        other:get("c2")
        assert.is_true(transport.waits[1] > 50)
    end)

    it("does not wait for the rate limit without pacing", function()
        local contacts, transport = support.client(spent(), { pace = false })
        contacts:get("c1")
        contacts:get("c2")
        assert.same({}, transport.waits)
    end)

    it("can be copied with other options", function()
        local contacts, transport = support.client({ page(1, {}, 0), { status = 503 } })
        local other = contacts:with_options({ timeout = 2, max_attempts = 1 })
        contacts:list()
        assert.equal(30, transport.requests[1].timeout)
        assert.equal("server", support.raised(other.list, other).kind)
        assert.equal(2, transport.requests[2].timeout)
    end)

    it("is closed together with those that share its connections", function()
        local contacts, transport = support.client()
        local closed = 0
        transport.close = function() closed = closed + 1 end
        local other = contacts:with_options({ timeout = 2 })
        other:close()
        other:close()
        assert.equal("closed", support.raised(contacts.list, contacts).kind)
        local got, err = contacts:safe():get("c1")
        assert.is_nil(got)
        assert.equal("closed", err.kind)
        assert.is_true(closed <= 1)
    end)

    it("does not show its key", function()
        local contacts = support.client({}, { api_key = "canary_key_1" })
        assert.is_nil(next(contacts))
        assert.is_nil(tostring(contacts):find("canary_key_1", 1, true))
    end)
end)
