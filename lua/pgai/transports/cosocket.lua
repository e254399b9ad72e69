--- Requests over the cosockets of nginx: nothing blocks the worker, and no other library is
-- needed. One transport serves all requests of a worker; it keeps no socket itself.

local http1 = require("pgai.http1")
local monotonic = require("pgai.monotonic")

-- How long a wait goes on before the worker is asked whether it is to exit.
local SLICE = 0.2

-- Bytes taken from the socket at once; a page of 50 contacts has about 20 KiB.
local READ_BYTES = 64 * 1024

-- Connections that each worker keeps to one service, and for how many seconds. libcurl's
-- age for a connection that is used again (MAXAGE_CONN) is the same.
local POOL_SIZE = 30
local IDLE_TIMEOUT = 30

local Cosocket = {}
Cosocket.__index = Cosocket

-- What nginx says when a pool has too many callers in its queue.
local TOO_MANY = "too many waiting connect operations"

-- What nginx says of a certificate or a name on it; the next attempt would meet the same.
local DISTRUST = { "certificate", "verify", "host mismatch" }

local function contains_any(text, parts)
    for _, part in ipairs(parts) do
        if text:find(part, 1, true) then
            return true
        end
    end
    return false
end

local function failure(kind, sent, req, cause, permanent)
    return nil, {
        kind = kind,
        sent = sent,
        permanent = permanent or false,
        message = ("%s: %s"):format(req.host, cause),
    }
end

-- Milliseconds until a time; at least 1, as 0 is nginx's word for its own default.
local function left_ms(until_time)
    return math.max(1, math.ceil((until_time - monotonic()) * 1000))
end

-- Connections that may stand in for one another have the same name. Those of creates are
-- never kept, so that there is none on which nginx could find the service gone.
local function pool_of(req)
    return table.concat({ "pgai", req.tls and "https" or "http", req.host, req.port,
        req.once and "once" or "kept" }, "|")
end

-- nginx takes an IPv6 address in brackets.
local function address_of(host)
    return host:find(":", 1, true) and "[" .. host .. "]" or host
end

local function connect(self, req, deadline)
    local socket = ngx.socket.tcp()
    local patience = math.min(left_ms(deadline), math.ceil(req.connect_timeout * 1000))
    socket:settimeouts(patience, patience, patience)
    local ok, err = socket:connect(address_of(req.host), req.port,
        { pool = pool_of(req), pool_size = self.pool_size, backlog = self.backlog })
    if ok then
        return socket
    elseif err == TOO_MANY then
        return failure("overloaded", false, req, err)
    elseif err == "timeout" then
        return failure("timeout", false, req, "no connection in time")
    end
    return failure("connect", false, req, err)
end

local function secure(socket, req)
    local ok, err = socket:sslhandshake(nil, req.host, true)
    if ok then
        return true
    end
    socket:close()
    if err == "timeout" then
        return failure("timeout", false, req, "no TLS in time")
    end
    return failure("tls", false, req, err, contains_any(err, DISTRUST))
end

local function open(self, req, deadline)
    local socket, problem = connect(self, req, deadline)
    if not socket then
        return nil, problem
    end
    if req.tls and socket:getreusedtimes() == 0 then
        local ok
        ok, problem = secure(socket, req)
        if not ok then
            return nil, problem
        end
    end
    return socket
end

local function host_header(req)
    local host = address_of(req.host)
    if req.port == (req.tls and 443 or 80) then
        return host
    end
    return host .. ":" .. req.port
end

local function written(req)
    local lines = { req.method .. " " .. req.target .. " HTTP/1.1", "host: " .. host_header(req) }
    for _, header in ipairs(req.headers) do
        lines[#lines + 1] = header[1] .. ": " .. header[2]
    end
    if req.body then
        lines[#lines + 1] = "content-length: " .. #req.body
    end
    return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (req.body or "")
end

-- Every read has what is left of the request's time, however many there are.
local function receiver(socket, deadline)
    return function()
        if monotonic() >= deadline then
            return nil, "timeout"
        end
        socket:settimeout(left_ms(deadline))
        return socket:receiveany(READ_BYTES)
    end
end

-- One request over one connection. A failure tells by `stale` that a kept connection was
-- found dead before any byte of an answer.
local function exchange(self, req, deadline)
    local socket, problem = open(self, req, deadline)
    if not socket then
        return nil, problem
    end
    local reused = socket:getreusedtimes() > 0
    socket:settimeout(left_ms(deadline))
    local ok, err = socket:send(written(req))
    local answer
    if ok then
        answer, problem = http1.read(receiver(socket, deadline))
    else
        problem = { kind = err == "timeout" and "timeout" or "connection_lost", message = err }
    end
    if not answer then
        socket:close()
        local _, told = failure(problem.kind, true, req, problem.message, problem.permanent)
        told.stale = reused and not problem.began and problem.kind == "connection_lost"
        return nil, told
    end
    if answer.reusable and not req.once then
        socket:setkeepalive(self.idle_timeout * 1000)
    else
        socket:close()
    end
    return answer
end

--- Send a request and wait for its answer; see docs/design/lua.md.
--
-- Where a kept connection turns out to be dead, a request that is not `once` goes out
-- again on another one.
function Cosocket:request(req)
    local deadline = monotonic() + req.timeout
    local answer, problem = exchange(self, req, deadline)
    while not answer and problem.stale and not req.once do
        answer, problem = exchange(self, req, deadline)
    end
    if not answer then
        return nil, problem
    end
    return answer.status, answer.headers, answer.body
end

--- Wait; nil and "exiting" as soon as the worker is to exit.
function Cosocket:sleep(seconds) -- luacheck: no self
    local ends = monotonic() + seconds
    while true do
        if ngx.worker.exiting() then
            return nil, "exiting"
        end
        local left = ends - monotonic()
        if left <= 0 then
            return true
        end
        ngx.sleep(math.min(left, SLICE))
    end
end

--- Seconds of a clock that never goes back, and that all workers share.
function Cosocket:now() -- luacheck: no self
    return monotonic()
end

local M = {}

--- Make a transport.
--
-- options, all of them optional: `pool_size` (connections that each worker keeps to one
-- service, 30), `backlog` (callers that may wait when all of them are in use; with it,
-- pool_size is also the most connections, and more callers fail as `overloaded`; by
-- default there is no such limit), `idle_timeout` (seconds that a connection is kept, 30).
function M.new(options)
    options = options or {}
    return setmetatable({
        pool_size = options.pool_size or POOL_SIZE,
        backlog = options.backlog,
        idle_timeout = options.idle_timeout or IDLE_TIMEOUT,
    }, Cosocket)
end

return M
