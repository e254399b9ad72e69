--- Every call option, wherever a call spends its time, over libcurl: see tests/call_options.json.
-- The rows wait for real, so they are played next to each other, each part in a process.
local json = require("dkjson")
local peers = require("peers")
local program = require("program")

local parts = 6
-- AddressSanitizer makes all slower.
local slack = (os.getenv("LD_PRELOAD") or ""):find("asan", 1, true) and 2000 or 0
local path = program.root .. "tests/call_options.json"
local rows = json.decode(program.read(path))

local function play_all()
    local services = peers.start()
    local pipes = {}
    for part = 1, parts do
        pipes[part] = assert(io.popen(
            ("timeout 100 %s '%s' '%s' %d %d %s %s '%s' 2>&1"):format(program.lua,
                program.root .. "tests/lua/call_options.lua", path, part, parts,
                services.names.mute, services.names.full,
                program.root .. "tests/support"), "r"))
    end
    local results = {}
    for _, pipe in ipairs(pipes) do
        for line in pipe:lines() do
            local number, kind, ms, requests, retry_after =
                line:match("^(%d+)\t([^\t]*)\t(%d+)\t(%d+)\t([%d.]+)$")
            assert(number, line)
            results[tonumber(number)] = { kind = kind, ms = tonumber(ms),
                requests = tonumber(requests), retry_after = tonumber(retry_after) }
        end
        pipe:close()
    end
    services:stop()
    return results
end

describe("call options over libcurl", function()
    local results

    setup(function()
        results = play_all()
    end)

    for number, row in ipairs(rows) do
        it(row.name, function()
            local expect, got = row.expect, results[number]
            assert.is_table(got, "it was not played")
            assert.equal(expect.kind or "good", got.kind)
            assert.equal(expect.requests, got.requests)
            assert.is_true(got.ms >= expect.least_ms and got.ms <= expect.most_ms + slack,
                got.ms .. " ms")
            if expect.retry_after then
                assert.is_true(got.retry_after >= expect.retry_after[1]
                    and got.retry_after <= expect.retry_after[2])
            end
        end)
    end
end)
