--- Plays rows of the conformance table over real connections. The clock stays virtual.
local conformance = require("conformance")
local cosocket = require("pgai.transports.cosocket").new()

-- Seconds: how long a server that says nothing is waited for, and one that answers.
local STALLED, RESPONSES = 0.02, 10

-- A port where nobody listens.
local NOBODY = 1

-- The failures that a network brings about, by kind and whether anything was sent. All
-- others, and permanent ones, are handed in as the transport's.
local REAL = {
    ["connect false"] = true,
    ["connection_lost true"] = true,
    ["timeout true"] = true,
    ["protocol true"] = true,
    ["too_large true"] = true,
}

local function name_of(failure)
    return failure.kind .. " " .. tostring(failure.sent)
end

-- A request of the row, for the server that plays it.
local function addressed(req, port, failure)
    local copy = {}
    for name, value in pairs(req) do
        copy[name] = value
    end
    copy.host, copy.tls = "127.0.0.1", false
    copy.port = failure and failure.kind == "connect" and NOBODY or port
    copy.timeout = failure and failure.kind == "timeout" and STALLED or RESPONSES
    copy.connect_timeout = RESPONSES
    return copy
end

local function sender(port)
    return function(req, step)
        local failure = step.failure
        if failure and (failure.permanent or not REAL[name_of(failure)]) then
            return nil, failure
        end
        local status, headers, body = cosocket:request(addressed(req, port, failure))
        local brought = status and "a response" or name_of(headers)
        if brought ~= (failure and name_of(failure) or "a response") then
            error(("the connection brought %s: %s"):format(brought, status or headers.message), 0)
        elseif failure then
            -- The words are the row's, as it says what becomes of them.
            headers.message = failure.message
        end
        return status, headers, body
    end
end

local rows = {}

-- Play a row of a file, against a server on that port that plays the same row.
return function(file, number, port)
    rows[file] = rows[file] or conformance.rows(file .. ".json")
    return pcall(conformance.play, rows[file][number], sender(port))
end
