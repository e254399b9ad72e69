--- An emulator of the service in the process of your tests.
--
--     local sandbox = require("pgai.testing").sandbox{ contacts = 3 }
--     sandbox:fault{ fault = "status", code = 503, match = { times = 1 } }
--     assert(#sandbox:client():list() == 3) -- it tried again
--     sandbox:stop()
--
-- See docs/testing.md, and docs/design/sandbox.md for all the ways in which it can fail.
local pgai = require("pgai")
local errors = require("pgai.errors")
local options = require("pgai.options")
local service = require("pgai.sandbox")

local testing = {}

-- What Lua itself raises.
local NO_MEMORY = "not enough memory"

local Sandbox = { __name = "pgai.testing.Sandbox" }
Sandbox.__index = Sandbox

options.names.sandbox = {
    contacts = true, seed = true, faults = true, limiter = true, rate_limit = true,
    page_limit = true, max_limit = true,
}

-- What the module returns, unless it is nil and the fields of an error.
local function demand(done, fields)
    if not done then
        errors.raise(errors.new(fields))
    end
    return done
end

-- What the module itself raises is an option that is not acceptable.
local function start(options_of_it)
    local called, handle, fields = pcall(service.start, options_of_it)
    if called then
        return demand(handle, fields)
    elseif handle == NO_MEMORY then
        error(handle, 0)
    end
    errors.usage("%s", handle)
end

--- Start the emulator on a loopback address, in a thread of this process.
-- @tparam[opt] table given contacts (how many there are, 1000), seed (of the contacts, and of
-- random faults), faults (what `fault` takes, or a list of it), limiter ("fixed", "fixed_first",
-- "sliding", "counter" or "bucket"; nil: none), rate_limit (requests a minute), page_limit
-- (contacts a page if a request has no limit), max_limit (most contacts a page)
-- @treturn table with url and api_key
-- @raise usage
function testing.sandbox(given)
    local checked = options.check("sandbox", given)
    local faults = checked.faults or {}
    checked.faults = nil
    local handle = start(checked)
    local self = setmetatable({ _handle = handle, url = handle:url(), api_key = handle:key() },
        Sandbox)
    if type(faults) == "table" and faults[1] then
        for _, fault in ipairs(faults) do
            self:fault(fault)
        end
    elseif type(faults) == "string" or next(faults) then
        self:fault(faults)
    end
    return self
end

--- Make a client of the sandbox.
-- @tparam[opt] table given what `pgai.contacts` takes; proxies of the environment are not used
function Sandbox:client(given)
    local merged = { base_url = self.url, api_key = self.api_key, proxy = "" }
    for name, value in pairs(given or {}) do
        merged[name] = value
    end
    return pgai.contacts(merged)
end

--- Add a fault rule.
-- @param rule a table, or JSON text, which may also be an array of rules
-- @raise usage; none of the rules was added
function Sandbox:fault(rule)
    demand(self._handle:fault(rule))
end

--- What the service did so far.
-- @treturn table requests, created and counts
function Sandbox:log()
    return demand(self._handle:log())
end

--- Back to the state at the start: contacts as seeded, no faults, an empty log.
function Sandbox:reset()
    demand(self._handle:reset())
end

--- Move the emulator's clock forward, which `Date` and the limiter use.
-- @tparam number seconds
function Sandbox:advance(seconds)
    self._handle:advance(seconds * 1000)
end

--- Stop the emulator and close its connections. Doing it again changes nothing.
function Sandbox:stop()
    self._handle:stop()
end

Sandbox.__close = Sandbox.stop

function Sandbox:__tostring()
    return ("pgai.testing.sandbox at %s"):format(self.url)
end

return testing
