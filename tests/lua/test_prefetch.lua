--- Several pages in flight, over libcurl and over transports that can send one request at a time.
local curl = require("pgai.transports.curl")
local pgai = require("pgai")
local program = require("program")
local support = require("support")
local testing = require("pgai.testing")

local page = support.page

describe("pages in flight", function()
    local sandbox, contacts

    local function client(options)
        options = options or {}
        options.api_key, options.base_url = sandbox.api_key, sandbox.url
        return pgai.contacts(options)
    end

    local function ids_of(walk)
        local ids = {}
        for contact in walk do
            ids[#ids + 1] = contact.id
        end
        return ids
    end

    before_each(function()
        sandbox = testing.sandbox{ contacts = 500, rate_limit = 0 }
        contacts = client()
    end)

    after_each(function()
        contacts:close()
        sandbox:stop()
    end)

    it("come in order, over several connections", function()
        local one = ids_of(contacts:each{ prefetch = 1 })
        assert.equal(500, #one)
        assert.equal(1, sandbox:log().counts.connections)
        -- So that a response cannot come while the other requests leave.
        sandbox:fault{ fault = "latency", ms = 50 }
        assert.same(one, ids_of(contacts:each{ prefetch = 5 }))
        local connections = sandbox:log().counts.connections
        assert.is_true(connections >= 5 and connections <= 10)
    end)

    it("have the cursor of all languages at each contact", function()
        local text = program.read(program.root .. "tests/support/cursors.json")
        local known = require("cjson").decode(text)
        sandbox:stop()
        sandbox = testing.sandbox{ contacts = 130, rate_limit = 0 }
        local walk = client():each{ limit = 40, prefetch = 4 }
        local at = 1
        assert.equal(known.cursors[1], walk:cursor())
        for contact in walk do
            assert.equal(known.ids[at], contact.id)
            at = at + 1
            assert.equal(known.cursors[at], walk:cursor())
        end
        assert.equal(131, at)
        for used, cursor in ipairs(known.cursors) do
            local rest = ids_of(client():each{ cursor = cursor, prefetch = 2 })
            assert.equal(131 - used, #rest)
            assert.equal(known.ids[used], rest[1])
        end
    end)

    it("leave alone what the body of a loop asks for", function()
        local count = 0
        for got in contacts:pages{ prefetch = 3 } do
            assert.equal(got[1].id, contacts:get(got[1].id).id)
            count = count + #got
        end
        assert.equal(500, count)
    end)

    it("leave alone what an observer asks for, and waits for", function()
        local id, asked = contacts:list()[1].id, 0
        local client_of_observer
        client_of_observer = client{ on_event = function(event)
            if event.kind == "request" and event.route == "/contacts" then
                asked = asked + 1
                assert.equal(id, client_of_observer:get(id).id)
            end
        end }
        sandbox:fault{ fault = "status", code = 503,
            match = { path = "/v1/contacts/" .. id, nth = 3 } }
        assert.equal(500, #ids_of(client_of_observer:each{ prefetch = 4 }))
        assert.equal(10, asked)
    end)

    it("are tried again, each in its turn", function()
        sandbox:fault{ fault = "status", code = 503, match = { nth = 3 } }
        sandbox:fault{ fault = "cut", k = 100, match = { nth = 4 } }
        local walk = contacts:each{ prefetch = 4 }
        assert.equal(500, #ids_of(walk))
        assert.equal(2, walk:stats().retries)
    end)

    it("end with the first error, after the pages before it", function()
        sandbox:fault{ fault = "status", code = 403, match = { nth = 3 } }
        local walk = contacts:safe():pages{ prefetch = 4 }
        assert.equal(1, walk:next().page)
        assert.equal(2, walk:next().page)
        local _, err = walk:next()
        assert.equal("permission_denied", err.kind)
        local rest = ids_of(contacts:each{ cursor = err.cursor })
        assert.equal(400, #rest)
    end)

    it("are asked for one after the other by a transport that shows each request", function()
        local plain = assert(curl.new{ base_url = sandbox.url })
        local seen = {}
        local shown = setmetatable({
            request = function(_, req)
                seen[#seen + 1] = req.target
                return plain:request(req)
            end,
        }, { __index = plain })
        assert.equal(500, #ids_of(client{ transport = shown }:each{ prefetch = 4 }))
        assert.equal(10, #seen)
        assert.equal("/v1/contacts?page=10&limit=50", seen[10])
        plain:close()
    end)

    it("are not asked for ahead by such a transport", function()
        local one, transport =
            support.client({ page(1, { "a", "b" }, 8), page(2, { "c", "d" }, 8) })
        local walk = one:pages{ limit = 2, prefetch = 4 }
        walk:next()
        walk:next()
        assert.equal(2, #transport.requests)
    end)

    it("have a number that makes sense", function()
        for _, prefetch in ipairs({ 0, 33, 2.5, "4" }) do
            local ok, err = pcall(contacts.pages, contacts, { prefetch = prefetch })
            assert.is_false(ok)
            assert.equal("usage", err.kind)
            assert.matches("prefetch", err.message)
        end
        assert.equal(0, sandbox:log().counts.requests)
    end)
end)
