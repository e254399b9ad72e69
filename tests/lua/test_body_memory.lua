--- What a hostile body costs a process, against a usual page.
-- Under AddressSanitizer memory is not given back, so this is left out there (tag resident).
local core = require("pgai.core")
local program = require("program")
local testing = require("pgai.testing")

local SCRIPT = [[
    local contacts = require("pgai").contacts{ max_attempts = 1, pace = false }
    if arg[1] == "list" then
        pcall(contacts.list, contacts)
    else
        pcall(contacts.get, contacts, "c1")
    end
    for line in io.lines("/proc/self/status") do
        local peak = line:match("^VmHWM:%s*(%d+)")
        if peak then print(peak) end
    end
]]

-- The list of rules, read by the decoder that contacts are read by.
local function read_table()
    local text = program.read(program.root .. "tests/support/hostile_bodies.json")
    return core.contact(('{"id": "1", "table": %s}'):format(text)).table
end

local function peak_kib(sandbox, operation)
    local printed
    program.with_file(SCRIPT, function(path)
        printed = program.run(sandbox, path, operation)
    end)
    return assert(tonumber(printed), printed)
end

describe("a hostile body #resident", function()
    local sandbox

    setup(function()
        sandbox = testing.sandbox()
    end)

    teardown(function()
        sandbox:stop()
    end)

    for _, operation in ipairs({ "list", "get" }) do
        it("costs no more than it may: " .. operation, function()
            local hostile = read_table()
            local usual = peak_kib(sandbox, operation)
            for _, rule in ipairs(hostile.rules) do
                sandbox:reset()
                sandbox:fault(rule)
                local more = peak_kib(sandbox, operation) - usual
                assert.is_true(more <= hostile.most_kib,
                    ("%s, %s: %d KiB more"):format(rule.form or rule.fault, operation, more))
            end
            sandbox:reset()
        end)
    end
end)
