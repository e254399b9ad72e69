--- Who is told what happens in calls: the option on_event, and stderr, as PGAI_LOG asks for.
local core = require("pgai.core")
local errors = require("pgai.errors")

local observer = {}

local ranks = { debug = 1, info = 2, warning = 3 }

local function write(level, text)
    io.stderr:write(("pgai: %s: %s\n"):format(level, text))
end

-- The rank of the least level that is shown; false: none is. It is read once, since a process
-- cannot change its environment from Lua.
local least

local function read_least()
    local name = os.getenv("PGAI_LOG")
    if not name or name == "" then
        return false
    end
    local level, err = core.level(name)
    if not level then
        write("warning", err.message)
    end
    return level and ranks[level] or false
end

-- An observer that raises an error does not end the call.
local function tell(on_event, event)
    local finished, err = pcall(on_event, event)
    if not finished then
        write("warning", "on_event raised an error: " .. tostring(err))
    end
end

local function least_shown()
    if least == nil then
        least = read_least()
    end
    return least
end

--- Write what no call is about to stderr, if PGAI_LOG wants warnings.
-- @tparam ?string text nil: there is nothing to write
function observer.warn(text)
    if text and least_shown() then
        write("warning", text)
    end
end

--- What takes the events of a call.
-- @param on_event the option: a function of an event; nil or false: none
-- @treturn ?function of a call of core.so that listens; nil: nobody wants to know
function observer.new(on_event)
    if on_event and type(on_event) ~= "function" then
        errors.usage("on_event must be a function, not %s", type(on_event))
    end
    if not on_event and not least_shown() then
        return nil
    end
    return function(call)
        local event, level, text = call:event()
        while event do
            if least_shown() and ranks[level] >= least then
                write(level, text)
            end
            if on_event then
                tell(on_event, event)
            end
            event, level, text = call:event()
        end
    end
end

return observer
