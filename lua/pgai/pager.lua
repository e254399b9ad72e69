--- Walks over all contacts. A pager is also the iterator of a `for` loop over itself.
local errors = require("pgai.errors")
local driver = require("pgai.driver")
local transports = require("pgai.transports")

local pager = {}

local Pager = { __name = "pgai.Pager" }
Pager.__index = Pager

local states = setmetatable({}, { __mode = "k" })

--- Make a pager.
-- @tparam table state walk, transport, drive (a function that drives a list of calls until
-- one is over), record of
-- the client, by_contact (whether it returns contacts, not pages), fail (a function of record and
-- error fields)
function pager.new(state)
    local self = setmetatable({}, Pager)
    state.used = 0
    states[self] = state
    return self
end

local function cursor_of(state, used)
    return state.walk:cursor(state.by_contact and state.used or used)
end

-- The next page; nil at the end; or nil and the fields of an error.
local function drive(state)
    local walk, transport = state.walk, state.transport
    while true do
        local step, page = walk:next(driver.now(transport), state.record.sentinel)
        if step == "page" then
            return page
        elseif step == "done" then
            return nil
        elseif step == "failed" then
            return nil, walk:error()
        end
        local calls = {}
        repeat
            calls[#calls + 1] = walk:call(#calls + 1)
        until not walk:call(#calls + 1)
        state.drive(calls)
    end
end

-- One coroutine at a time, also if one died in a transport.
local function turn(state)
    if state.busy then
        errors.usage("another coroutine is using this pager")
    end
    local err = transports.cannot_wait(state.record)
    if state.record.shared.closed then
        err = { kind = "closed", message = "the client is closed" }
    end
    if err then
        return nil, err
    end
    state.busy = true
    local finished, page, fields = pcall(drive, state)
    state.busy = false
    if not finished then
        error(page, 0)
    end
    return page, fields
end

local function next_contact(state)
    local page = state.page
    if not page or state.used == #page then
        local turned, err = turn(state)
        if not turned then
            return nil, err
        end
        page, state.page, state.used = turned, turned, 0
    end
    -- The page of an id that the service does not have.
    if #page == 0 then
        return false
    end
    state.used = state.used + 1
    return page[state.used]
end

local function step(state)
    if state.by_contact then
        return next_contact(state)
    end
    return turn(state)
end

local function failed(state, fields)
    fields.cursor = cursor_of(state)
    return fields
end

--- The next page, or contact; nil at the end. Of get_many(): false for a contact that the service
-- does not have.
-- @treturn ?Page or Contact
-- @treturn ?table an error, which has the cursor; under safe(). Asking again returns the same
function Pager:next()
    local state = states[self]
    local item, fields = step(state)
    if fields then
        return state.fail(state.record, failed(state, fields))
    end
    return item
end

--- The next page, or contact, for a `for` loop: errors are always raised, because a nil would
-- silently end the loop.
function Pager:__call()
    local state = states[self]
    local item, fields = step(state)
    if fields then
        errors.raise(errors.new(failed(state, fields)))
    end
    return item
end

--- Where the walk stands, as text for the option `cursor`, exact to the contact: after what was
-- returned.
-- @tparam[opt] number used of pages(): how many contacts of the last page you have used; nil: all
-- @treturn ?string nil: of get_many()
function Pager:cursor(used)
    return cursor_of(states[self], used)
end

--- What the walk did so far.
-- @treturn table pages, contacts, requests, retries, waited_pacing, waited_limited, waited_backoff
-- (seconds), elapsed (seconds since its first request, or that the whole walk took),
-- time_left (seconds until it is over, estimated from its pace so far and the rate limit; nil: not
-- known), duplicates, drift, gone (contacts that the service did not have when they were to be
-- fetched, with `details` or by get_many()), total (nil: not told), complete (false: contacts are
-- missing, or may be, or the walk is not over; nil: it is over without a sign of that; true: a
-- strict walk proved that there is none), incomplete_reason (nil where complete is not false)
function Pager:stats()
    local state = states[self]
    local stats = state.walk:stats(driver.now(state.transport))
    if state.page then
        stats.contacts = stats.contacts - (#state.page - state.used)
    end
    return stats
end

return pager
