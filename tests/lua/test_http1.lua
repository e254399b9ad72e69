local http1 = require("pgai.http1")

-- Gives `text` in pieces of `size` bytes, then `reason`.
local function source(text, size, reason)
    local at = 1
    return function()
        if at > #text then
            return nil, reason or "closed"
        end
        local piece = text:sub(at, at + size - 1)
        at = at + size
        return piece
    end
end

local function lines(...)
    return table.concat({ ... }, "\r\n")
end

local INTERIM = lines("HTTP/1.1 103 Early Hints", "Link: x", "", "")
local PLAIN = lines("HTTP/1.1 200 OK", "Content-Type: application/json", "X-A: one",
    "x-a:  two ", "no colon", "Content-Length: 5", "", "hello")
local CHUNKED = lines("HTTP/1.1 200 OK", "Transfer-Encoding: Chunked", "", "5;x=y", "hello",
    "0006", " world", "0", "X-Trailer: 1", "", "")

describe("an answer", function()
    it("is read however its bytes are split", function()
        for size = 1, #PLAIN do
            local answer = assert(http1.read(source(INTERIM .. PLAIN, size)))
            assert.equal(200, answer.status)
            assert.same({ "one", "two" }, answer.headers["x-a"])
            assert.equal("hello", answer.body)
            assert.is_true(answer.reusable)
        end
        for size = 1, #CHUNKED do
            local answer = assert(http1.read(source(CHUNKED, size)))
            assert.equal("hello world", answer.body)
            assert.is_true(answer.reusable)
        end
    end)

    it("is none when it is cut anywhere", function()
        for _, text in ipairs({ PLAIN, CHUNKED }) do
            for kept = 0, #text - 1 do
                local answer, failure = http1.read(source(text:sub(1, kept), 7))
                assert.is_nil(answer)
                assert.equal("connection_lost", failure.kind)
                assert.equal(kept > 0, failure.began)
            end
        end
    end)

    it("that stalls is a timeout", function()
        local _, failure = http1.read(source(PLAIN:sub(1, 20), 7, "timeout"))
        assert.equal("timeout", failure.kind)
    end)

    it("without a length ends with its connection", function()
        local answer = assert(http1.read(source("HTTP/1.1 200 OK\r\n\r\nhello", 3)))
        assert.equal("hello", answer.body)
        assert.is_false(answer.reusable)
        local _, failure = http1.read(source("HTTP/1.1 200 OK\r\n\r\nhello", 3, "reset"))
        assert.equal("connection_lost", failure.kind)
    end)

    it("without a body ends with its headers", function()
        local answer = assert(http1.read(source("HTTP/1.1 204 No Content\r\n\r\n", 3)))
        assert.equal("", answer.body)
        assert.is_true(answer.reusable)
    end)

    it("lets its connection be used again only when that is safe", function()
        for _, text in ipairs({
            lines("HTTP/1.0 200 OK", "Content-Length: 2", "", "{}"),
            lines("HTTP/1.1 200 OK", "Content-Length: 2", "Connection: Close", "", "{}"),
            lines("HTTP/1.1 200 OK", "Content-Length: 2", "", "{}and more"),
            lines("HTTP/1.1 200 OK", "Content-Length: 9", "Transfer-Encoding: chunked", "",
                "2", "{}", "0", "", ""),
        }) do
            local answer = assert(http1.read(source(text, 1000)))
            assert.equal("{}", answer.body)
            assert.is_false(answer.reusable)
        end
    end)
end)

describe("what is no HTTP", function()
    local function refused(...)
        local answer, failure = http1.read(source(lines(...), 5))
        assert.is_nil(answer)
        assert.equal("protocol", failure.kind)
        return failure.message
    end

    it("is refused", function()
        for _, line in ipairs({ "HTTP/2 200", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1  200",
            "http/1.1 200 OK", "<html>", "HTTP/1.1 099 X" }) do
            assert.matches("status", refused(line, "", ""))
        end
        for _, value in ipairs({ "-1", "5x", "", "0x5", "5, 5" }) do
            local line = "Content-Length: " .. value
            assert.matches("Length", refused("HTTP/1.1 200 OK", line, "", ""))
        end
        refused("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6", "", "hello!")
        refused("HTTP/1.1 200 OK", "X: \0", "", "")
        refused("HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked", "", "")
        refused("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 1", "", "x")
        for _, chunk in ipairs({ "x", "5 x", "-5", "", "5\r\nhello!" }) do
            refused("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", chunk, "0", "", "")
        end
    end)
end)

describe("what is too large", function()
    local function refused(text)
        local answer, failure = http1.read(source(text, 60000))
        assert.is_nil(answer)
        assert.equal("too_large", failure.kind)
        assert.is_true(failure.permanent)
    end
    local chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    it("is refused before it is all read", function()
        refused("HTTP/1.1 200 OK\r\n" .. ("X: y\r\n"):rep(256))
        refused("HTTP/1.1 200 OK\r\nX: " .. ("y"):rep(65536))
        refused(("HTTP/1.1 100 Continue\r\n\r\n"):rep(200))
        refused("HTTP/1.1 200 OK\r\nContent-Length: 8388609\r\n\r\n")
        refused("HTTP/1.1 200 OK\r\nContent-Length: " .. ("9"):rep(400) .. "\r\n\r\n")
        refused("HTTP/1.1 200 OK\r\n\r\n" .. ("x"):rep(8388609))
        refused(chunked .. "800001\r\n")
        refused(chunked .. ("f"):rep(400) .. "\r\n")
        refused(chunked .. ("400000\r\n" .. ("x"):rep(4194304) .. "\r\n"):rep(2) .. "1\r\n")
        refused(chunked .. ("1;" .. ("e"):rep(60000) .. "\r\nx\r\n"):rep(2))
        refused(chunked .. "0\r\n" .. ("X: y\r\n"):rep(256))
    end)
end)
