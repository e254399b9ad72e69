--- Responses kept in a lua_shared_dict, for all workers of an nginx.
--
-- It keeps the status and the text of a response. A failing dict fails no call: the call then
-- works as without a cache.

local monotonic = require("pgai.monotonic")
local nginx = require("pgai.transports.nginx")

local DEFAULTS = {
    ttl = 30, -- seconds that a response is fresh
    negative_ttl = 3, -- seconds that "not found" is fresh
    stale_if_error = 300, -- further seconds that it is used while the service fails
    lock_timeout = 5, -- seconds after which one more caller fetches the same
}

-- The shortest life of a lock: for a dict, 0 means forever.
local LEAST = 0.001

-- Seconds between checks whether the other caller is done.
local FIRST_PAUSE, MAX_PAUSE = 0.001, 0.05

local OK, NOT_FOUND = 200, 404

-- The part of its time that a caller must still have to fetch a response itself after it waited.
-- Otherwise many callers that waited would all ask in their last milliseconds.
local LEAST_SHARE = 0.1

-- The failures for which an older response is better than none.
local BETTER_STALE = {}
for _, kind in ipairs({ "connect", "tls", "timeout", "connection_lost", "protocol", "too_large",
    "decode", "rate_limited", "server", "overloaded", "exiting" }) do
    BETTER_STALE[kind] = true
end

local Cache = {}
Cache.__index = Cache

local function count(self, name)
    self.dict:incr("count:" .. name, 1, 0)
end

-- The flags of a value have two meanings in 32 bits: the lowest says whether the contact was
-- found, the others until when that is fresh, in tenths of a second of the clock that all workers
-- share, which is enough for 6 years.
local function flags_of(found, fresh_until)
    return 2 * math.floor(fresh_until * 10) + (found and 1 or 0)
end

-- The kept response, and whether it is fresh; nil: there is none.
local function look_up(self, key)
    local body, flags = self.dict:get(key)
    if not body then
        return nil, false
    end
    flags = flags or 0
    local response = { status = flags % 2 == 1 and OK or NOT_FOUND, body = body }
    return response, flags_of(false, monotonic()) < flags - flags % 2
end

local function keep(self, key, response)
    local found = response.status ~= NOT_FOUND
    local ttl = found and self.ttl or self.negative_ttl
    if ttl > 0 then
        self.dict:set(key, response.body, ttl + (found and self.stale_if_error or 0),
            flags_of(found, monotonic() + ttl))
    end
end

local function failure(kind, message)
    return { kind = kind, message = message }
end

-- Locks differ, so that a caller that took too long does not release another's lock.
local locks = 0

local function new_mark()
    locks = locks + 1
    return ngx.worker.pid() .. ":" .. locks
end

-- Wait to be the one caller that fetches, so many seconds, until `ends`. Returns the fresh
-- response that another caller fetched meanwhile, or nil; and the mark of the lock, if it is held;
-- or nil, nil and the fields of an error.
--
-- The caller that has the lock may be ended while it fetches, without a notice. So the lock lasts
-- no longer than the caller's time and lock_timeout.
local function wait_for_turn(self, key, lock, seconds, ends)
    local mark, pause = new_mark(), FIRST_PAUSE
    while true do
        local left = ends - monotonic()
        if left <= 0 then
            return nil, nil, failure("timeout",
                "the deadline passed while another caller asked for the same")
        end
        local held, err = nil, "exists"
        if left >= LEAST_SHARE * seconds then
            local life = math.max(LEAST, math.min(left, self.lock_timeout))
            held, err = self.dict:add(lock, mark, life)
        end
        local response, fresh = look_up(self, key)
        if fresh or held or err ~= "exists" then
            return fresh and response or nil, held and mark
        end
        local _, kind = nginx.sleep(math.min(pause, left))
        if kind then
            return nil, nil, failure(kind, "the worker process is exiting")
        end
        pause = math.min(2 * pause, MAX_PAUSE)
    end
end

-- A response, or an older one if that is better than the error.
local function settle(self, older, response, err)
    if not response and older and BETTER_STALE[err.kind] then
        count(self, "stale")
        response = older
    end
    return response, err
end

local function fetch_and_keep(self, key, older, fetch, ...)
    local response, err = fetch(...)
    if response then
        keep(self, key, response)
    end
    return settle(self, older, response, err)
end

-- Release the lock, even if the call that held it failed.
local function unlock(self, lock, mark, called, ...)
    if mark and self.dict:get(lock) == mark then
        self.dict:delete(lock)
    end
    if not called then
        error((...), 0)
    end
    return ...
end

--- The fresh response that is kept under a key: a table of `status` (200 or 404) and `body`; or
-- nil, and an older response or nil.
function Cache:look_up(key)
    local response, fresh = look_up(self, key)
    if fresh then
        count(self, "hits")
        return response
    end
    return nil, response
end

--- The response of that key, if the kept one is not fresh: another caller's, or fetched.
--
-- older: what look_up() gave, or nil. seconds: how long everything may take. fetch: function(left,
-- ...) that returns a response, or nil and the fields of an error; `left` is the remaining
-- seconds. Of all callers in all workers that miss the same key, one at a time calls it.
--
-- Returns a response; or nil and the fields of an error, if no older response may replace it.
function Cache:fetch(key, older, seconds, fetch, ...)
    local ends = monotonic() + seconds
    local lock, mark, response, err = "lock:" .. key, nil, nil, nil
    if self.lock_timeout > 0 then
        response, mark, err = wait_for_turn(self, key, lock, seconds, ends)
    end
    if response then
        count(self, "hits")
        return unlock(self, lock, mark, true, response)
    end
    count(self, "misses")
    if err then
        return settle(self, older, nil, err)
    end
    return unlock(self, lock, mark,
        pcall(fetch_and_keep, self, key, older, fetch, ends - monotonic(), ...))
end

--- The part of a key that belongs to one key of the service, so that scopes never mix.
-- Only a digest of `identity` is kept.
function Cache:scope(identity) -- luacheck: no self
    return ngx.encode_base64(ngx.sha1_bin(identity))
end

--- The key of a contact.
function Cache:contact_key(scope, id) -- luacheck: no self
    return "contact:" .. scope .. id
end

--- The key of a page. It changes with every create of the scope.
function Cache:page_key(scope, page, limit)
    local created = self.dict:get("created:" .. scope) or 0
    return ("page:%s%s:%s:%s"):format(scope, created, page or "", limit or "")
end

--- Forget the scope's pages, because a contact was created, or may have been.
function Cache:drop_pages(scope)
    self.dict:incr("created:" .. scope, 1, 0)
end

--- How often calls got a response from the cache (`hits`), had to ask the service (`misses`), or
-- got an older response because the service failed (`stale`); in all workers, since nginx started.
function Cache:counters()
    local counters = {}
    for _, name in ipairs({ "hits", "misses", "stale" }) do
        counters[name] = self.dict:get("count:" .. name) or 0
    end
    return counters
end

local M = {}

--- The cache in the lua_shared_dict of that name. For the option `cache`.
--
-- The options are in seconds, and none is required: `ttl`, how long a response is fresh (30);
-- `negative_ttl`, how long "the contact does not exist" is fresh (3; 0: it is not kept);
-- `stale_if_error`, how much longer an old response is used while the service fails (300);
-- `lock_timeout`, after how long one more caller fetches what another one is still fetching (5).
function M.shared(name, options)
    local dict = ngx.shared[name]
    if not dict then
        error(("there is no lua_shared_dict %q in nginx.conf"):format(name), 2)
    end
    local self = { dict = dict }
    for option, default in pairs(DEFAULTS) do
        self[option] = default
    end
    for option, value in pairs(options or {}) do
        if DEFAULTS[option] == nil or type(value) ~= "number" or value < 0 then
            error(("the cache has no option %s = %s; it has ttl, negative_ttl, stale_if_error "
                .. "and lock_timeout, in seconds"):format(option, tostring(value)), 2)
        end
        self[option] = value
    end
    return setmetatable(self, Cache)
end

return M
