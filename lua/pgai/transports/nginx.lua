--- What the transports inside nginx have in common: time, waits, names of connections,
-- and what nginx's errors mean. Nothing here blocks a worker.

local errors = require("pgai.errors")
local monotonic = require("pgai.monotonic")
local options = require("pgai.options")
local transports = require("pgai.transports")

-- How long a wait lasts before it checks whether the worker is exiting; and the shortest wait,
-- since 0 would spin.
local SLICE = 0.2
local LEAST = 0.001

-- Connections that each worker keeps to one service, and for how many seconds. The C
-- client stops using a connection at the same age.
local POOL_SIZE = 30
local IDLE_TIMEOUT = 30

-- About 25 days, the longest timeout that nginx takes.
local MAX_MS = 2 ^ 31 - 1

-- What nginx says when a pool has too many callers in its queue.
local TOO_MANY = "too many waiting connect operations"

-- Parts of nginx's messages for a name that it can never look up.
local HOPELESS = { "no resolver defined", "failed to parse host name", "invalid host" }

-- Parts of nginx's messages for a certificate, or the name in it: a retry would not help.
local DISTRUST = { "certificate", "verify", "host mismatch" }

-- Parts of nginx's messages for an address that failed, when another address of that name may
-- work.
local ELSEWHERE = { "refused", "unreachable", "no route to host", "cannot assign requested address",
    "not supported by protocol" }

-- How often it is told to connect to a name: it takes a random address, and may take the same one
-- several times.
local DRAWS = 8

-- What nginx does not say: parts of its messages, and the next step.
local CURES = {
    { "no resolver defined", "set resolver in nginx.conf" },
    { "could not be resolved", "is the host in base_url right? nginx asks only its "
        .. "resolver, not /etc/hosts" },
    { "refused", "is it running, and are host and port right?" },
    { "unreachable", "if this host has no IPv6, add ipv6=off to resolver" },
    { "no route to host", "if this host has no IPv6, add ipv6=off to resolver" },
    { "too many open files", "raise worker_rlimit_nofile in nginx.conf" },
    -- The text of an older errno, since nginx sets none for this.
    { "no such file or directory", "raise worker_connections in nginx.conf, if its log says so" },
    { "resource temporarily", "raise worker_connections in nginx.conf, if its log says so" },
    { TOO_MANY, "more callers wait than pool_size and backlog allow" },
    { "self-signed certificate", "set lua_ssl_trusted_certificate in nginx.conf" },
    { "local issuer certificate", "set lua_ssl_trusted_certificate in nginx.conf, or raise "
        .. "lua_ssl_verify_depth" },
    { "host mismatch", "it is for another host than the one in base_url" },
    { "handshake failed", "if the port speaks http, base_url must begin with http://" },
    { "was not accepted", "it is for another host, or lua_ssl_trusted_certificate does not "
        .. "trust it" },
}

-- Parts of nginx's messages for a certificate of another name, and the next step if the host is an
-- address: nginx treats the address as a name.
local MISMATCH = { "host mismatch", "was not accepted" }
local NAMES_ONLY = "nginx checks only names in certificates: base_url must have a name from "
    .. "the certificate, not an address"

local M = {}

-- What transports inside nginx are.
local Transport = {}

--- Wait; nil and "exiting" as soon as the worker is to exit.
function M.sleep(seconds)
    local ends = monotonic() + seconds
    while true do
        local left = ends - monotonic()
        if ngx.worker.exiting() then
            return nil, "exiting"
        elseif left <= 0 then
            return true
        end
        ngx.sleep(math.max(math.min(left, SLICE), LEAST))
    end
end

--- The same, as a method.
function Transport:sleep(seconds) -- luacheck: no self
    return M.sleep(seconds)
end

--- Seconds of a clock that never goes backwards, and that all workers share.
function Transport:now() -- luacheck: no self
    return monotonic()
end

--- A class of transports, with `sleep` and `now`; its module adds the rest.
function M.class()
    local class = setmetatable({}, { __index = Transport })
    class.__index = class
    return class
end

-- The options of a transport, and what each is.
local OPTIONS = {
    pool_size = "number", idle_timeout = "number", backlog = "number", pool = "string",
}

local function check_options(given)
    local checked = options.check("transport", given, ": new{ pool_size = 30 }")
    for name, value in pairs(checked) do
        if type(value) ~= OPTIONS[name] then
            errors.usage("%s must be a %s, not %s", name, OPTIONS[name], type(value))
        end
    end
    return checked
end

--- The module of such a class, with its `new(options)`.
--
-- None of the options is required: `pool_size`, connections that each worker keeps to one service
-- (30); `idle_timeout`, seconds for which one is kept (30); `backlog`, how many callers may wait
-- for a connection: with it at most pool_size are open, and callers beyond pool_size + backlog
-- fail as `overloaded`; `pool`, text that is part of the name of its connections, so that other
-- transports do not use them.
function M.module(class)
    return {
        new = function(given)
            local checked = check_options(given)
            return setmetatable({
                pool_size = checked.pool_size or POOL_SIZE,
                idle_timeout_ms = (checked.idle_timeout or IDLE_TIMEOUT) * 1000,
                backlog = checked.backlog,
                pool = checked.pool,
            }, class)
        end,
    }
end

--- A failure, whose message will name the host.
function M.named(req, failure)
    failure.message = ("%s: %s"):format(req.host, failure.message or failure.kind)
    return failure
end

--- Nil and a failure of a transport.
function M.failure(kind, sent, req, cause, permanent)
    return nil, M.named(req, {
        kind = kind,
        sent = sent,
        permanent = permanent or false,
        message = cause,
    })
end

--- Seconds as milliseconds, in the range that nginx accepts; for nginx, 0 means its own default.
function M.to_ms(seconds)
    return math.min(math.max(1, math.ceil(seconds * 1000)), MAX_MS)
end

--- The milliseconds that nginx gets to make a connection, out of those that are left. If there is a
-- queue for connections, nginx uses them twice: in the queue, and to connect.
function M.patience_ms(transport, connect_timeout_ms, left_ms)
    local most = transport.backlog and math.ceil(left_ms / 2) or left_ms
    return math.max(1, math.min(math.ceil(connect_timeout_ms), most))
end

local function has_any(text, parts)
    for _, part in ipairs(parts) do
        if text:find(part, 1, true) then
            return true
        end
    end
    return false
end

-- Call a function that connects again until it succeeds, or fails for another reason than the
-- address, or has failed often enough. Nothing was sent, so this is one attempt, as if all
-- addresses were tried in turn.
local function connect_somewhere(most, call, ...)
    local ok, err
    for _ = 1, most do
        ok, err = call(...)
        if ok or not has_any(err, ELSEWHERE) then
            break
        end
    end
    return ok, err
end

--- Call a function that connects, within so many milliseconds; returns its first two results. If
-- the host is a name, it is called again for another address. `bounded`: it needs a DNS lookup, or
-- makes more than a connection; then only killing its thread ends it in time.
function M.connect(transport, named, bounded, patience, call, ...)
    local most = (transport.backlog and 2 * patience or patience) / 1000
    if bounded then
        return M.within(most, connect_somewhere, named and DRAWS or 1, call, ...)
    end
    local began = monotonic()
    local ok, err = call(...)
    if ok or not (named and has_any(err, ELSEWHERE)) then
        return ok, err
    end
    return M.within(began + most - monotonic(), connect_somewhere, DRAWS - 1, call, ...)
end

--- The name of a transport's interchangeable connections. Those of requests that are `once` are
-- never kept, so that such a request never meets a connection that the service has closed.
function M.pool_of(transport, req)
    return table.concat({ "pgai", req.tls and "https" or "http", req.host, req.port,
        req.once and "once" or "kept", transport.pool }, "|")
end

--- Whether a host is this machine's own name.
function M.is_own_name(host)
    return host:lower() == "localhost"
end

-- Whether a host is an address.
local function is_address(host)
    return host:find(":", 1, true) or host:find("^%d+%.%d+%.%d+%.%d+$")
end

--- A host in nginx's form, and whether it needs a DNS lookup. An IPv6 address is in brackets. No
-- DNS server is asked for this machine's own name, since it could give any address.
function M.address_of(req)
    local host = req.host
    if M.is_own_name(host) then
        return "127.0.0.1", false
    elseif not is_address(host) then
        return host, true
    end
    return host:find(":", 1, true) and "[" .. host .. "]" or host, false
end

-- What ends first, a call or its time, for ngx.thread.wait(): `outcome` is what the thread that
-- ended first returned.
local function settle(thread, clock, _, outcome, ...)
    if outcome == "late" then
        ngx.thread.kill(thread)
        return nil, "timeout"
    end
    if clock then
        ngx.thread.kill(clock)
    end
    if not outcome then
        error((...), 0)
    end
    return ...
end

local function expire(seconds)
    ngx.sleep(math.max(seconds, LEAST))
    return "late"
end

-- pcall() as a Lua function, since a light thread must begin with one.
local function protected(...)
    return pcall(...)
end

--- Call a function whose wait has no timeout of its own, in a light thread that is killed when its
-- seconds are over. Returns the function's results; or nil and "timeout". If it does not wait at
-- all, no second thread is needed for the time.
function M.within(seconds, call, ...)
    local thread = ngx.thread.spawn(protected, call, ...)
    if coroutine.status(thread) == "zombie" then
        return settle(thread, nil, ngx.thread.wait(thread))
    end
    local clock = ngx.thread.spawn(expire, seconds)
    return settle(thread, clock, ngx.thread.wait(thread, clock))
end

local function send(transport, call)
    if transports.has_exchange(transport) then
        return transport:exchange(call)
    end
    return transport:request(call:request())
end

-- Requests in flight: `threads` has the light thread of each call.
local Flights = {}
Flights.__index = Flights

local function fly(transport, call)
    return call, pcall(send, transport, call)
end

function Flights:begin(call)
    self.threads[call] = ngx.thread.spawn(fly, self.transport, call)
    return true
end

-- What ended first, for ngx.thread.wait(): the thread of a call, or the time.
local function land(flights, clock, _, call, called, ...)
    if call == "late" then
        return nil
    end
    if clock then
        ngx.thread.kill(clock)
    end
    flights.threads[call] = nil
    if not called then
        for _, thread in pairs(flights.threads) do
            ngx.thread.kill(thread)
        end
        error((...), 0)
    end
    return call, ...
end

function Flights:poll(seconds)
    local threads = {}
    for _, thread in pairs(self.threads) do
        threads[#threads + 1] = thread
    end
    local clock = seconds and ngx.thread.spawn(expire, seconds)
    threads[#threads + 1] = clock
    return land(self, clock, ngx.thread.wait(unpack(threads)))
end

--- Several requests in flight, each in a light thread; see docs/design/lua.md.
function Transport:flights()
    return setmetatable({ transport = self, threads = {} }, Flights)
end

--- Call a function that makes a TLS handshake; returns what it does.
--
-- lua-resty-core 0.1.25 assumes that a handshake that ends at once has succeeded, and raises a
-- bare assertion if the certificate was refused. (If it is told to keep no session, it does not
-- even check, so it must not be told that.)
function M.handshake(call, ...)
    local called, ok, err = pcall(call, ...)
    if called then
        return ok, err
    end
    return nil, "the certificate was not accepted"
end

--- Whether a response on a kept connection may be unrequested, and came before the request was
-- sent: nginx does not notice it if both happen at the same moment. The end of the connection
-- shows it, which has already come (`ended`), or which the response announces (`closes`). A
-- GET or HEAD may be sent again.
function M.is_doubtful(status, ended, closes)
    return ended or closes and (status == 400 or status == 404 or status == 408)
end

-- What nginx says, with the next step.
local function cured(cause)
    for _, cure in ipairs(CURES) do
        if cause:find(cure[1], 1, true) then
            return cause .. "; " .. cure[2]
        end
    end
    return cause
end

--- The failure of a connection that was not made, from nginx's message.
function M.unconnected(req, err)
    if err == "timeout" then
        return M.failure("timeout", false, req, "no connection in time")
    end
    local kind = err == TOO_MANY and "overloaded" or "connect"
    return M.failure(kind, false, req, cured(err), has_any(err, HOPELESS))
end

--- Add the next step to a failure without any response, or with one that is not HTTP. If the
-- connection is not encrypted, it may be a port for https.
function M.unanswered(req, failure)
    if not req.tls and failure.kind ~= "timeout" then
        failure.message = failure.message
            .. "; if the port speaks https, base_url must begin with https://"
    end
    return failure
end

--- The failure of a handshake, from nginx's message.
function M.unsecured(req, err)
    if err == "timeout" then
        return M.failure("timeout", false, req, "no TLS in time")
    end
    local cause = cured(err)
    if is_address(req.host) and has_any(err, MISMATCH) then
        cause = err .. "; " .. NAMES_ONLY
    end
    return M.failure("tls", false, req, cause, has_any(err, DISTRUST))
end

return M
