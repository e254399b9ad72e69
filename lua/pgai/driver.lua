--- The loop over a call's steps. All waiting happens here and in transports, in Lua, so that
-- a transport may yield.
local driver = {}

--- The time of a transport, as the core wants it.
-- @treturn number whole milliseconds; rounded, since a clock may itself count milliseconds
function driver.now(transport)
    return math.floor(transport:now() * 1000 + 0.5)
end

local now = driver.now

local function wait(steps, transport, until_ms, cause)
    local seconds = math.max(0, until_ms - now(transport)) / 1000
    local finished, kind = transport:sleep(seconds, cause)
    if not finished then
        steps:cancel(now(transport), kind)
    end
end

-- If a request is still in flight when its call is driven again, a transport raised an error
-- before.
local left = {
    kind = "connection_lost",
    sent = true,
    message = "the transport gave up on the request",
}

-- Send the request of a call, and report the response; returns the time then.
local function send(call, steps, transport)
    local response, failure = transport:exchange(call)
    local time = now(transport)
    if response then
        steps:feed(time, response)
    else
        steps:fail(time, failure)
    end
    return time
end

-- The same with tables; also the status and the body of the response.
local function send_table(call, steps, transport)
    local status, headers, body = transport:request(call:request())
    local time = now(transport)
    if status then
        steps:feed(time, status, headers, body)
        return time, status, body
    end
    steps:fail(time, headers)
    return time
end

-- A wrapper that inherits from a transport, to see or change its requests, also inherits
-- `exchange`, which would bypass it.
local function has_exchange(transport)
    return transport.exchange and transport.exchanges == transport.request
end

--- Drive a call until it is over.
-- @param call of core.so
-- @tparam table transport
-- @tparam ?table pacing shared by all processes, see pgai.pacing
-- @tparam ?boolean as_text whether to return the response as text, too
-- @treturn boolean true: it is done; false: it failed, and call:error() says why
-- @treturn ?number with as_text: the status of the last response
-- @treturn ?string with as_text: its body
function driver.run(call, transport, pacing, as_text)
    local steps = pacing and pacing:pace(call) or call
    local send_it = not as_text and has_exchange(transport) and send or send_table
    local time = now(transport)
    local status, body
    while true do
        local step, until_ms, cause = steps:next(time)
        if step == "send" then
            time, status, body = send_it(call, steps, transport)
        elseif step == "wait" then
            wait(steps, transport, until_ms, cause)
            time = now(transport)
        elseif step == "response" then
            steps:fail(time, left)
        else
            return step == "done", status, body
        end
    end
end

return driver
