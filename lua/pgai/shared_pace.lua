--- Pacing that all processes of a user on this host share, by a file: the option pace = "shared".

local curl = require("pgai.curl")
local observer = require("pgai.observer")
local paced = require("pgai.paced")

local Shared = {}
Shared.__index = Shared

-- The end of a step; the step may have raised, for a value that is not a response.
local function finish(self, locked, taken, ...)
    if locked then
        self.file:unlock(self.session:save())
    end
    if not taken then
        error((...), 0)
    end
    return ...
end

-- Take a step of a call with the state of all processes. If the file cannot be locked, this process
-- goes on by its own.
function Shared:take_step(step, ...)
    local state = self.file:lock()
    observer.warn(self.file:trouble())
    if state and state ~= "" then
        self.session:load(state)
    end
    return finish(self, state, pcall(step, ...))
end

--- The steps of a call, for the driver, with the state of all processes.
function Shared:pace(call)
    return paced(self, call)
end

local M = {}

--- The shared pacing of a session of core.so.
-- @tparam string key its key
-- @tparam number share its share of the rate limit
-- @return[1] the pacing
-- @return[2] nil
-- @return[2] the fields of an error
function M.open(session, key, share)
    local file, err = curl.shared_pace(session:base_url(), key, share)
    if not file then
        return nil, err
    end
    return setmetatable({ session = session, file = file }, Shared)
end

return M
