-- Look up several contacts at once: lua5.4 coroutines.lua ID... The key is in $PGAI_API_KEY.
--
-- It has a transport of its own: each lookup is a coroutine that yields while it waits, and one
-- loop waits for all of them. Any scheduler can replace this loop.
local pgai = require("pgai")
local curl = require("pgai.curl")

local network = assert(curl.new())
local waiting = {} -- coroutines, by the number of the exchange that they wait for
local asleep = {} -- the time at which they go on, by coroutine

local transport = { now = curl.now }

function transport.request(_, request)
    local id, failure = network:submit(request)
    if not id then
        return nil, failure
    end
    waiting[id] = coroutine.running()
    coroutine.yield()
    local response
    response, failure = network:result(id)
    if not response then
        return nil, failure
    end
    return response:read()
end

function transport.sleep(_, seconds)
    asleep[coroutine.running()] = curl.now() + seconds
    coroutine.yield()
    return true
end

local function resume(thread)
    local fine, err = coroutine.resume(thread)
    if not fine then
        error(err, 0)
    end
end

-- Resume the coroutines whose time has come; returns the seconds until the next.
local function wake()
    local soonest = math.huge
    local due = {}
    for thread, time in pairs(asleep) do
        if time <= curl.now() then
            due[#due + 1] = thread
        else
            soonest = math.min(soonest, time - curl.now())
        end
    end
    for _, thread in ipairs(due) do
        asleep[thread] = nil
        resume(thread)
    end
    return #due > 0 and 0 or soonest
end

local function run()
    while next(waiting) or next(asleep) do
        local id = network:wait(wake())
        if id then
            local thread = waiting[id]
            waiting[id] = nil
            resume(thread)
        end
    end
end

local contacts = pgai.contacts{ transport = transport }:safe()
local found = {}
for i, id in ipairs(arg) do
    resume(coroutine.create(function()
        local contact, err = contacts:get(id)
        found[i] = contact and contact.email or err and err.kind or "-"
    end))
end
run()
for i, id in ipairs(arg) do
    print(id, found[i])
end
