--- The loop over the steps of a call, or of several. All waiting happens here and in transports,
-- in Lua, so that a transport may yield.
local transports = require("pgai.transports")

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

local function ignore() end

-- Have a call note its events, if somebody wants them; what takes them.
local function listen(call, observe)
    if observe then
        call:listen()
    end
    return observe or ignore
end

--- Drive a call until it is over.
-- @param call of core.so
-- @tparam table transport
-- @tparam ?table pacing shared by all processes, see pgai.pacing
-- @tparam ?function observe takes the events of the call, see pgai.observer; nil: nobody wants them
-- @tparam ?boolean as_text whether to return the response as text, too
-- @treturn boolean true: it is done; false: it failed, and call:error() says why
-- @treturn ?number with as_text: the status of the last response
-- @treturn ?string with as_text: its body
function driver.run(call, transport, pacing, observe, as_text)
    local steps = pacing and pacing:pace(call) or call
    local send_it = not as_text and transports.has_exchange(transport) and send or send_table
    local time = now(transport)
    local status, body
    observe = listen(call, observe)
    while true do
        local step, until_ms, cause = steps:next(time)
        observe(call)
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

-- Take the steps of a call of several until it waits, is over, or has a request in flight.
local function advance(entry, flights, time)
    while true do
        local step, until_ms, cause = entry.steps:next(time)
        entry.observe(entry.call)
        entry.wakes, entry.cause = step == "wait" and until_ms or nil, cause
        if step == "response" then
            entry.steps:fail(time, left)
        elseif step ~= "send" then
            return step ~= "wait"
        else
            local begun, failure = flights:begin(entry.call)
            if begun then
                entry.out = true
                return false
            end
            entry.steps:fail(time, failure)
        end
    end
end

-- The entry that wakes first, of those that wait.
local function first_to_wake(entries)
    local first
    for _, entry in ipairs(entries) do
        if entry.wakes and not (first and first.wakes <= entry.wakes) then
            first = entry
        end
    end
    return first
end

-- Wait for a response, or for a turn if nothing is out; returns what flights:poll() does.
local function pause(entries, out, flights, transport)
    local first = first_to_wake(entries)
    local seconds = first and math.max(0, first.wakes - now(transport)) / 1000
    if out > 0 then
        return flights:poll(seconds)
    end
    local finished, kind = transport:sleep(seconds, first.cause)
    for _, entry in ipairs(finished and {} or entries) do
        entry.steps:cancel(now(transport), kind)
    end
end

--- Drive calls together until one or more are over, and no request is in flight. A transport that
-- has one request in flight at a time drives only the first.
-- @tparam table calls a list of calls of core.so
-- @tparam table transport
-- @tparam ?table pacing as for run()
-- @tparam ?function observe as for run()
function driver.run_together(calls, transport, pacing, observe)
    local flights = calls[2] and transport.flights and transport:flights()
    if not flights then
        driver.run(calls[1], transport, pacing, observe)
        return
    end
    local entries, of_call, out, over = {}, {}, 0, false
    for i, call in ipairs(calls) do
        entries[i] = { call = call, steps = pacing and pacing:pace(call) or call,
            observe = listen(call, observe) }
        of_call[call] = entries[i]
    end
    while true do
        for _, entry in ipairs(entries) do
            if not (entry.out or over) then
                over = advance(entry, flights, now(transport))
                out = entry.out and out + 1 or out
            end
        end
        if over and out == 0 then
            return
        end
        local call, response, headers, body = pause(entries, out, flights, transport)
        if call then
            local entry = of_call[call]
            entry.out, out = false, out - 1
            if response then
                entry.steps:feed(now(transport), response, headers, body)
            else
                entry.steps:fail(now(transport), headers)
            end
            entry.observe(call)
        end
    end
end

return driver
