--- Requests over the cosockets of nginx. No other library is needed, and one transport
-- serves all requests of a worker: it keeps no socket itself.

local http1 = require("pgai.http1")
local monotonic = require("pgai.monotonic")
local nginx = require("pgai.transports.nginx")

-- Bytes taken from a socket at once; a page of 50 contacts has about 20 KiB.
local READ_BYTES = 64 * 1024

local function open(self, req, deadline)
    local socket = ngx.socket.tcp()
    local patience = nginx.patience_ms(req, deadline)
    socket:settimeouts(patience, patience, patience)
    local ok, err = socket:connect(nginx.address_of(req), req.port,
        { pool = nginx.pool_of(req), pool_size = self.pool_size, backlog = self.backlog })
    if not ok then
        return nginx.unconnected(req, err)
    end
    if req.tls and socket:getreusedtimes() == 0 then
        ok, err = socket:sslhandshake(nil, req.host, true)
        if not ok then
            socket:close()
            return nginx.unsecured(req, err)
        end
    end
    return socket
end

local function host_header(req)
    local default = req.tls and 443 or 80
    return nginx.address_of(req) .. (req.port == default and "" or ":" .. req.port)
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
        socket:settimeout(nginx.left_ms(deadline))
        return socket:receiveany(READ_BYTES)
    end
end

local function send_and_read(socket, req, deadline)
    socket:settimeout(nginx.left_ms(deadline))
    local ok, err = socket:send(written(req))
    if ok then
        return http1.read(receiver(socket, deadline))
    end
    return nil, { kind = err == "timeout" and "timeout" or "connection_lost", message = err }
end

local function exchange(self, req, deadline)
    local socket, failure = open(self, req, deadline)
    if not socket then
        return nil, failure
    end
    local reused = socket:getreusedtimes() > 0
    local answer, problem = send_and_read(socket, req, deadline)
    if answer and answer.reusable and not req.once then
        socket:setkeepalive(self.idle_timeout_ms)
    else
        socket:close()
    end
    if answer then
        return answer.status, answer.headers, answer.body
    end
    local _
    _, failure = nginx.failure(problem.kind, true, req, problem.message, problem.permanent)
    failure.stale = reused and not problem.began and problem.kind == "connection_lost"
    return nil, failure
end

return nginx.module(exchange)
