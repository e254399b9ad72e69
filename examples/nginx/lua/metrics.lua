--- Counters of all workers, and their text for Prometheus.

local M = {}

-- Upper bounds of the buckets of a histogram, seconds.
local BOUNDS = { 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 }

local dict = ngx.shared.gateway_metrics

-- In the order in which they are written: name, type, help.
local families = {}

--- Declare a metric. Its help text is written once, above its series.
-- @tparam string name with the unit and, of a counter, `_total`
-- @tparam string kind counter or histogram
-- @tparam string help
function M.declare(name, kind, help)
    families[#families + 1] = { name = name, kind = kind, help = help }
end

--- Count one more, or `by` more, of a series such as `requests_total{status="200"}`.
function M.add(series, by)
    dict:incr(series, by or 1, 0)
end

--- Set a counter that is kept elsewhere.
function M.set(series, value)
    dict:set(series, value)
end

local function bucket(name, bound)
    return ('%s_bucket{le="%s"}'):format(name, bound)
end

--- Count a latency in seconds in the histogram of that name: in each bucket that it fits in.
function M.observe(name, seconds)
    for _, bound in ipairs(BOUNDS) do
        if seconds <= bound then
            M.add(bucket(name, bound))
        end
    end
    M.add(bucket(name, "+Inf"))
    M.add(name .. "_sum", seconds)
end

local function line(series, value)
    return ("%s %.14g\n"):format(series, value)
end

-- The lines of a histogram: buckets from the smallest on, then the sum and the count, which is
-- what the last bucket has, also while others count.
local function histogram(name)
    local lines = {}
    for i, bound in ipairs(BOUNDS) do
        local series = bucket(name, bound)
        lines[i] = line(series, dict:get(series) or 0)
    end
    local count = dict:get(bucket(name, "+Inf")) or 0
    lines[#lines + 1] = line(bucket(name, "+Inf"), count)
    lines[#lines + 1] = line(name .. "_sum", dict:get(name .. "_sum") or 0)
    lines[#lines + 1] = line(name .. "_count", count)
    return table.concat(lines)
end

-- The lines of a counter, of all its labels.
local function counter(name)
    local lines = {}
    for _, series in ipairs(dict:get_keys(0)) do
        if series:match("^[^{]+") == name then
            lines[#lines + 1] = line(series, dict:get(series) or 0)
        end
    end
    table.sort(lines)
    return table.concat(lines)
end

--- All metrics in Prometheus' text format.
function M.text()
    local parts = {}
    for _, family in ipairs(families) do
        local write = family.kind == "histogram" and histogram or counter
        parts[#parts + 1] = ("# HELP %s %s\n# TYPE %s %s\n%s"):format(
            family.name, family.help, family.name, family.kind, write(family.name))
    end
    return table.concat(parts)
end

return M
