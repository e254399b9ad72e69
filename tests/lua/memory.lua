--- What test_memory.c runs: each public call over libcurl, time and again, with one allocation
-- more before one fails. What arrives at the service is then what was asked for, or nothing;
-- and the result is right, or an error that says so.
local pgai = require("pgai")
local testing = require("pgai.testing")

-- LuaJIT tells the C library of machine code that it makes, and that crashes without memory: in
-- libgcc's __register_frame(). When code becomes hot depends on how long responses take.
if pgai._ABI == "luajit" then
    require("jit").off()
end

-- What Lua itself raises.
local NO_MEMORY = "not enough memory"

-- What may come of a failed allocation: libcurl has other names for some.
local ALLOWED = {
    no_memory = true, connect = true, connection_lost = true, protocol = true, timeout = true,
    too_large = true,
}

local FIELDS = {
    first_name = "Sarah", last_name = "Connor", email = "sarah@example.com",
    job_title = "Waitress", company = "Big Jeff's", location = "Los Angeles", phone = "1",
    extra = { country = "US", numbers = { 1, 2.5, 2 ^ 40 }, text = ("é"):rep(600) },
}

local sandbox = testing.sandbox{ contacts = 5 }
local prober = sandbox:client()
local first = prober:list{ limit = 1 }[1].id

local function client()
    return sandbox:client{ max_attempts = 1, pace = false, deadline = 5 }
end

-- Whether two values are alike, but for tables' metatables.
local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then
        return a == b
    end
    for name, value in pairs(a) do
        if not same(value, b[name]) then
            return false
        end
    end
    for name in pairs(b) do
        if a[name] == nil then
            return false
        end
    end
    return true
end

local function ids(contacts)
    local found = {}
    for i, contact in ipairs(contacts) do
        found[i] = contact.id
    end
    return found
end

-- Each is called with a client that is made anew (`fresh`), or one that has sent something;
-- `sends` are the targets of its requests.
local calls = {
    {
        name = "new", sends = {}, run = function()
            return tostring(client())
        end,
    },
    {
        name = "get", sends = { "GET /v1/contacts/" .. first }, run = function(contacts)
            return contacts:get(first, { deadline = 4 })
        end,
    },
    {
        name = "get that there is not", sends = { "GET /v1/contacts/nobody" },
        run = function(contacts)
            local found, err = contacts:safe():get("nobody")
            if not found and err.kind ~= "not_found" then
                error(err, 0)
            end
            return err.kind
        end,
    },
    {
        name = "list", sends = { "GET /v1/contacts?page=2&limit=2" }, run = function(contacts)
            local page = contacts:list{ page = 2, limit = 2 }
            return { ids(page), page.total, page:to_table().pagination }
        end,
    },
    {
        name = "list, written", sends = { "GET /v1/contacts?page=2&limit=2" },
        run = function(contacts)
            local page = contacts:list{ page = 2, limit = 2, keep_json = true }
            return { page:to_csv{ columns = { "email", "extra" } }, page:to_ndjson() }
        end,
    },
    {
        name = "create", creates = true, sends = { "POST /v1/contacts" },
        run = function(contacts)
            local made = contacts:create(FIELDS)
            return { made.first_name, made.phone, made.country, made.numbers, made.text }
        end,
    },
    {
        name = "request", sends = { "GET /v1/contacts?limit=2&page=2" }, run = function(contacts)
            local query = { page = 2, limit = { 2 } }
            local response = contacts:request{ path = "/contacts", query = query }
            return { response.status, response.text, response.json,
                response.headers["content-type"] }
        end,
    },
    {
        name = "request with a body", creates = true, sends = { "POST /v1/contacts" },
        run = function(contacts)
            local body = {}
            for name, value in pairs(FIELDS) do
                body[name] = name ~= "extra" and value or nil
            end
            for name, value in pairs(FIELDS.extra) do
                body[name] = value
            end
            local made = contacts:request{ method = "POST", path = "/contacts", json = body }.json
            return { made.first_name, made.phone, made.country, made.numbers, made.text }
        end,
    },
    {
        name = "plan", sends = { "GET /v1/contacts?page=1&limit=2" }, run = function(contacts)
            local parts = contacts:plan{ parts = 2, limit = 2 }
            return { #parts, parts[1].start, parts[2].limit }
        end,
    },
    {
        name = "pages", run = function(contacts)
            local found, pages = {}, contacts:pages{ limit = 3 }
            for page in pages do
                found[#found + 1] = ids(page)
            end
            return { found, pages:stats().contacts, pages:cursor() ~= nil }
        end,
        sends = { "GET /v1/contacts?page=1&limit=3", "GET /v1/contacts?page=2&limit=3" },
    },
    {
        name = "each", run = function(contacts)
            local found, walk = {}, contacts:each{ limit = 3 }
            for contact in walk do
                found[#found + 1] = contact.email
            end
            return found
        end,
        sends = { "GET /v1/contacts?page=1&limit=3", "GET /v1/contacts?page=2&limit=3" },
    },
    {
        name = "with_options", sends = { "GET /v1/contacts?limit=1" }, run = function(contacts)
            local other = contacts:with_options{ user_agent = "other", null = "sentinel" }
            local found = ids(other:list{ limit = 1 })
            other:close()
            return found
        end,
    },
    {
        name = "rate_limit and close", sends = {}, run = function(contacts)
            local known = contacts:rate_limit()
            contacts:close()
            return known and known.limit or "unknown"
        end,
    },
}

-- The requests that came are those of the call, from its first on.
local function check_requests(call, log)
    for i, request in ipairs(log.requests) do
        local came = request.method .. " " .. request.target
        if came ~= call.sends[i] then
            error(("%s sent %s"):format(call.name, came), 0)
        end
    end
end

local function check_created(call, log)
    for _, made in ipairs(log.created) do
        for name, value in pairs(FIELDS) do
            if name ~= "extra" and made[name] ~= value then
                error(("%s was created without its %s"):format(call.name, name), 0)
            end
        end
        if not same({ made.country, made.numbers, made.text },
            { FIELDS.extra.country, FIELDS.extra.numbers, FIELDS.extra.text }) then
            error(call.name .. " was created without what is extra", 0)
        end
    end
end

local function check_error(call, err, log)
    if err == NO_MEMORY or type(err) == "string" and err:find(NO_MEMORY, 1, true) then
        return
    elseif not pgai.is_error(err) then
        error(("%s raised %s"):format(call.name, tostring(err)), 0)
    elseif not (ALLOWED[err.kind] or call.creates and err.kind == "outcome_unknown") then
        error(("%s ended as %s: %s"):format(call.name, err.kind, tostring(err)), 0)
    elseif call.creates and #log.created > 0 and not err.outcome_unknown then
        error(("%s created a contact, and ended as %s"):format(call.name, err.kind), 0)
    end
end

-- Run a call while one allocation fails, or with 0 before it none. Returns whether one did,
-- and the result.
local function attempt(call, fresh, arm, disarm, before)
    local contacts = client()
    if not fresh then
        contacts:get(first)
    end
    -- The service takes requests in the order in which they arrive: behind this one, those that
    -- the attempt before gave up in flight are in the log that is forgotten.
    prober:get(first)
    sandbox:reset()
    collectgarbage()
    if before then
        arm(before, 1)
    end
    local fine, result = pcall(call.run, contacts)
    local failed = disarm()
    local log = sandbox:log()
    check_requests(call, log)
    check_created(call, log)
    if not fine then
        check_error(call, result, log)
    end
    pcall(contacts.close, contacts)
    return failed, fine, result
end

return function(arm, disarm)
    for _, call in ipairs(calls) do
        for _, fresh in ipairs({ true, false }) do
            local _, fine, expected = attempt(call, fresh, arm, disarm)
            assert(fine, expected)
            local before, failed = 0, true
            while failed do
                local got
                failed, fine, got = attempt(call, fresh, arm, disarm, before)
                if fine and not same(got, expected) then
                    error(("%s gave something else after %d"):format(call.name, before), 0)
                end
                before = before + 1
            end
            print(call.name, fresh and "at first" or "later", before - 1)
        end
    end
    sandbox:stop()
end
