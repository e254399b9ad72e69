-- The response of a page and of an error: what the conformance table cannot say.
local support = require("support")

local PAGE = '{"data":[{"id":"a"}],"pagination":{"page":1,"limit":1,"total":1}}'

local function headers(more)
    return { ["Content-Type"] = "application/json", ["X-Odd"] = more }
end

describe("the response of a page", function()
    it("is a table without the body", function()
        local contacts = support.client({ { body = PAGE, headers = headers({ "a", "b" }) } })
        local page = contacts:list()
        assert.same({ status = 200, headers = {
            ["content-type"] = "application/json", ["x-odd"] = "a, b" } }, page.response)
        assert.equal(page.response, page.response)
        assert.equal(1, page.requests)
    end)

    it("is no field of the page itself", function()
        local page = support.client({ { body = PAGE } }):list()
        assert.is_not_nil(page.response)
        for name in pairs(page) do
            assert.equal(1, name)
        end
        assert.is_nil(page.no_such_field)
        assert.is_nil(page:to_table().response)
    end)

    it("outlives the client", function()
        local page = support.client({ { body = PAGE } }):list()
        collectgarbage()
        collectgarbage()
        assert.equal(200, page.response.status)
    end)

    it("comes with each page of a walk", function()
        for page in support.client({ { body = PAGE } }):pages{} do
            assert.equal(200, page.response.status)
        end
    end)
end)

describe("the response of an error", function()
    it("is a table without the body", function()
        local contacts = support.client({ { status = 404, body = "{}", headers = headers("a") } })
        local err = support.raised(contacts.get, contacts, "c1")
        assert.same({ status = 404, headers = {
            ["content-type"] = "application/json", ["x-odd"] = "a" } }, err.response)
    end)

    it("comes with the error of a walk, each time", function()
        local contacts = support.client({ { status = 401, body = "{}" } })
        local walk = contacts:safe():each()
        for _ = 1, 2 do
            local item, err = walk:next()
            assert.is_nil(item)
            assert.equal(401, err.response.status)
        end
    end)

    it("is nil where none came", function()
        local contacts = support.client()
        assert.is_nil(support.raised(contacts.get, contacts, "").response)
    end)
end)
