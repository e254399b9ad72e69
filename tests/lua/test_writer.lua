local json = require("dkjson")
local pgai = require("pgai")
local testing = require("pgai.testing")

describe("a page as text", function()
    local sandbox, contacts

    before_each(function()
        sandbox = testing.sandbox{ contacts = 100 }
        contacts = sandbox:client()
    end)

    after_each(function()
        sandbox:stop()
    end)

    it("is that of a walk, if it was asked to keep its JSON", function()
        local seen, written = {}, {}
        for page in contacts:pages{ limit = 30, keep_json = true } do
            for _, contact in ipairs(page) do
                seen[#seen + 1] = contact.id
            end
            written[#written + 1] = page:to_csv{ columns = { "id" }, header = page.page == 1 }
        end
        assert.equal(100, #seen)
        assert.equal("id\r\n" .. table.concat(seen, "\r\n") .. "\r\n", table.concat(written))
    end)

    it("says the same as its tables", function()
        local page = contacts:list{ limit = 20, keep_json = true }
        local n = 0
        for line in page:to_ndjson():gmatch("([^\n]*)\n") do
            n = n + 1
            assert.same(json.decode(line).email, page[n].email)
            assert.same(json.decode(line).id, page[n].id)
        end
        assert.equal(20, n)
        assert.equal(page:to_ndjson(), page:to_ndjson())
        assert.equal(200, page.response.status)
        assert.equal(1, page.requests)
        assert.is_nil(page.nothing)
    end)

    it("is there for the pages of a cache, and of a client that shares its connections", function()
        local other = contacts:safe():with_options{ timeout = 5, null = "sentinel" }
        local page = assert(other:list{ limit = 3, keep_json = true })
        assert.equal(contacts:list{ limit = 3, keep_json = true }:to_csv(), page:to_csv())
    end)

    it("says what is missing where the page did not keep its JSON", function()
        for _, page in ipairs({ contacts:list(), contacts:list{ keep_json = false } }) do
            for _, method in ipairs({ "to_csv", "to_ndjson" }) do
                local fine, err = pcall(page[method], page)
                assert.is_false(fine)
                assert.matches("give list or pages the option keep_json = true", err, 1, true)
            end
        end
    end)

    it("refuses wrong options of the call", function()
        for _, call in ipairs({ "list", "pages" }) do
            local fine, err = pcall(contacts[call], contacts, { keep_json = 1 })
            assert.is_false(fine)
            assert.is_truthy(pgai.is_error(err, "usage"))
            assert.equal("keep_json must be a boolean, not number", err.message)
        end
        local fine, err = pcall(contacts.each, contacts, { keep_json = true })
        assert.is_false(fine)
        assert.is_truthy(err.message:find("each has no option keep_json", 1, true))
    end)

    it("refuses wrong options, at the line of the caller", function()
        local page = contacts:list{ limit = 1, keep_json = true }
        for _, case in ipairs({
            { "email", "to_csv takes a table of options, not string" },
            { { columns = "email" }, "columns must be a list of strings, not string" },
            { { columns = { "id", 7 } }, "column 2 of 2 must be a string, not number" },
            { { columns = { "i\0d" } }, "column 1 of 1 contains a NUL character" },
            { { columns = { "id", "id" } }, "column 2 of 2 comes twice: id" },
            { { columns = {} }, "there must be 1 to 1000 columns, not 0" },
            { { header = 1 }, "header must be a boolean, not number" },
            { { escape_formulas = "x" }, "escape_formulas must be a boolean, not string" },
            { { delimiter = ";" }, "to_csv has no option delimiter; it has columns, header and" },
            { { "id" }, "to_csv has no option a number" },
        }) do
            local fine, err = pcall(function()
                local _ = page:to_csv(case[1])
            end)
            assert.is_false(fine)
            assert.is_truthy(err:find("pgai: " .. case[2], 1, true), err)
            assert.is_truthy(err:find("test_writer.lua:", 1, true), err)
        end
    end)

    it("goes with the page", function()
        local alive = setmetatable({}, { __mode = "k" })
        for _ = 1, 50 do
            alive[contacts:list{ limit = 50, keep_json = true }] = true
        end
        collectgarbage()
        collectgarbage()
        assert.is_nil(next(alive))
    end)
end)
