-- What the rows of requests.json cannot say of requests to any endpoint.
local peers = require("peers")
local pgai = require("pgai")
local support = require("support")
local testing = require("pgai.testing")

-- The response to this body, or this table of a fake response.
local function response_of(given, options)
    local response = type(given) == "table" and given or { body = given }
    local contacts = support.client({ response }, options)
    return contacts:request{ path = "/x" }
end

-- The target of a request with this query, without its path.
local function sent_query(query)
    local contacts, transport = support.client({ {} })
    contacts:request{ path = "/x", query = query }
    return transport.requests[1].target:sub(#"/v1/x" + 1)
end

-- The body that is sent.
local function sent_body(json)
    local contacts, transport = support.client({ {} })
    contacts:request{ method = "PUT", path = "/x", json = json }
    return transport.requests[1].body
end

local function refusal(given)
    local contacts, transport = support.client()
    local err = support.raised(contacts.request, contacts, given)
    assert.equal("usage", err.kind)
    assert.equal(0, #transport.requests)
    return err.message
end

local function refused_query(query)
    return refusal({ path = "/x", query = query })
end

describe("the response to a request", function()
    it("is a plain table of status, headers, json and text", function()
        local response = response_of('{"data":[1.5,"\\u00e9"]}')
        assert.is_nil(getmetatable(response))
        assert.same({ status = 200, headers = { ["content-type"] = "application/json" },
            json = { data = { 1.5, "é" } }, text = '{"data":[1.5,"\\u00e9"]}' }, response)
        assert.equal(pgai.array_mt, getmetatable(response.json.data))
    end)

    it("has the JSON values that contacts have", function()
        assert.equal("18446744073709551616", response_of("18446744073709551616").json)
        assert.equal(12, response_of("12").json)
        assert.equal(pgai._ABI == "luajit" and "9007199254740993" or 9007199254740993,
            response_of("9007199254740993").json)
        assert.is_false(response_of("false").json)
        assert.equal("x", response_of(' "x" ').json)
        assert.equal(pgai.array_mt, getmetatable(response_of("[]").json))
        assert.is_nil(getmetatable(response_of("{}").json))
    end)

    it("has null where contacts have it", function()
        local text = '{"a":null,"b":[null]}'
        local omitted, kept = response_of(text), response_of(text, { null = "sentinel" })
        assert.is_nil(omitted.json.a)
        assert.equal(pgai.null, omitted.json.b[1])
        assert.equal(pgai.null, kept.json.a)
        assert.is_nil(response_of("null").json)
        assert.equal("null", response_of("null").text)
        assert.equal(pgai.null, response_of("null", { null = "sentinel" }).json)
    end)

    it("has no json and no text without a body", function()
        local response = response_of({ status = 204, headers = {} })
        assert.same({ status = 204, headers = {} }, response)
    end)

    it("has names of headers in lower case, and all values of each", function()
        local headers = response_of({ status = 204, headers = {
            ["X-Total"] = "12", LINK = { "<a>", "<b>", "" }, ["x-\195\132"] = "Ä",
        } }).headers
        assert.same({ ["x-total"] = "12", link = "<a>, <b>, ", ["x-\195\132"] = "Ä" }, headers)
    end)

    it("may be nested as deeply as the core allows, and no more", function()
        local function nested(depth)
            return ("["):rep(depth) .. "1" .. ("]"):rep(depth)
        end
        local value = response_of(nested(64)).json
        for _ = 1, 64 do
            value = value[1]
        end
        assert.equal(1, value)
        local contacts = support.client({ { body = nested(65) } }, { max_attempts = 1 })
        assert.equal("decode", support.raised(contacts.request, contacts, { path = "/x" }).kind)
    end)

    it("can be sent back as it came", function()
        local text = '[{},[],[1,"é",true,null]]'
        assert.equal(text, sent_body(response_of(text, { null = "sentinel" }).json))
    end)
end)

describe("the method", function()
    it("is GET unless given", function()
        local contacts, transport = support.client({ {}, {} })
        contacts:request{ path = "/x" }
        contacts:request{ path = "/x", method = "DELETE" }
        assert.same({ "GET", false }, { transport.requests[1].method, transport.requests[1].once })
        assert.same({ "DELETE", true },
            { transport.requests[2].method, transport.requests[2].once })
    end)
end)

describe("the query", function()
    it("is sorted by name, byte by byte", function()
        local query, expected = {}, {}
        for i = 0, 25 do
            query[string.char(122 - i)] = i
            query[string.char(90 - i)] = i
            expected[26 - i] = ("%s=%d"):format(string.char(90 - i), i)
            expected[52 - i] = ("%s=%d"):format(string.char(122 - i), i)
        end
        assert.equal("?" .. table.concat(expected, "&"), sent_query(query))
    end)

    it("takes text, numbers and booleans", function()
        assert.equal("?a=x%20y&b=3&c=true&d=false&e=-0.5&f=",
            sent_query({ a = "x y", b = 3, c = true, d = false, e = -0.5, f = "" }))
    end)

    it("has whole numbers in digits", function()
        assert.equal("?a=1000000000000000&b=9007199254740992&c=-2",
            sent_query({ a = 1e15, b = 2 ^ 53, c = -2.0 }))
    end)

    it("takes lists of them, for a name that comes more than once", function()
        assert.equal("?id=2&id=1&id=true&z=0",
            sent_query({ z = 0, id = { 2, "1", true }, none = {}, array = pgai.array({}) }))
    end)

    it("is a list of pairs where the order matters", function()
        assert.equal("?z=1&a=x&z=2&z=3",
            sent_query({ { "z", 1 }, { "a", "x" }, { "z", { 2, 3 } } }))
    end)

    it("may be empty", function()
        assert.equal("", sent_query({}))
        assert.equal("", sent_query(pgai.array({})))
        assert.equal("", sent_query(nil))
    end)

    it("may have many parameters", function()
        local query = {}
        for i = 1, 500 do
            query[i] = { "n", i }
        end
        local _, count = sent_query(query):gsub("n=", "")
        assert.equal(500, count)
    end)

    it("is refused where it is something else, by name", function()
        local wrong = "query.a must be a string, a number, a boolean or a list of those, not "
        assert.equal(wrong .. "function", refused_query({ a = print }))
        assert.equal(wrong .. "table", refused_query({ a = { b = 1 } }))
        assert.equal(wrong .. "table", refused_query({ a = { 1, nil, 3 } }))
        assert.equal(wrong .. "table", refused_query({ a = { { 1 } } }))
        assert.equal(wrong .. "table", refused_query({ { "a", { { 1 } } } }))
        assert.equal("query.a is pgai.null; leave it out", refused_query({ a = pgai.null }))
        assert.equal("query.a is not a number that JSON has", refused_query({ a = 0 / 0 }))
        assert.equal("query.a contains a NUL character", refused_query({ a = "x\0y" }))
        assert.equal("a name in query contains a NUL character", refused_query({ ["a\0b"] = 1 }))
        assert.equal("a name in query must be a string, not number", refused_query({ { 1, 2 } }))
        assert.equal("query must be a table, not string", refused_query("a=1"))
        for _, pair in ipairs({ {}, { "a" }, { "a", 1, 2 }, "a" }) do
            assert.equal("query[2] must be {name, value}", refused_query({ { "a", 1 }, pair }))
        end
        local mixed = "query must be values by name, or a list of {name, value}"
        assert.equal(mixed, refused_query({ { "a", 1 }, b = 2 }))
        assert.equal(mixed, refused_query({ { "a", 1 }, nil, { "b", 2 } }))
        assert.equal(mixed, refused_query({ [true] = 1 }))
        assert.equal("query has a parameter that is not valid UTF-8 (number 1)",
            refused_query({ a = "\255" }))
    end)
end)

describe("the body", function()
    it("is any value", function()
        assert.equal('{"a":[1,{}]}', sent_body({ a = { 1, {} } }))
        assert.equal("[]", sent_body(pgai.array({})))
        assert.equal("{}", sent_body({}))
        assert.equal('"[1]"', sent_body("[1]"))
        assert.equal("1.5", sent_body(1.5))
        assert.equal("1000000000000000", sent_body(1e15))
        assert.equal("false", sent_body(false))
        assert.equal("null", sent_body(pgai.null))
        assert.equal("", sent_body(nil))
    end)

    it("is refused where JSON does not have it, by the path to it", function()
        local function refused(json)
            return refusal({ method = "POST", path = "/x", json = json })
        end
        local loop = {}
        loop.a = { loop }
        assert.equal("json.a[1] contains itself", refused(loop))
        assert.equal("json is a function, which JSON does not have", refused(print))
        assert.equal("json is not a number that JSON has", refused(math.huge))
        assert.equal("json.a is not UTF-8", refused({ a = "\255" }))
        assert.equal("json is an array with holes", refused({ 1, nil, 3 }))
        local function nested(depth)
            return depth > 0 and { nested(depth - 1) } or 1
        end
        assert.matches("is nested too deeply", refused(nested(65)), 1, true)
        assert.equal(("["):rep(64) .. "1" .. ("]"):rep(64), sent_body(nested(64)))
    end)
end)

describe("a request", function()
    it("is refused with options of another type, or name", function()
        assert.equal("path must be a string, not nil", refusal(nil))
        assert.equal("path must be a string, not number", refusal({ path = 1 }))
        assert.equal("method must be a string, not boolean",
            refusal({ path = "/x", method = true }))
        assert.equal("path contains a NUL character", refusal({ path = "/x\0" }))
        assert.equal('request takes a table of options: contacts:request{ path = "/territories" }, '
            .. "not string", refusal("/x"))
        assert.equal("request has no option querry; did you mean query?",
            refusal({ path = "/x", querry = {} }))
        assert.equal("request has no option headers", refusal({ path = "/x", headers = {} }))
        local others = { params = "query", body = "json", url = "path", verb = "method" }
        for name, meant in pairs(others) do
            assert.equal(("request has no option %s; did you mean %s?"):format(name, meant),
                refusal({ path = "/x", [name] = "x" }))
        end
        assert.matches("timeout must be", refusal({ path = "/x", timeout = 0 }), 1, true)
    end)

    it("has a timeout and a deadline of its own", function()
        local contacts, transport = support.client({ {}, {} })
        contacts:request{ path = "/x", timeout = 3 }
        contacts:request{ path = "/x", deadline = 5 }
        assert.same({ 3, 5 }, { transport.requests[1].timeout, transport.requests[2].timeout })
    end)

    it("returns nil and the error under safe(), but for bad arguments", function()
        local contacts = support.client({
            { status = 404, body = '{"error":"Territory not found"}' }, { status = 503 },
        }):safe()
        local response, err = contacts:request{ path = "/territories/9" }
        assert.is_nil(response)
        assert.equal("not_found", err.kind)
        response, err = contacts:request{ method = "PUT", path = "/territories/9", json = {} }
        assert.is_nil(response)
        assert.equal("outcome_unknown", err.kind)
        assert.is_true(err.outcome_unknown)
        assert.equal("usage", support.raised(contacts.request, contacts, { path = "x" }).kind)
    end)

    it("is a method, and none of a closed client", function()
        local contacts = support.client()
        assert.matches("contacts:request(...)",
            support.raised(contacts.request, { path = "/x" }).message, 1, true)
        contacts:close()
        assert.equal("closed", support.raised(contacts.request, contacts, { path = "/x" }).kind)
    end)

    it("keeps to the rate limit that all calls of the key know of", function()
        local contacts, transport = support.client({ { body = '{"id":"c1"}', headers = {
            ["Content-Type"] = "application/json", ["X-RateLimit-Limit"] = "1",
            ["X-RateLimit-Remaining"] = "0" } }, {} })
        contacts:get("c1")
        contacts:request{ path = "/x" }
        assert.is_true(transport.waits[1] > 50)
    end)
end)

describe("a request over libcurl", function()
    local services, contacts

    setup(function()
        services = peers.start()
    end)

    teardown(function()
        services:stop()
    end)

    before_each(function()
        contacts = pgai.contacts{ api_key = "test_key_0", proxy = "",
            base_url = services:fill("http://{echo}/v1") }
    end)

    after_each(function()
        contacts:close()
    end)

    it("has no body where it is a HEAD, and keeps its connection", function()
        local connections = {}
        for i = 1, 3 do
            local head = contacts:request{ method = "HEAD", path = "/x" }
            assert.is_true(tonumber(head.headers["content-length"]) > 0)
            assert.same({}, { head.text, head.json })
            local got = contacts:request{ path = "/x" }
            assert.equal("GET", got.json.method)
            connections[2 * i - 1] = tonumber(head.headers["x-connection"])
            connections[2 * i] = got.json.connection
        end
        for i = 2, 6 do
            assert.equal(connections[1], connections[i])
        end
    end)

    for _, method in ipairs({ "POST", "PUT", "PATCH", "DELETE" }) do
        it(("is a %s with a body, or without"):format(method), function()
            local lengths, connections = {}, {}
            for i, name in ipairs({ "", "North" }) do
                local json = name ~= "" and { name = name } or nil
                local got = contacts:request{ method = method, path = "/x", query = { a = i },
                    json = json }.json
                assert.same({ method, "/v1/x?a=" .. i }, { got.method, got.target })
                assert.equal(json and '{"name":"North"}' or "", got.body)
                for _, header in ipairs(got.headers) do
                    if header[1]:match("^content%-") or header[1]:match("^transfer%-") then
                        lengths[#lengths + 1] = i .. " " .. table.concat(header, ": ")
                    end
                end
                connections[i] = got.connection
            end
            table.sort(lengths)
            if method ~= "DELETE" then
                assert.equal("1 content-length: 0", table.remove(lengths, 1))
            end
            assert.same({ "2 content-length: 16", "2 content-type: application/json" }, lengths)
            assert.not_equal(connections[1], connections[2])
        end)
    end

    it("reaches the service", function()
        local sandbox = testing.sandbox{ contacts = 3 }
        local response = sandbox:client():request{ path = "/contacts",
            query = { limit = 2, page = 1 } }
        assert.equal(200, response.status)
        assert.equal("application/json", response.headers["content-type"])
        assert.equal(#response.text, tonumber(response.headers["content-length"]))
        assert.same({ 2, 3 }, { #response.json.data, response.json.pagination.total })
        sandbox:stop()
    end)
end)
