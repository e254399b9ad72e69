--- Benchmarks as ratios, like support/ratio.h: entries run in turn, and what is printed are
-- medians of their CPU times, and the ratio to that of the first entry.
local ratio = {}

local function median(values)
    table.sort(values)
    return values[math.floor(#values / 2) + 1]
end

--- @tparam table group title, unit (what is counted), units (of them in one run), rounds
-- @tparam table entries a list of {name, function}
function ratio.print(group, entries)
    local times = {}
    for _ = 1, group.rounds do
        for i, entry in ipairs(entries) do
            -- Each pays for its own garbage, all of it.
            collectgarbage()
            local start = os.clock()
            entry[2]()
            collectgarbage()
            times[i] = times[i] or {}
            table.insert(times[i], os.clock() - start)
        end
    end
    print(group.title)
    local base
    for i, entry in ipairs(entries) do
        local middle = median(times[i])
        base = base or middle
        print(("  %-44s %9.0f ns/%s %7.3f"):format(entry[1], middle * 1e9 / group.units,
            group.unit, middle / base))
    end
end

return ratio
