--- Calls whose steps are taken with a state that others share.

local Paced = {}
Paced.__index = Paced

for _, name in ipairs({ "next", "feed", "fail", "cancel" }) do
    Paced[name] = function(self, ...)
        return self.shared:take_step(self.call[name], self.call, ...)
    end
end

--- The steps of a call, for the driver.
-- @param shared its take_step(step, ...) calls a step, which does not wait, with the shared state
-- @param call of core.so
return function(shared, call)
    return setmetatable({ shared = shared, call = call }, Paced)
end
