-- Each fault of the sandbox after a good response, twice, on one client: what comes is what
-- tests/support/faults.json allows, the same both times, and good responses stay right.
local json = require("dkjson")
local testing = require("pgai.testing")
local program = require("program")

local faults = json.decode(program.read(program.root .. "tests/support/faults.json"))

local function has(list, word)
    for _, each in ipairs(list) do
        if each == word then
            return true
        end
    end
    return false
end

describe("after a good response, twice:", function()
    local sandbox, contacts, other, id

    setup(function()
        sandbox = testing.sandbox{ contacts = 5 }
        contacts = sandbox:client{ max_attempts = 1, pace = false }
        other = sandbox:client{ pace = false } -- on connections of its own
        id = other:list()[1].id
    end)

    teardown(function()
        contacts:close()
        other:close()
        sandbox:stop()
    end)

    -- A call of the kind that the group's faults act on; the word for what came of it.
    local function call(group, timeout)
        local calls = {
            create = function()
                return contacts:create({ first_name = "Ann" }, { timeout = timeout })
            end,
            paging = function()
                return contacts:list{ timeout = timeout }
            end,
        }
        local fine, err = pcall(calls[group] or function()
            return contacts:get(id, { timeout = timeout })
        end)
        return fine and "good" or err.kind
    end

    -- Let time pass at the sandbox: another client's response comes that much later.
    local function pass_time(ms)
        sandbox:reset()
        sandbox:fault{ fault = "latency", ms = ms }
        other:get(id)
    end

    local function meet(group, listed)
        local came = {}
        sandbox:reset()
        assert.equal(id, contacts:get(id).id)
        for i = 1, 2 do
            sandbox:reset()
            sandbox:fault(listed.rule)
            came[i] = call(group, has(listed.may, "timeout") and 0.2 or 10)
            if listed.then_ms then
                pass_time(listed.then_ms)
            end
        end
        sandbox:reset()
        assert.is_true(has(listed.may, came[1]), came[1])
        assert.equal(came[1], came[2])
        assert.equal(id, contacts:get(id).id)
    end

    for group, entries in pairs(faults) do
        for _, listed in ipairs(entries) do
            it(group .. " " .. json.encode(listed.rule), function()
                meet(group, listed)
            end)
        end
    end
end)
