--- A transport that measures another one: each request to the service, and each wait.

local metrics = require("metrics")

metrics.declare("gateway_upstream_seconds", "histogram", "Time that requests to the service took.")
metrics.declare("gateway_upstream_requests_total", "counter",
    "Requests to the service, by status or kind of failure.")
metrics.declare("gateway_waits_total", "counter", "Waits for the rate limit, and between attempts.")
metrics.declare("gateway_wait_seconds_total", "counter", "Time that these waits took.")

local Metered = {}
Metered.__index = Metered

function Metered:request(req)
    local began = self.inner:now()
    local status, headers, body = self.inner:request(req)
    local outcome = status or headers.kind
    metrics.observe("gateway_upstream_seconds", self.inner:now() - began)
    metrics.add(('gateway_upstream_requests_total{outcome="%s"}'):format(outcome))
    return status, headers, body
end

function Metered:sleep(seconds)
    metrics.add("gateway_waits_total")
    metrics.add("gateway_wait_seconds_total", seconds)
    return self.inner:sleep(seconds)
end

function Metered:now()
    return self.inner:now()
end

return function(inner)
    return setmetatable({ inner = inner }, Metered)
end
