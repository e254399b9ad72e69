--- Names of options, and the one that was meant.
local core = require("pgai.core")
local errors = require("pgai.errors")

local options = {}

local function set(...)
    local names = {}
    for i = 1, select("#", ...) do
        names[(select(i, ...))] = true
    end
    return names
end

-- What each function takes.
options.names = {
    contacts = set(
        "api_key", "base_url", "timeout", "connect_timeout", "deadline", "max_attempts",
        "max_wait", "pace", "proxy", "ca", "user_agent", "allow_cleartext", "transport",
        "null", "cache", "pacing"
    ),
    list = set("page", "limit", "per_page", "timeout", "deadline"),
    call = set("timeout", "deadline"),
    pages = set("start", "limit", "per_page", "cursor", "deadline"),
    create = set("extra"),
}
for name, writable in pairs(core.fields) do
    options.names.create[name] = writable or nil
end

-- How many letters have to be added, left out or changed.
local function distance(a, b)
    local row = {}
    for j = 0, #b do
        row[j] = j
    end
    for i = 1, #a do
        local diagonal = row[0]
        row[0] = i
        for j = 1, #b do
            local same = a:byte(i) == b:byte(j)
            diagonal, row[j] = row[j],
                math.min(row[j] + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
        end
    end
    return row[#b]
end

-- The name that a misspelt one was probably meant to be, or nil.
local function meant(name, names)
    local best
    local least = math.max(2, math.floor(#name / 3)) + 1
    for candidate in pairs(names) do
        local steps = distance(name, candidate)
        if steps < least or (steps == least and best and candidate < best) then
            best, least = candidate, steps
        end
    end
    return best
end

local function refuse(name, what, names)
    local close = type(name) == "string" and meant(name, names)
    if close then
        errors.usage("%s has no option %s; did you mean %s?", what, name, close)
    end
    if what == "create" then
        errors.usage("create has no field %s; fields that are not documented go into extra",
            tostring(name))
    end
    errors.usage("%s has no option %s", what, tostring(name))
end

--- Check the names in a table of options.
-- @tparam string what the function, one of `names`
-- @tparam ?table given as the user gave it
-- @tparam[opt] string like how to call it, for who passes no table
-- @treturn table a copy without metatable, in which per_page is limit
-- @raise usage
function options.check(what, given, like)
    if given ~= nil and type(given) ~= "table" then
        errors.usage("%s takes a table of options%s, not %s", what, like or "", type(given))
    end
    local names = options.names[what] or options.names.call
    local copy = {}
    for name, value in pairs(given or {}) do
        if not names[name] then
            refuse(name, what, names)
        end
        copy[name] = value
    end
    if copy.per_page ~= nil then
        if copy.limit ~= nil then
            errors.usage("limit and per_page are two names for one thing: give one")
        end
        copy.limit, copy.per_page = copy.per_page, nil
    end
    return copy
end

return options
