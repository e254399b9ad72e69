--- Pacing that all workers of an nginx share: a lua_shared_dict has what is known of the rate
-- limit, so that together they keep to the rate limit of a key.

local monotonic = require("pgai.monotonic")
local nginx = require("pgai.transports.nginx")
local paced = require("pgai.paced")

-- A step of a call takes microseconds; a worker that dies in one must not stop the others
-- for long.
local LOCK_SECONDS = 0.5
local PAUSE = 0.001

-- Longer than any wait that the state can ask for.
local STATE_SECONDS = 3600

-- The pacing of one session.
local Shared = {}
Shared.__index = Shared

-- Whether the lock is held. After this wait, the worker that had it must have died.
local function lock(self)
    local ends = monotonic() + LOCK_SECONDS
    while true do
        local ok, err = self.dict:add(self.lock, true, LOCK_SECONDS)
        if ok or err ~= "exists" or monotonic() >= ends then
            return ok
        elseif not nginx.sleep(PAUSE) then
            return false
        end
    end
end

-- The end of a step; the step may have raised, for a value that is not a response.
local function finish(self, held, taken, ...)
    self.dict:set(self.name, self.session:save(), STATE_SECONDS)
    if held then
        self.dict:delete(self.lock)
    end
    if not taken then
        error((...), 0)
    end
    return ...
end

-- Take a step of a call, which does not wait, with the state of all workers. If the dict has no
-- room, each worker uses its own state.
function Shared:take_step(step, ...)
    local held = lock(self)
    local state = self.dict:get(self.name)
    if state then
        self.session:load(state)
    end
    return finish(self, held, pcall(step, ...))
end

--- The steps of a call, for the driver, with the state of all workers.
function Shared:pace(call)
    return paced(self, call)
end

local Pacing = {}
Pacing.__index = Pacing

--- The shared pacing of one session. `identity` is what identifies the caller to the service, and
-- its share of the rate limit; only a digest of it is kept.
function Pacing:bind(session, identity)
    local name = "pacing:" .. ngx.encode_base64(ngx.sha1_bin(identity))
    return setmetatable(
        { dict = self.dict, session = session, name = name, lock = name .. ":lock" }, Shared)
end

local M = {}

--- The pacing in the lua_shared_dict of that name; 1 MB has room for 1,000 keys. For the
-- option `pacing`.
function M.shared(name)
    local dict = ngx.shared[name]
    if not dict then
        error(("there is no lua_shared_dict %q in nginx.conf"):format(name), 2)
    end
    return setmetatable({ dict = dict }, Pacing)
end

return M
