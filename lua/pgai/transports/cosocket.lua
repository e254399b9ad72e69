--- Requests over the cosockets of nginx. No other library is needed: HTTP/1.1 is in core.so.
-- One transport serves all requests of a worker, as it keeps no socket itself.

local core = require("pgai.core")
local monotonic = require("pgai.monotonic")
local nginx = require("pgai.transports.nginx")

-- Bytes taken from a socket at once; a page of 50 contacts has about 20 KiB.
local READ_BYTES = 64 * 1024

-- Seconds for which a connection that was put back is expected to be still there: then no DNS
-- lookup is needed, and nothing has to end one.
local FRESH = 1

local Cosocket = nginx.class()

-- The host and port in nginx's form. The last ones are kept, since the next request nearly always
-- has the same.
local function way_to(self, host, port, tls, once)
    local ways = self.ways or {}
    local way = ways[once]
    if not (way and way.host == host and way.port == port and way.tls == tls) then
        way = { host = host, port = port, tls = tls, once = once, kept = 0, kept_at = 0 }
        way.address, way.named = nginx.address_of(way)
        way.options = {
            pool = nginx.pool_of(self, way), pool_size = self.pool_size, backlog = self.backlog,
        }
        ways[once] = way
        self.ways = ways
    end
    return way
end

-- Make TLS on a new connection, in what is left of the time to connect.
local function secure(socket, way, made_by)
    local left = made_by - monotonic()
    if left <= 0 then
        return nil, "timeout"
    end
    socket:settimeout(nginx.to_ms(left))
    return nginx.handshake(socket.sslhandshake, socket, nil, way.host, true)
end

-- A connection, its current timeout in milliseconds, and whether it was used before; or nil and a
-- failure. `patience` is the milliseconds to make one.
local function open(self, way, patience, begun, deadline)
    local socket = ngx.socket.tcp()
    local left = nginx.to_ms(deadline - begun)
    patience = nginx.patience_ms(self, patience, left)
    socket:settimeouts(patience, left, left)
    local looks_up = way.named and (way.kept == 0 or begun - way.kept_at > FRESH)
    local ok, err = nginx.connect(self, way.named, looks_up, patience, socket.connect, socket,
        way.address, way.port, way.options)
    if not ok then
        return nginx.unconnected(way, err)
    end
    local reused = socket:getreusedtimes() > 0
    way.kept = reused and math.max(0, way.kept - 1) or 0
    if way.tls and not reused then
        ok, err = secure(socket, way, begun + patience / 1000)
        if not ok then
            socket:close()
            return nginx.unsecured(way, err)
        end
    end
    if not reused or self.backlog then
        local rest = deadline - monotonic()
        if rest <= 0 then
            socket:close()
            return nginx.unconnected(way, "timeout")
        end
        left = nginx.to_ms(rest)
        socket:settimeout(left)
    end
    return socket, left, reused
end

-- Nothing more can be read, for nginx's reason; returns the reader's step.
local function lost(reader, reason)
    local step, failure, status = reader:close(reason)
    if reason == "timeout" then
        failure.kind, failure.message = "timeout", "no response in time"
    end
    return step, failure, status
end

-- Whether a read may have left bytes unread: it filled nginx's buffer, whose size is a multiple of
-- this. Over TLS nothing shows them, and the next response would begin with them.
local BUFFER_UNIT = 1024

local function may_have_more(got)
    return got % BUFFER_UNIT == 0
end

-- Read until the response is whole, or failed. Each read gets what is left of the request's time,
-- however many reads there are; `allowed` is the socket's current timeout. Returns the number of
-- bytes of the last read, and the reader's last step.
local function read(socket, reader, deadline, allowed)
    local got, step, detail, status
    repeat
        local left = deadline - monotonic()
        if left <= 0 then
            return got, lost(reader, "timeout")
        end
        left = nginx.to_ms(left)
        if left ~= allowed then
            socket:settimeout(left)
            allowed = left
        end
        local bytes, reason = socket:receiveany(READ_BYTES)
        if bytes then
            got = #bytes
            step, detail, status = reader:receive(bytes)
        else
            step, detail, status = lost(reader, reason)
        end
    until step ~= "more"
    return got, step, detail, status
end

-- Send the bytes, and read the response; what `read` returns.
local function converse(socket, reader, bytes, deadline, allowed)
    local sent, reason = socket:send(bytes)
    if not sent then
        return nil, lost(reader, reason)
    end
    return read(socket, reader, deadline, allowed)
end

-- Keep the connection of a whole response, or close it. Returns whether the response belongs to
-- the request, as far as the end of the connection shows.
local function finish(self, socket, way, begun, reused, got, reusable, status)
    local ended = false
    if reusable and not way.once and not (way.tls and may_have_more(got)) then
        ended = not socket:setkeepalive(self.idle_timeout_ms)
        if not ended then
            way.kept, way.kept_at = way.kept + 1, begun
        end
    else
        socket:close()
    end
    return not (reused and nginx.is_doubtful(status, ended, not reusable))
end

--- Send a request, and wait for its response. If a kept connection turns out to be dead, or had a
-- response before the request, the request is sent again on another one. This does not happen to a
-- request that is `once`, which never uses a kept connection.
-- @param request a call of pgai.core, or a request of the transport contract
-- @return[1] a response of pgai.core
-- @return[2] nil
-- @return[2] a failure
function Cosocket:exchange(request)
    local deadline, failure, stale, _
    repeat
        local reader, bytes, host, port, tls, once, timeout, patience = core.http1(request)
        if not reader then
            return nil, bytes
        end
        local begun = monotonic()
        deadline = deadline or begun + timeout / 1000
        local way = way_to(self, host, port, tls, once)
        local socket, left, reused = open(self, way, patience, begun, deadline)
        if not socket then
            return nil, left
        end
        local got, step, detail, status = converse(socket, reader, bytes, deadline, left)
        if step == "whole" then
            if finish(self, socket, way, begun, reused, got, detail, status) then
                return reader
            end
            _, failure = nginx.failure("connection_lost", true, way,
                "a response that was not requested")
            stale = true
        else
            socket:close()
            failure = nginx.named(way, detail)
            stale = reused and not failure.began and failure.kind == "connection_lost"
            if not failure.began or failure.message:find("a status line", 1, true) then
                failure = nginx.unanswered(way, failure)
            end
        end
    until not stale or monotonic() >= deadline
    return nil, failure
end

--- Send a request of the transport contract, and wait for its response.
-- @return[1] status, headers and body
-- @return[2] nil and a failure
function Cosocket:request(req)
    local response, failure = self:exchange(req)
    if not response then
        return nil, failure
    end
    return response:read()
end

Cosocket.exchanges = Cosocket.request

return nginx.module(Cosocket)
