-- Who is told what happens: what the conformance table cannot say.
local pgai = require("pgai")
local program = require("program")
local support = require("support")

local PAGE = '{"data":[{"id":"a"}],"pagination":{"page":1,"limit":1,"total":1}}'

-- A client with these responses, and the list of its events.
local function watched(responses, more)
    local events = {}
    local options = { on_event = function(event)
        events[#events + 1] = event
        if more then
            more(event)
        end
    end }
    return support.client(responses, options), events
end

local function kinds(events)
    local words = {}
    for i, event in ipairs(events) do
        words[i] = event.kind
    end
    return table.concat(words, " ")
end

describe("an observer", function()
    it("gets a table for each thing that happens", function()
        local contacts, events = watched({ { status = 503, body = "" }, { body = PAGE } })
        contacts:list()
        assert.equal("request response retry wait request response page", kinds(events))
        assert.equal("server", events[2].error)
        assert.equal(503, events[2].status)
        assert.is_nil(events[1].elapsed)
        assert.equal("backoff", events[4].cause)
        assert.is_true(events[4].wait > 0)
        assert.same({ kind = "page", call = events[1].call, method = "GET", route = "/contacts",
            path = "/contacts", base_url = events[1].base_url, attempt = 2, page = 1, contacts = 1,
            total = 1 }, events[7])
    end)

    it("is told of walks", function()
        local contacts, events = watched({ { body = PAGE } })
        for _ in contacts:each{} do end
        assert.equal("request response page", kinds(events))
    end)

    it("does not end a call by an error", function()
        local contacts = watched({ { body = PAGE } }, function()
            error("odd", 0)
        end)
        local stderr, told = io.stderr, {}
        rawset(io, "stderr", { write = function(_, text) told[#told + 1] = text end })
        local finished, page = pcall(contacts.list, contacts)
        rawset(io, "stderr", stderr)
        assert.is_true(finished)
        assert.equal(1, #page)
        assert.same("pgai: warning: on_event raised an error: odd\n", told[3])
    end)

    it("may call", function()
        local contacts, events
        contacts, events = watched({ { body = PAGE }, { body = PAGE } }, function()
            if #events == 1 then
                assert.equal(1, #contacts:list())
            end
        end)
        assert.equal(1, #contacts:list())
        assert.equal("request request response page response page", kinds(events))
        assert.are_not.equal(events[1].call, events[2].call)
    end)

    it("may close", function()
        local contacts
        contacts = watched({ { body = PAGE } }, function()
            contacts:close()
        end)
        assert.equal(1, #contacts:list())
        assert.equal("closed", support.raised(contacts.list, contacts).kind)
    end)

    it("may yield, where the call may", function()
        local contacts = watched({ { body = PAGE } }, function(event)
            coroutine.yield(event.kind)
        end)
        local run = coroutine.wrap(function()
            return #contacts:list()
        end)
        assert.same({ "request", "response", "page", 1 }, { run(), run(), run(), run() })
    end)

    it("can be left out", function()
        local contacts, events = watched({ { body = PAGE }, { body = PAGE } })
        contacts:with_options{ on_event = false }:list()
        assert.equal(0, #events)
        contacts:with_options{ timeout = 5 }:list()
        assert.equal(3, #events)
    end)

    it("must be a function", function()
        local err = support.raised(pgai.contacts, { api_key = "key", on_event = "print" })
        assert.equal("usage", err.kind)
        assert.equal("on_event must be a function, not string", err.message)
    end)
end)

local SCRIPT = [[
    local fake = require("pgai.transports.fake")
    local contacts = require("pgai").contacts{
        api_key = "test_key_0123456789", base_url = "http://127.0.0.1:1",
        transport = fake.new{ { status = 503, body = "" }, { body = '{"data":[]}' } } }
    contacts:list()
]]

-- What a program writes to stderr, where PGAI_LOG is this.
local function log_of(level)
    local text
    program.with_file(SCRIPT, function(path)
        local words = { "PGAI_LOG=" .. level, "timeout 60", program.lua, path, "2>&1" }
        local pipe = assert(io.popen(table.concat(words, " ")))
        text = pipe:read("*a")
        pipe:close()
    end)
    return text
end

describe("PGAI_LOG", function()
    it("writes lines to stderr", function()
        local text = log_of("debug")
        assert.truthy(text:find("^pgai: debug: #1 GET /contacts: request 1\n"))
        assert.truthy(text:find("\npgai: warning: #1 GET /contacts: 503; request 2 follows in "))
        assert.is_nil(text:find("test_key", 1, true))
    end)

    it("writes what matters as much", function()
        local _, lines = log_of("WARNING"):gsub("\n", "")
        assert.equal(1, lines)
    end)

    it("says which levels there are", function()
        assert.equal('pgai: warning: PGAI_LOG is "trace", which is no level, so nothing is '
            .. "logged: set it to debug, info or warning\n", log_of("trace"))
    end)

    it("writes nothing if it is empty", function()
        assert.equal("", log_of(""))
    end)
end)
