--- Counters of all workers, and their text for Prometheus.

local M = {}

-- Upper bounds of the buckets of a latency, seconds.
local BOUNDS = { 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 }

local dict = ngx.shared.gateway_metrics

--- Count one more, or `by` more, of a series such as `requests_total{status="200"}`.
function M.add(series, by)
    dict:incr(series, by or 1, 0)
end

--- Count a latency in seconds in the histogram of that name.
function M.observe(name, seconds)
    for _, bound in ipairs(BOUNDS) do
        if seconds <= bound then
            M.add(('%s_bucket{le="%s"}'):format(name, bound))
        end
    end
    M.add(name .. '_bucket{le="+Inf"}')
    M.add(name .. "_sum", seconds)
    M.add(name .. "_count")
end

--- All series, one a line, in Prometheus' text format.
function M.text()
    local lines = {}
    for _, series in ipairs(dict:get_keys(0)) do
        lines[#lines + 1] = ("%s %.14g"):format(series, dict:get(series) or 0)
    end
    table.sort(lines)
    return table.concat(lines, "\n") .. "\n"
end

return M
