--- Requests over lua-resty-http 0.17, for programs that use it already: its hooks and settings then
-- apply here, too. Unlike over cosockets, headers have no maximum length and number, and a TLS
-- connection may be kept that has bytes after a response.

local monotonic = require("pgai.monotonic")
local nginx = require("pgai.transports.nginx")

-- Of a decoded body; see core/protocol/incoming.h.
local BODY_BYTES = 8 * 1024 * 1024
local PIECE_BYTES = 64 * 1024

-- How its errors of a handshake begin to differ from those of a connection.
local HANDSHAKE = { "certificate", "handshake", "SSL", "ssl" }

local function unconnected(req, err)
    -- Then it names the host, whose name may be anything.
    if err:find("resolve", 1, true) then
        return nginx.unconnected(req, err)
    end
    for _, part in ipairs(HANDSHAKE) do
        if err:find(part, 1, true) then
            return nginx.unsecured(req, err)
        end
    end
    return nginx.unconnected(req, err)
end

local function open(self, req, deadline)
    local client = require("resty.http").new()
    local left = nginx.to_ms(deadline - monotonic())
    local patience = nginx.patience_ms(self, req.connect_timeout * 1000, left)
    client:set_timeouts(patience, left, left)
    local address, named = nginx.address_of(req)
    local connect = nginx.connect
    local ok, err = connect(self, named, true, patience, nginx.handshake, client.connect, client, {
        scheme = req.tls and "https" or "http",
        host = address,
        port = req.port,
        ssl_verify = true,
        ssl_server_name = req.host,
        -- It names its connections itself, since it knows of proxies. But those that are `once` are
        -- never kept, and it cannot know what must not be shared.
        pool = (req.once or self.pool) and nginx.pool_of(self, req) or nil,
        pool_size = self.pool_size,
        backlog = self.backlog,
    })
    if ok then
        return client
    end
    return unconnected(req, err)
end

local function lost(err)
    return nil, err == "timeout" and "timeout" or "connection_lost", err
end

-- The whole body; or nil, the kind of failure and a message.
local function read_body(client, response, deadline)
    local pieces, had = {}, 0
    local reader = response.has_body and response.body_reader
    while reader do
        client:set_timeout(nginx.to_ms(deadline - monotonic()))
        local piece, err = reader(PIECE_BYTES)
        -- A body that ends with its connection comes with the error that it was closed.
        if err and not (piece and err == "closed") then
            return lost(err)
        elseif not piece then
            break
        end
        had = had + #piece
        if had > BODY_BYTES then
            return nil, "too_large", "a body of more than 8 MiB"
        end
        pieces[#pieces + 1] = piece
        if err then
            break
        end
    end
    return table.concat(pieces)
end

-- For this machine's own name, the library knows only the address.
local function host_of(req)
    if req.port == (req.tls and 443 or 80) then
        return req.host
    end
    return req.host .. ":" .. req.port
end

local function send(client, req)
    local headers = { Host = nginx.is_own_name(req.host) and host_of(req) or nil }
    for _, header in ipairs(req.headers) do
        headers[header[1]] = header[2]
    end
    return client:request({
        method = req.method,
        path = req.target,
        headers = headers,
        body = req.body,
    })
end

-- Send a request and read its response; the response and its body, or what lost() returns.
local function converse(client, req, deadline)
    local response, err = send(client, req)
    if not response then
        return nil, lost(err)
    end
    return response, read_body(client, response, deadline)
end

-- Status, headers and body; or nil and a failure, in which `stale` says that a kept connection was
-- dead before any byte of a response came.
local function attempt(self, req, deadline)
    local client, failure = open(self, req, deadline)
    if not client then
        return nil, failure
    end
    local rest = deadline - monotonic()
    if rest <= 0 then
        client:close()
        return nginx.unconnected(req, "timeout")
    end
    client:set_timeout(nginx.to_ms(rest))
    local reused = client:get_reused_times() > 0
    -- The library reads headers one by one, and gives each one the whole time.
    local response, body, kind, err = nginx.within(rest, converse, client, req, deadline)
    if body and not response then
        body, kind, err = nil, "timeout", "no response in time"
    end
    local kept
    if body and not req.once then
        kept = client:set_keepalive(self.idle_timeout_ms)
    else
        client:close()
    end
    if body and reused and nginx.is_doubtful(response.status, not kept, kept ~= 1) then
        response, body, kind, err = nil, nil, "connection_lost", "a response that was not requested"
    end
    if body then
        return response.status, response.headers, body
    end
    local _
    _, failure = nginx.failure(kind, true, req, err, kind == "too_large")
    failure.stale = reused and not response and kind == "connection_lost"
    return nil, response and failure or nginx.unanswered(req, failure)
end

local Resty = nginx.class()

--- Send a request, and wait for its response; see docs/design/lua.md. If a kept connection turns
-- out to be dead, a request that is not `once` is sent again on another one.
function Resty:request(req)
    local deadline = monotonic() + req.timeout
    local status, headers, body
    repeat
        status, headers, body = attempt(self, req, deadline)
    until status or req.once or not headers.stale or monotonic() >= deadline
    return status, headers, body
end

return nginx.module(Resty)
