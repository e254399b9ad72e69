local pgai = require("pgai")
local support = require("support")

local page, raised = support.page, support.raised

local function three_pages(more)
    local responses = { page(1, { "a", "b" }, 5), page(2, { "c", "d" }, 5), page(3, { "e" }, 5) }
    for _, response in ipairs(more or {}) do
        responses[#responses + 1] = response
    end
    return support.client(responses)
end

local function ids_of(pager, most)
    local ids = {}
    for contact in pager do
        ids[#ids + 1] = contact.id
        if #ids == most then
            break
        end
    end
    return table.concat(ids, " ")
end

describe("pages", function()
    it("walks over all pages", function()
        local sizes = {}
        for got in three_pages():pages({ limit = 2 }) do
            sizes[#sizes + 1] = #got
            assert.equal(5, got.total)
        end
        assert.same({ 2, 2, 1 }, sizes)
    end)

    it("asks for 50 contacts a page unless told otherwise", function()
        local contacts, transport = support.client({ page(1, {}, 0, 50), page(1, {}, 0, 50) })
        assert.is_nil(contacts:pages():next())
        assert.equal("/v1/contacts?page=1&limit=50", transport.requests[1].target)
    end)

    it("sends nothing before its first page is asked for", function()
        local contacts, transport = three_pages()
        contacts:pages({ limit = 2 })
        assert.same({}, transport.requests)
    end)

    it("stays at its end", function()
        local pager = three_pages():pages({ limit = 2 })
        for _ = 1, 3 do
            pager:next()
        end
        assert.is_nil(pager:next())
        assert.is_nil(pager:next())
    end)

    it("goes on from a cursor within a page", function()
        local pager = three_pages():pages({ limit = 2 })
        pager:next()
        local cursor = pager:cursor(1)
        local contacts = support.client({ page(1, { "a", "b" }, 5), page(2, { "c", "d" }, 5) })
        assert.equal("b c d", ids_of(contacts:each({ cursor = cursor }), 3))
    end)
end)

describe("each", function()
    it("walks over all contacts", function()
        assert.equal("a b c d e", ids_of(three_pages():each({ limit = 2 })))
    end)

    it("has a cursor that is exact to the contact after a break", function()
        local pager = three_pages():each({ limit = 2 })
        assert.equal("a b c", ids_of(pager, 3))
        local cursor = pager:cursor()
        local contacts = support.client({ page(2, { "c", "d" }, 5), page(3, { "e" }, 5) })
        assert.equal("d e", ids_of(contacts:each({ cursor = cursor })))
    end)

    it("goes on in a second loop after a break", function()
        local pager = three_pages():each({ limit = 2 })
        assert.equal("a b c", ids_of(pager, 3))
        assert.equal("d e", ids_of(pager))
    end)

    it("has a cursor after an error in the body of the loop", function()
        local pager = three_pages():each({ limit = 2 })
        raised(function()
            for contact in pager do
                if contact.id == "b" then
                    error("stop")
                end
            end
        end)
        assert.equal("c d e", ids_of(pager))
    end)

    it("counts contacts as they are handed out", function()
        local pager = three_pages():each({ limit = 2 })
        pager:next()
        assert.equal(1, pager:stats().contacts)
        assert.equal(1, pager:stats().pages)
        ids_of(pager)
        local stats = pager:stats()
        assert.same({ 5, 3, 3, 0, 5 },
            { stats.contacts, stats.pages, stats.requests, stats.retries, stats.total })
    end)

    it("keeps two walks at once apart", function()
        local contacts = pgai.contacts({ api_key = "key", transport = support.endless(6) })
        local one, two = contacts:each({ limit = 2 }), contacts:each({ limit = 3 })
        local ids = {}
        for _ = 1, 6 do
            ids[#ids + 1] = one:next().id
            ids[#ids + 1] = two:next().id
        end
        assert.equal("c1 c1 c2 c2 c3 c3 c4 c4 c5 c5 c6 c6", table.concat(ids, " "))
        assert.is_nil(one:next())
        assert.is_nil(two:next())
    end)
end)

describe("a walk that fails", function()
    local function failing()
        return support.client({ page(1, { "a", "b" }, 5),
            { status = 403, body = '{"error":"no"}' } })
    end

    it("raises in a loop, with the cursor", function()
        local contacts = failing()
        local seen = {}
        local err = raised(function()
            for contact in contacts:each({ limit = 2 }) do
                seen[#seen + 1] = contact.id
            end
        end)
        assert.same({ "a", "b" }, seen)
        assert.equal("permission_denied", err.kind)
        local others = support.client({ page(2, { "c", "d" }, 4) })
        assert.equal("c d", ids_of(others:each({ cursor = err.cursor })))
    end)

    it("raises in a loop under safe() too", function()
        local contacts = failing():safe()
        local err = raised(function()
            return ids_of(contacts:each({ limit = 2 }))
        end)
        assert.equal("permission_denied", err.kind)
    end)

    it("returns the error from next() under safe(), and again", function()
        local pager = failing():safe():pages({ limit = 2 })
        assert.equal(2, #pager:next())
        for _ = 1, 2 do
            local got, err = pager:next()
            assert.is_nil(got)
            assert.equal("permission_denied", err.kind)
            assert.equal(pager:cursor(), err.cursor)
        end
    end)

    it("refuses a cursor that is none at once", function()
        local contacts = failing()
        assert.equal("usage", raised(contacts.pages, contacts, { cursor = "x" }).kind)
    end)
end)

describe("a walk that meets trouble", function()
    it("waits and goes on", function()
        local contacts, transport = support.client({
            page(1, { "a", "b" }, 3),
            { status = 429, headers = { ["Retry-After"] = "7" } },
            { status = 503 },
            page(2, { "c" }, 3),
        })
        local pager = contacts:each({ limit = 2 })
        assert.equal("a b c", ids_of(pager))
        assert.is_true(transport.waits[1] >= 7)
        local stats = pager:stats()
        assert.equal(2, stats.retries)
        assert.is_true(stats.waited_limited >= 7)
        assert.is_true(stats.waited_backoff > 0)
    end)

    it("ends at its deadline", function()
        local contacts = support.client({ page(1, { "a", "b" }, 3), { status = 503, takes = 20 } })
        local pager = contacts:pages({ limit = 2, deadline = 10 })
        pager:next()
        assert.equal("server", raised(pager.next, pager).kind)
    end)
end)
