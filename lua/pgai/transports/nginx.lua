--- What the transports inside nginx have in common: time, waits, names of connections,
-- and what nginx's errors mean. Nothing here blocks a worker.

local monotonic = require("pgai.monotonic")

-- How long a wait goes on before the worker is asked whether it is to exit.
local SLICE = 0.2

-- Connections that each worker keeps to one service, and for how many seconds. The C
-- client stops using a connection at the same age.
local POOL_SIZE = 30
local IDLE_TIMEOUT = 30

-- What nginx says when a pool has too many callers in its queue.
local TOO_MANY = "too many waiting connect operations"

-- Parts of what nginx says of a certificate, or of the name on it: trying again is no use.
local DISTRUST = { "certificate", "verify", "host mismatch" }

local M = {}

-- A transport for one exchange after the other:
-- exchange(self, req, deadline) returns status, headers, body; or nil and a failure, in
-- which `stale` tells that a kept connection was dead before any byte of an answer came.
local Transport = {}

--- Send a request and wait for its answer; see docs/design/lua.md.
--
-- Where a kept connection turns out to be dead, a request that is not `once` goes out
-- again on another one.
function Transport:request(req)
    local deadline = monotonic() + req.timeout
    local status, headers, body
    repeat
        status, headers, body = self.exchange(self, req, deadline)
    until status or req.once or not headers.stale
    return status, headers, body
end

--- Wait; nil and "exiting" as soon as the worker is to exit.
function Transport:sleep(seconds) -- luacheck: no self
    local ends = monotonic() + seconds
    while true do
        local left = ends - monotonic()
        if ngx.worker.exiting() then
            return nil, "exiting"
        elseif left <= 0 then
            return true
        end
        ngx.sleep(math.min(left, SLICE))
    end
end

--- Seconds of a clock that never goes back, and that all workers share.
function Transport:now() -- luacheck: no self
    return monotonic()
end

--- Make the module of a transport, with its `new(options)`.
--
-- The options, none of them required: `pool_size`, connections that each worker keeps to
-- one service (30); `idle_timeout`, seconds that one is kept (30); `backlog`, how many
-- callers may wait for a connection: with it no more than pool_size are open, and callers
-- beyond pool_size + backlog fail as `overloaded`.
function M.module(exchange)
    local class = { __index = setmetatable({ exchange = exchange }, { __index = Transport }) }
    return {
        new = function(options)
            options = options or {}
            return setmetatable({
                pool_size = options.pool_size or POOL_SIZE,
                idle_timeout_ms = (options.idle_timeout or IDLE_TIMEOUT) * 1000,
                backlog = options.backlog,
            }, class)
        end,
    }
end

--- Nil and a failure of a transport.
function M.failure(kind, sent, req, cause, permanent)
    return nil, {
        kind = kind,
        sent = sent,
        permanent = permanent or false,
        message = ("%s: %s"):format(req.host, cause),
    }
end

--- Milliseconds until a time; at least 1, as 0 is nginx's word for its own default.
function M.left_ms(until_time)
    return math.max(1, math.ceil((until_time - monotonic()) * 1000))
end

--- Milliseconds that a connection may take.
function M.patience_ms(req, deadline)
    return math.min(M.left_ms(deadline), math.ceil(req.connect_timeout * 1000))
end

--- The name of the connections that may stand in for one another. Those of creates are
-- never kept, so that there is none on which the service could turn out to be gone.
function M.pool_of(req)
    return table.concat({ "pgai", req.tls and "https" or "http", req.host, req.port,
        req.once and "once" or "kept" }, "|")
end

--- A host as nginx takes it, and as the header has it: an IPv6 address in brackets.
function M.address_of(req)
    return req.host:find(":", 1, true) and "[" .. req.host .. "]" or req.host
end

--- The failure of a connection that was not made, from nginx's words for it.
function M.unconnected(req, err)
    if err == TOO_MANY then
        return M.failure("overloaded", false, req, err)
    elseif err == "timeout" then
        return M.failure("timeout", false, req, "no connection in time")
    end
    return M.failure("connect", false, req, err)
end

--- The failure of a handshake, from nginx's words for it.
function M.unsecured(req, err)
    if err == "timeout" then
        return M.failure("timeout", false, req, "no TLS in time")
    end
    for _, part in ipairs(DISTRUST) do
        if err:find(part, 1, true) then
            return M.failure("tls", false, req, err, true)
        end
    end
    return M.failure("tls", false, req, err)
end

return M
