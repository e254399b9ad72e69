--- Answers kept in a lua_shared_dict, for all workers of an nginx.
--
-- What is kept is the status and the text of an answer. No failure of the dict fails a
-- call: then it is as if nothing had been kept.

local monotonic = require("pgai.monotonic")

local DEFAULTS = {
    ttl = 30, -- seconds that an answer is fresh
    negative_ttl = 3, -- seconds that "no such contact" is
    stale_if_error = 300, -- seconds beyond, that it serves when the service cannot
    lock_timeout = 5, -- seconds that callers wait for another one to fetch the same
}

-- How long callers wait at most for one that was ended while it fetched.
local LOCK_SECONDS = 30

-- Pauses between looks whether the other caller is done, seconds.
local FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.05

local OK, NOT_FOUND = 200, 404

-- The failures for which an older answer is better than none.
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

-- The flags of a value have two meanings in 32 bits: the lowest tells whether the contact
-- was found, the others until when that is fresh, in tenths of a second of the clock that
-- all workers share, which is enough for 6 years.
local function flags_of(found, fresh_until)
    return 2 * math.floor(fresh_until * 10) + (found and 1 or 0)
end

-- The answer that is kept, and whether it is fresh; nil: none is.
local function look_up(self, key)
    local body, flags = self.dict:get(key)
    if not body then
        return nil, false
    end
    flags = flags or 0
    local answer = { status = flags % 2 == 1 and OK or NOT_FOUND, body = body }
    return answer, flags_of(false, monotonic()) < flags - flags % 2
end

local function keep(self, key, answer)
    local found = answer.status ~= NOT_FOUND
    local ttl = found and self.ttl or self.negative_ttl
    if ttl > 0 then
        self.dict:set(key, answer.body, ttl + (found and self.stale_if_error or 0),
            flags_of(found, monotonic() + ttl))
    end
end

-- Wait to be the one caller that fetches. Returns the fresh answer that another one
-- fetched meanwhile, or nil; and whether the lock is held.
local function wait_for_turn(self, key, lock)
    local ends = monotonic() + self.lock_timeout
    local pause = FIRST_PAUSE
    while true do
        local held, err = self.dict:add(lock, true, LOCK_SECONDS)
        local answer, fresh = look_up(self, key)
        if fresh then
            return answer, held
        elseif held or err ~= "exists" or monotonic() >= ends then
            return nil, held
        end
        ngx.sleep(pause)
        pause = math.min(2 * pause, LONGEST_PAUSE)
    end
end

local function fetch_and_keep(self, key, older, fetch, ...)
    count(self, "misses")
    local answer, err = fetch(...)
    if answer then
        keep(self, key, answer)
    elseif older and BETTER_STALE[err.kind] then
        count(self, "stale")
        answer = older
    end
    return answer, err
end

--- The answer of that key, kept or fetched.
--
-- fetch: function(...) that returns an answer, a table of `status` (200 or 404) and `body`;
-- or nil and an error. Of all callers of all workers that miss the same key, one calls it.
--
-- Returns an answer; or nil and the error, when no older answer may stand in.
function Cache:fetch(key, fetch, ...)
    local older, fresh = look_up(self, key)
    if fresh then
        count(self, "hits")
        return older
    end
    local lock = "lock:" .. key
    local answer, held = wait_for_turn(self, key, lock)
    local err
    if answer then
        count(self, "hits")
    else
        answer, err = fetch_and_keep(self, key, older, fetch, ...)
    end
    if held then
        self.dict:delete(lock)
    end
    return answer, err
end

--- The part of a key that belongs to one key of the service, so that tenants never mix.
-- Only a digest of `identity` is kept.
function Cache:tenant(identity) -- luacheck: no self
    return ngx.encode_base64(ngx.sha1_bin(identity))
end

--- The key of a contact.
function Cache:contact_key(tenant, id) -- luacheck: no self
    return "contact:" .. tenant .. id
end

--- The key of a page. It changes with every create of the tenant.
function Cache:page_key(tenant, page, limit)
    local created = self.dict:get("created:" .. tenant) or 0
    return ("page:%s%s:%s:%s"):format(tenant, created, page or "", limit or "")
end

--- Forget the tenant's pages, as a contact was, or may have been, created.
function Cache:drop_pages(tenant)
    self.dict:incr("created:" .. tenant, 1, 0)
end

--- How often calls were answered from here (`hits`), had to ask the service (`misses`),
-- or got an older answer as the service failed (`stale`); of all workers, since nginx
-- started.
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
-- The options, none of them required, all in seconds: `ttl`, how long an answer is fresh
-- (30); `negative_ttl`, how long it is that there is no such contact (3); 0: not kept;
-- `stale_if_error`, how much longer an answer serves while the service fails (300);
-- `lock_timeout`, how long callers wait for another one to fetch the same (5).
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
