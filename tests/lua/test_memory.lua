-- 100,000 rounds with scripts/test --long, fewer otherwise.
local rounds = tonumber(os.getenv("PGAI_TEST_ROUNDS") or 2000)

local pgai = require("pgai")
local support = require("support")

-- Bytes of this process in memory.
local function resident()
    local file = assert(io.open("/proc/self/statm"))
    local pages = file:read("*a"):match("^%d+ (%d+)")
    file:close()
    return tonumber(pages) * 4096
end

-- Run a function many times. The collector does not know how much memory in C a walk holds
-- that was left, and would come by at any time.
local function repeatedly(times, run)
    for i = 1, times do
        run()
        if i % 100 == 0 then
            collectgarbage()
        end
    end
end

-- By how many bytes the process grew in so many runs of a function, once the heap had found
-- its size.
local function growth(times, run)
    repeatedly(1000, run)
    local before = resident()
    repeatedly(times, run)
    return resident() - before
end

local MOST = 2 ^ 20

-- A service of 120 contacts whose transport keeps nothing.
local function quiet()
    local transport = support.endless(120)
    local service = support.service(120)
    function transport.request(_, req)
        return 200, { ["Content-Type"] = "application/json" }, service(req).body
    end
    return transport
end

-- Tagged, as AddressSanitizer keeps what was freed for a while.
describe("memory #resident", function()
    it("does not grow with calls", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = quiet() })
        assert.is_true(growth(rounds, function() contacts:list({ limit = 20 }) end) < MOST)
    end)

    it("does not grow with walks that are left", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = quiet() })
        assert.is_true(growth(rounds, function()
            for contact in contacts:each({ limit = 10 }) do
                if contact.id == "c5" then
                    break
                end
            end
        end) < MOST)
    end)

    it("does not grow with contacts that are fetched by their ids", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = quiet() })
        assert.is_true(growth(rounds, function()
            pcall(contacts:get_many({ "c1", "c2" }))
        end) < MOST)
    end)

    it("does not grow with failures", function()
        local contacts = support.client():safe()
        -- Tracebacks are slow in Lua 5.4.
        assert.is_true(growth(rounds / 10, function()
            contacts:with_options({ timeout = 1 })
            pcall(contacts.create, contacts, { extra = { a = { b = print } } })
            pcall(contacts.get, contacts, "")
        end) < MOST)
    end)

    it("does not wait for the collector", function()
        local contacts = pgai.contacts({ api_key = "test_key_0", transport = quiet() })
        contacts:list({ limit = 50 })
        collectgarbage()
        collectgarbage("stop")
        local before = resident() - collectgarbage("count") * 1024
        for _ = 1, 300 do
            contacts:list({ limit = 50 })
        end
        local after = resident() - collectgarbage("count") * 1024
        collectgarbage("restart")
        assert.is_true(after - before < 4 * MOST)
    end)
end)

describe("memory", function()
    it("holds under a collector that never rests", function()
        local pause, multiplier = collectgarbage("setpause", 0), collectgarbage("setstepmul", 1000)
        local contacts = support.client({
            { body = '{"id":"c1","a":[{"b":null},"x\\u00e9"],"c":null,"n":18446744073709551616}' },
            { status = 422, body = '{"error":"no","details":{"a":[1,{"b":[]}]}}' },
            { status = 201, body = '{"id":"c2"}' },
        })
        local one = contacts:get("c1")
        assert.equal("xé", one.a[2])
        assert.is_true(one:has("c"))
        assert.equal(1, support.raised(contacts.get, contacts, "c2").details.a[1])
        local nested = {}
        for i = 1, 500 do
            nested[i] = { name = ("value %d"):format(i), list = { i, { i } } }
        end
        assert.equal("c2", contacts:create({ extra = { nested = nested } }).id)
        local walker = pgai.contacts({ api_key = "test_key_0", transport = quiet() })
        local count = 0
        for _ in walker:each({ limit = 10 }) do
            count = count + 1
        end
        assert.equal(120, count)
        collectgarbage("setpause", pause)
        collectgarbage("setstepmul", multiplier)
    end)
end)
