--- Plays a part of tests/call_options.json over libcurl; test_call_options.lua starts one for
-- each part.
-- Arguments: the table, which part, of how many, where the peers "mute" and "full" are.
-- It prints a line a row: its number, what came, milliseconds, requests, retry_after.
local curl = require("pgai.curl")
local json = require("dkjson")
local pgai = require("pgai")
local testing = require("pgai.testing")

local path, part, parts, mute, full, no_certificates = ...
local places = { mute = mute, full = full }

-- A machine that is busy may wake a process late, so that a call takes longer, or has time for
-- fewer requests: of so many tries, one that is in time counts.
local TRIES = 3

local calls = {}

function calls.get(contacts, arguments)
    return contacts:get(arguments.id)
end

function calls.list(contacts, arguments)
    return contacts:list(arguments)
end

function calls.create(contacts, arguments)
    return contacts:create(arguments)
end

function calls.walk(contacts, arguments)
    for _ in contacts:pages(arguments) do end
end

local function play(row)
    local given = row.sandbox or {}
    given.contacts = 60
    given.faults = row.faults
    local sandbox = testing.sandbox(given)
    local options = row.options
    if row.base_url then
        options.base_url = row.base_url:gsub("{(%w+)}", places)
        -- Nobody is trusted, and no bundle is read in the time that is measured.
        options.ca = no_certificates
    end
    local contacts = sandbox:client(options)
    local name, arguments = next(row.call)
    local begun = curl.now()
    local fine, err = pcall(calls[name], contacts, arguments)
    local ms = (curl.now() - begun) * 1000
    contacts:close()
    local requests = sandbox:log().counts.requests
    sandbox:stop()
    if fine then
        return "good", ms, requests, 0
    end
    return pgai.is_error(err) and err.kind or tostring(err), ms, requests, err.retry_after or 0
end

local function play_in_time(row)
    local kind, ms, requests, retry_after
    for _ = 1, TRIES do
        kind, ms, requests, retry_after = play(row)
        -- What was learnt of the rate limit goes with the client: a later sandbox may be where
        -- this one was.
        collectgarbage()
        collectgarbage()
        if ms <= row.expect.most_ms and requests == row.expect.requests then
            break
        end
    end
    return kind, ms, requests, retry_after
end

local file = assert(io.open(path, "rb"))
local rows = assert(json.decode(file:read("*a")))
file:close()
for number = tonumber(part), #rows, tonumber(parts) do
    print(("%d\t%s\t%.0f\t%d\t%.3f"):format(number, play_in_time(rows[number])))
end
