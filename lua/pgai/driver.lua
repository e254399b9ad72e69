--- The loop over a call's steps. All waiting happens here and in transports, in Lua, so that
-- a transport may yield.
local driver = {}

--- The time of a transport, as the core wants it.
-- @treturn number whole milliseconds; rounded, since a clock may count in them itself
function driver.now(transport)
    return math.floor(transport:now() * 1000 + 0.5)
end

local now = driver.now

-- The status and the body of the answer, if one came as text.
local function send(call, transport)
    if transport.exchange then
        local answer, failure = transport:exchange(call)
        if answer then
            call:feed(now(transport), answer)
        else
            call:fail(now(transport), failure)
        end
        return nil
    end
    local status, headers, body = transport:request(call:request())
    if status then
        call:feed(now(transport), status, headers, body)
        return status, body
    end
    call:fail(now(transport), headers)
end

local function wait(call, transport, until_ms, cause)
    local seconds = math.max(0, until_ms - now(transport)) / 1000
    local finished, kind = transport:sleep(seconds, cause)
    if not finished then
        call:cancel(now(transport), kind)
    end
end

-- A request that is out when a call is taken up again was left by a transport that raised an
-- error.
local left = {
    kind = "connection_lost",
    sent = true,
    message = "the transport gave up on the request",
}

--- Drive a call until it is over.
-- @param call of core.so
-- @tparam table transport
-- @treturn boolean true: it is done; false: it failed, and call:error() tells why
-- @treturn ?number the status of the last answer, from a transport that gives it as text
-- @treturn ?string the body of that answer
function driver.run(call, transport)
    local status, body
    while true do
        local step, until_ms, cause = call:next(now(transport))
        if step == "send" then
            status, body = send(call, transport)
        elseif step == "wait" then
            wait(call, transport, until_ms, cause)
        elseif step == "answer" then
            call:fail(now(transport), left)
        else
            return step == "done", status, body
        end
    end
end

return driver
