-- What pgai.core promises to transports over sockets; what a response is stands in
-- tests/protocol/test_http1.c.
local core = require("pgai.core")
local curl = require("pgai.curl")
local support = require("support")

local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-A: 1\r\nx-a: 2\r\nX-A: 3\r\n"
local RESPONSE = HEAD .. 'Content-Length: 11\r\n\r\n{"id":"c1"}'

local function session(url)
    return assert(core.session({ api_key = "test_key_0", base_url = url or "https://h.test/v1" }))
end

local function get(url)
    local call = assert(session(url):get("c1"))
    assert.equal("send", call:next(0))
    return call
end

describe("the reader of a response", function()
    it("comes with what is to be sent, and to where", function()
        local reader, bytes, host, port, tls, once, timeout, patience = core.http1(get())
        assert.is_userdata(reader)
        assert.matches("^GET /v1/contacts/c1 HTTP/1.1\r\nhost: h.test\r\nx%-api%-key: ", bytes)
        assert.same({ "h.test", 443, true, false }, { host, port, tls, once })
        assert.same({ 30000, 10000 }, { timeout, patience })
        local call = assert(session("http://127.0.0.1:1/v1"):create({ first_name = "Ada" }))
        call:next(0)
        reader, bytes, host, port, tls, once = core.http1(call)
        assert.is_userdata(reader)
        assert.matches("\r\n\r\n{\"first_name\":\"Ada\"}$", bytes)
        assert.same({ "127.0.0.1", 1, false, true }, { host, port, tls, once })
    end)

    it("is the same for a call and for its table", function()
        local call = get()
        local from_call = { core.http1(call) }
        local from_table = { core.http1(call:request()) }
        assert.is_userdata(table.remove(from_call, 1))
        assert.is_userdata(table.remove(from_table, 1))
        assert.same(from_call, from_table)
    end)

    it("tells when the response is whole, and is fed to the call", function()
        local call = get()
        local reader = core.http1(call)
        assert.equal("more", reader:receive(RESPONSE:sub(1, 30)))
        assert.same({ "whole", true, 200 }, { reader:receive(RESPONSE:sub(31)) })
        call:feed(1, reader)
        assert.equal("done", call:next(1))
        assert.equal("c1", call:result().id)
        assert.equal("pgai: the exchange is over", support.raised(reader.receive, reader, ""))
    end)

    it("reads a response as transports return it", function()
        local reader = core.http1(get())
        assert.same({ "whole", false, 200 }, { reader:receive(RESPONSE .. "and more") })
        local status, headers, body = reader:read()
        assert.equal(200, status)
        assert.same({ ["Content-Type"] = "application/json", ["X-A"] = { "1", "3" },
            ["x-a"] = "2", ["Content-Length"] = "11" }, headers)
        assert.equal('{"id":"c1"}', body)
        assert.equal("pgai: the exchange is over", support.raised(reader.read, reader))
    end)

    it("tells why there is no response", function()
        local reader = core.http1(get())
        local step, failure = reader:receive("<html>\r\n")
        assert.equal("failed", step)
        assert.same({ kind = "protocol", sent = true, permanent = false, began = true,
            message = "a status line without a status" }, failure)
        assert.equal("pgai: the exchange is over", support.raised(reader.close, reader, "x"))
        step, failure = core.http1(get()):close("closed")
        assert.equal("failed", step)
        assert.same({ kind = "connection_lost", sent = true, permanent = false, began = false,
            message = "it ended inside the headers" }, failure)
        reader = core.http1(get())
        reader:receive(RESPONSE:sub(1, -2))
        step, failure = reader:close("connection reset by peer")
        assert.equal("failed", step)
        assert.equal("it ended inside the body: connection reset by peer", failure.message)
        assert.is_true(failure.began)
    end)

    it("is not fed, nor read, before the response is whole", function()
        local call = get()
        local reader = core.http1(call)
        reader:receive(HEAD)
        assert.matches("not whole", support.raised(call.feed, call, 1, reader))
        assert.matches("not whole", support.raised(reader.read, reader))
        assert.equal("response", call:next(1))
    end)

    it("refuses what cannot be sent, before anything is", function()
        local req = get():request()
        req.headers[1] = { "x-trace", "1\r\nx-api-key: other" }
        local reader, failure = core.http1(req)
        assert.is_nil(reader)
        assert.same({ "protocol", false, true },
            { failure.kind, failure.sent, failure.permanent })
        local members = { target = false, method = "GET\0", host = 7, port = 65536, body = {} }
        for name, wrong in pairs(members) do
            local bad = get():request()
            bad[name] = wrong
            assert.matches("request." .. name, support.raised(core.http1, bad))
        end
        local call = assert(session():get("c1"))
        assert.equal("the call has no request to send", support.raised(core.http1, call))
        assert.is_string(support.raised(core.http1, "GET"))
    end)

    it("is not taken for a response over libcurl", function()
        local reader = core.http1(get())
        local network = assert(curl.new("http://127.0.0.1:1/v1"))
        assert.is_string(support.raised(network.submit, network, reader))
        assert.is_nil(reader.release)
        network:close()
    end)
end)

describe("the contact of a text", function()
    local TEXT = '{"id":"c1","skills":["x",{"y":null}],"email":null}'

    it("can be read while another is", function()
        local seen = 0
        local function finalizer()
            seen = seen + (core.contact(TEXT).id == "c1" and 1 or 0)
        end
        for _ = 1, 2000 do
            local proxy = rawget(_G, "newproxy")
            if proxy then
                getmetatable(proxy(true)).__gc = finalizer
            else
                setmetatable({}, { __gc = finalizer })
            end
            local contact = core.contact(TEXT)
            assert(contact.id == "c1" and contact.skills[1] == "x" and contact:has("email"))
        end
        collectgarbage()
        assert.is_true(seen > 1000)
    end)

    it("is refused when it is none", function()
        local contact, err = core.contact("[]")
        assert.is_nil(contact)
        assert.is_string(err.kind)
        assert.equal("c1", core.contact(TEXT).id)
    end)
end)
