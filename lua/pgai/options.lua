--- Names of options, and hints for a misspelt one.
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
        "max_wait", "pace", "share", "proxy", "ca", "user_agent", "allow_cleartext", "transport",
        "null", "cache", "pacing", "on_event"
    ),
    list = set("page", "limit", "per_page", "keep_json", "timeout", "deadline"),
    call = set("timeout", "deadline"),
    pages = set("start", "count", "limit", "per_page", "prefetch", "details", "strict",
        "cursor", "keep_json", "deadline"),
    each = set("start", "count", "limit", "per_page", "prefetch", "details", "strict",
        "cursor", "deadline"),
    get_many = set("prefetch", "deadline"),
    create = set("extra"),
    plan = set("parts", "limit", "per_page", "timeout", "deadline"),
    request = set("method", "path", "query", "json", "timeout", "deadline"),
    transport = set("pool_size", "idle_timeout", "backlog", "pool"),
}
for name, writable in pairs(core.fields) do
    options.names.create[name] = writable or nil
end

-- Names that other libraries use. The list of Python, in python/pgai/_arguments.py, is the same.
local synonyms = {
    page = set("page_number", "start", "offset", "from"),
    start = set("page", "page_number", "start_page", "offset", "from"),
    limit = set("page_size", "pagesize", "size", "count", "max_results"),
    count = set("max_pages", "num_pages"),
    parts = set("partitions", "num_partitions", "num_parts", "workers", "shards", "n"),
    prefetch = set("concurrency", "max_concurrency", "max_workers", "parallel"),
    cursor = set("after", "next_cursor", "page_token"),
    timeout = set("read_timeout", "request_timeout"),
    deadline = set("total_timeout", "max_time"),
    max_attempts = set("max_retries", "retries", "attempts"),
    api_key = set("key", "token", "api_token"),
    base_url = set("url", "host", "endpoint"),
    query = set("params", "parameters", "query_params"),
    json = set("data", "body", "content", "payload"),
    ca = set("ca_file", "cafile", "ca_bundle", "cacert"),
    proxy = set("proxies", "http_proxy", "https_proxy"),
    method = set("verb", "http_method"),
    path = set("url", "uri", "endpoint"),
}

-- What a name means, if the other name may mean something else.
local meanings = {
    page = "the number of a page",
    start = "the number of the first page",
    limit = "contacts a page",
    max_attempts = "which includes the first one",
}

-- How many letters have to be added, left out, changed, or swapped with the next.
local function distance(a, b)
    local rows = {}
    for i = 0, #a do
        rows[i] = { [0] = i }
        for j = 1, #b do
            if i == 0 then
                rows[i][j] = j
            else
                local same = a:byte(i) == b:byte(j)
                local least = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                    rows[i - 1][j - 1] + (same and 0 or 1))
                if i > 1 and j > 1 and a:sub(i - 1, i) == b:sub(j - 1, j):reverse() then
                    least = math.min(least, rows[i - 2][j - 2] + 1)
                end
                rows[i][j] = least
            end
        end
    end
    return rows[#a][#b]
end

-- The name that a misspelt one was probably meant to be, or nil. A wrong hint does harm, so it
-- must be close: one letter in four may be wrong.
local function close_to(name, names)
    local best
    local least = math.max(1, math.floor(#name / 4)) + 1
    for candidate in pairs(names) do
        local steps = distance(name, candidate)
        if steps < least or (steps == least and best and candidate < best) then
            best, least = candidate, steps
        end
    end
    return best
end

-- A hint on what was meant; or nothing.
local function meant(name, names)
    for right, others in pairs(synonyms) do
        if names[right] and others[name:lower()] then
            local meaning = meanings[right]
            return ("; did you mean %s%s?"):format(right, meaning and ", " .. meaning or "")
        end
    end
    local close = close_to(name, names)
    if close then
        return ("; did you mean %s?"):format(close)
    end
    -- An option in the wrong place is not a field.
    return names.extra and not synonyms[name] and "; other fields go into extra" or ""
end

local function refuse(name, what, names)
    errors.usage("%s has no option %s%s", what, tostring(name),
        type(name) == "string" and meant(name, names) or "")
end

--- Check the names in a table of options.
-- @tparam string what the function, one of `names`
-- @tparam ?table given as the user gave it
-- @tparam[opt] string like how to call the function, for a caller that passes no table
-- @treturn table a copy without metatable, in which per_page is limit
-- @raise usage
function options.check(what, given, like)
    if given ~= nil and type(given) ~= "table" then
        errors.usage("%s takes a table of options%s, not %s", what, like or "", type(given))
    end
    local names = options.names[what] or options.names.call
    local copy = {}
    -- Tools show local variables with an error, and the value of an unknown option may be the key.
    for name in pairs(given or {}) do
        if not names[name] then
            refuse(name, what, names)
        end
        copy[name] = given[name]
    end
    if copy.per_page ~= nil then
        if copy.limit ~= nil then
            errors.usage("limit and per_page are the same option: give only one")
        end
        copy.limit, copy.per_page = copy.per_page, nil
    end
    return copy
end

return options
