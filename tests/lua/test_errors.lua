local pgai = require("pgai")
local support = require("support")

local raised = support.raised

describe("an error", function()
    local function refused()
        return support.client({ { status = 404, headers = { ["X-Request-Id"] = "r1" },
            body = '{"error":{"message":"no such contact","code":"E7"}}' } })
    end

    it("is raised as a table", function()
        local contacts = refused()
        local err = raised(contacts.get, contacts, "nope")
        assert.equal("not_found", err.kind)
        assert.equal(404, err.status)
        assert.equal("no such contact", err.message)
        assert.equal("E7", err.code)
        assert.equal("r1", err.request_id)
        assert.equal(1, err.requests)
        assert.is_false(err.outcome_unknown)
        assert.equal("pgai: no such contact (HTTP status 404) (request r1)", tostring(err))
    end)

    it("names the status once", function()
        local contacts = support.client({ { status = 503, body = "" } }, { max_attempts = 1 })
        local err = raised(contacts.get, contacts, "c1")
        assert.equal("pgai: the service failed (status 503)", tostring(err))
    end)

    it("has the traceback of where it was raised", function()
        local contacts = refused()
        local err = raised(function() return (contacts:get("nope")) end)
        assert.truthy(err.traceback:find("test_errors.lua", 1, true))
    end)

    it("is returned under safe()", function()
        local contact, err = refused():safe():get("nope")
        assert.is_nil(contact)
        assert.is_true(pgai.is_error(err))
        assert.is_true(pgai.is_error(err, "not_found"))
        assert.is_false(pgai.is_error(err, "server"))
        assert.is_nil(err.traceback)
    end)

    it("is told from other values", function()
        assert.is_false(pgai.is_error("not_found"))
        assert.is_false(pgai.is_error({ kind = "not_found" }))
        assert.is_false(pgai.is_error(nil))
    end)

    it("has the details", function()
        local contacts = support.client({ { status = 422,
            body = '{"error":"bad","details":{"email":["taken"],"count":2}}' } })
        local err = raised(contacts.create, contacts, { first_name = "Sarah" })
        assert.equal("unprocessable", err.kind)
        assert.same({ email = { "taken" }, count = 2 }, err.details)
    end)

    it("says where a key came from that is refused", function()
        local contacts = support.client({ { status = 401, body = '{"error":"no"}' } })
        local err = raised(contacts.list, contacts)
        assert.equal("the option api_key", err.key_source)
        assert.matches("the key came from the option api_key", tostring(err))
    end)
end)

describe("a bad argument", function()
    local contacts = support.client()

    local function check(message, ...)
        local err = raised(...)
        assert.is_true(pgai.is_error(err, "usage"))
        assert.equal(message, err.message)
        assert.equal(0, err.requests)
        return err
    end

    it("is refused with the name that was meant", function()
        check("contacts has no option api_keys; did you mean api_key?",
            pgai.contacts, { api_keys = "x" })
        check("list has no option perpage; did you mean per_page?",
            contacts.list, contacts, { perpage = 5 })
        check("create has no option frist_name; did you mean first_name?",
            contacts.create, contacts, { frist_name = "Sarah" })
        check("create has no option emial; did you mean email?",
            contacts.create, contacts, { emial = "x" })
        check("pages has no option curser; did you mean cursor?",
            contacts.pages, contacts, { curser = "x" })
    end)

    it("is refused where no name is near", function()
        check("list has no option 1", contacts.list, contacts, { 25 })
        check("create has no option country; other fields go into extra",
            contacts.create, contacts, { country = "US" })
        check("list has no option connect_timeout",
            contacts.list, contacts, { connect_timeout = 5 })
        check("list has no option sort", contacts.list, contacts, { sort = "id" })
        check("get has no option ident", contacts.get, contacts, "c1", { ident = 1 })
        check("create has no option api_key", contacts.create, contacts, { api_key = "x" })
    end)

    it("is refused with what other libraries mean by it", function()
        local function hint(method, wrong, right)
            local err = raised(contacts[method], contacts, { [wrong] = 1 })
            local text = "has no option " .. wrong .. "; did you mean " .. right
            assert.is_truthy(err.message:find(text, 1, true), err.message)
        end
        hint("each", "page", "start, the number of the first page?")
        hint("each", "offset", "start, the number of the first page?")
        hint("pages", "from", "start, the number of the first page?")
        hint("pages", "page_size", "limit, contacts a page?")
        hint("each", "after", "cursor?")
        hint("list", "pageSize", "limit, contacts a page?")
        hint("list", "count", "limit, contacts a page?")
        hint("list", "start", "page, the number of a page?")
        hint("list", "request_timeout", "timeout?")
        hint("with_options", "retries", "max_attempts, which includes the first one?")
        hint("with_options", "token", "api_key?")
        hint("with_options", "url", "base_url?")
        hint("with_options", "cacert", "ca?")
    end)

    it("is named when its type is wrong", function()
        check("id must be a string, not number", contacts.get, contacts, 7)
        check("page must be a whole number, not string", contacts.list, contacts, { page = "1" })
        check("limit must be a whole number", contacts.list, contacts, { limit = 1.5 })
        check("limit must be a whole number", contacts.list, contacts, { limit = math.huge })
        check("timeout must be a number of seconds or false, not string",
            contacts.get, contacts, "c1", { timeout = "1" })
        check("cursor must be a string, not table", contacts.pages, contacts, { cursor = {} })
        check("email must be a string, not boolean",
            contacts.create, contacts, { email = true })
        for _, pace in ipairs({ 1, "", "no" }) do
            check('pace must be true, false or "shared"',
                pgai.contacts, { api_key = "test_key_0", pace = pace, transport = "curl" })
        end
        check("api_key must be a string, not table", pgai.contacts, { api_key = {} })
        for _, share in ipairs({ "1/8", true }) do
            check("share must be a number, not " .. type(share),
                pgai.contacts, { api_key = "test_key_0", share = share, transport = "curl" })
        end
    end)

    it("is refused when its value makes no sense", function()
        check("timeout must be more than 0 seconds; false means no end",
            contacts.get, contacts, "c1", { timeout = 0 })
        check("max_attempts must be at least 1",
            pgai.contacts, { api_key = "test_key_0", max_attempts = 0 })
        for said, share in pairs({ ["0"] = 0, ["2"] = 2, ["-0.5"] = -0.5, ["nan"] = 0 / 0 }) do
            check(("share is %s, but must be above 0 and at most 1: it is the part of the rate "
                .. "limit to use, such as 0.125 for each of 8 workers"):format(said),
                pgai.contacts, { api_key = "test_key_0", share = share, transport = "curl" })
        end
        check("id contains a NUL character", contacts.get, contacts, "c\0001")
        check("limit and per_page are the same option: give only one",
            contacts.list, contacts, { limit = 1, per_page = 1 })
        check("null must be omit or sentinel, not null",
            pgai.contacts, { api_key = "test_key_0", null = "null" })
        check('pace = "shared" needs the transport curl; inside nginx, workers share the option '
            .. "pacing", pgai.contacts, { api_key = "test_key_0", pace = "shared",
            transport = require("pgai.transports.fake").new() })
        check("transport has no method now",
            pgai.contacts, { api_key = "test_key_0", transport = {} })
        check("transport must be auto, curl, cosocket, resty_http or a table, not pigeon",
            pgai.contacts, { api_key = "test_key_0", transport = "pigeon" })
    end)

    it("is raised under safe() all the same", function()
        check("id must be a string, not nil", contacts.get, contacts:safe())
    end)

    it("is raised at the caller's line", function()
        local err = raised(function()
            contacts:get(7)
        end)
        local line = debug.getinfo(1, "l").currentline - 2
        assert.truthy(err.where:find("test_errors.lua:" .. line, 1, true))
        assert.equal(err.where .. ": pgai: id must be a string, not number", tostring(err))
    end)

    it("tells of a colon that was left out", function()
        check("list is a method: call it with a colon, contacts:list(...)",
            contacts.list, { page = 1 })
    end)

    it("sends nothing", function()
        local client, transport = support.client()
        raised(client.list, client, { page = 0 })
        raised(client.create, client, { extra = { print } })
        assert.same({}, transport.requests)
    end)
end)
