--- What a page costs from its bytes to Lua tables: by lua-cjson, and through a call of
-- pgai.core, which besides reads the headers, checks the response, and copies the bytes.
local cjson = require("cjson")
local core = require("pgai.core")
local ratio = require("ratio")

-- Enough different pages that no cache and no branch predictor knows them by heart.
local PAGES, CONTACTS, ROUNDS = 300, 50, 15

local fields = { "first_name", "last_name", "email", "job_title", "company", "linkedin_url",
    "location", "phone", "created_at", "updated_at" }
local foreign = { "Zoë Müller-Lüdenscheidt", "Владимир", "山田太郎", "Ελένη Παπαδοπούλου" }

local state = 1

local function draw()
    state = state * 16807 % 2147483647
    return state
end

local function value()
    if draw() % 20 == 0 then
        return foreign[draw() % 4 + 1]
    end
    return ("value %08x of some length %04x"):format(draw(), draw() % 65536)
end

-- A contact of a list, which has seven fields, or all eleven.
local function contact(count)
    local id = ("%08x-%04x-4000-8000-%08x0000"):format(draw(), draw() % 65536, draw())
    local parts = { ('{"id":"%s"'):format(id) }
    for i = 1, count - 1 do
        parts[#parts + 1] = (',"%s":"%s"'):format(fields[i], value())
    end
    return table.concat(parts) .. "}"
end

local function page(number, count)
    local contacts = {}
    for i = 1, CONTACTS do
        contacts[i] = contact(count)
    end
    return ('{"data":[%s],"pagination":{"page":%d,"limit":50,"total":15000}}'):format(
        table.concat(contacts, ","), number)
end

local session = assert(core.session({ api_key = "key", base_url = "http://127.0.0.1:1/v1" }))
local call_options = assert(core.call_options({ pace = false }))
local headers = { ["Content-Type"] = "application/json" }

local function by_call(bodies)
    for i = 1, PAGES do
        local call = session:list({ page = i, limit = CONTACTS }, call_options)
        call:next(0)
        call:feed(0, 200, headers, bodies[i])
        call:next(0)
        assert(#call:result() == CONTACTS)
    end
end

local function by_cjson(bodies)
    for i = 1, PAGES do
        assert(#cjson.decode(bodies[i]).data == CONTACTS)
    end
end

for _, count in ipairs({ 7, 11 }) do
    local bodies = {}
    for i = 1, PAGES do
        bodies[i] = page(i, count)
    end
    ratio.print({
        title = ("%s: %d pages of %d contacts with %d fields, to tables"):format(
            core._ABI == "luajit" and "LuaJIT" or "Lua 5.4", PAGES, CONTACTS, count),
        unit = "page", units = PAGES, rounds = ROUNDS,
    }, {
        { "lua-cjson", function() by_cjson(bodies) end },
        { "pgai.core", function() by_call(bodies) end },
    })
end
