-- What people read who made a common mistake: tests/messages.json, see docs/messages.md.
local json = require("dkjson")
local peers = require("peers")
local pgai = require("pgai")
local program = require("program")
local testing = require("pgai.testing")

local rows = json.decode(program.read(program.root .. "tests/messages.json"), 1, json.null)

local function is_for_lua(row)
    for _, language in ipairs(row["in"] or { "lua" }) do
        if language == "lua" then
            return true
        end
    end
    return false
end

-- Whether a text is a pattern in which "..." stands for anything.
local function reads(text, pattern)
    local quoted = pattern:gsub("%p", "%%%0"):gsub("%%%.%%%.%%%.", ".*")
    return text:find("^" .. quoted .. "$") ~= nil
end

describe("messages of common mistakes:", function()
    local services

    setup(function()
        services = peers.start()
    end)

    teardown(function()
        services:stop()
    end)

    local function options_of(row, sandbox)
        local options = { api_key = sandbox.api_key, proxy = "" }
        for name, value in pairs(row.options or {}) do
            options[name] = type(value) == "string" and services:fill(value) or value
        end
        if options.api_key == json.null then
            options.api_key = nil
        end
        options.base_url = services:fill(row.base_url or sandbox.url)
        return options
    end

    local function play(row, sandbox)
        local name, arguments = next(row.call)
        local contacts = pgai.contacts(options_of(row, sandbox))
        return pcall(contacts[name], contacts, name == "get" and arguments.id or arguments)
    end

    for _, row in ipairs(rows) do
        if is_for_lua(row) then
            it(row.name, function()
                local sandbox = testing.sandbox{ contacts = 20, faults = row.faults }
                local made, fine, err = pcall(play, row, sandbox)
                sandbox:stop()
                if not made then
                    err = fine
                else
                    assert.is_false(fine)
                end
                assert.equal(row.kind, err.kind)
                local whole = row.message:find("(HTTP status", 1, true)
                local text = whole and tostring(err):gsub("^pgai: ", "") or err.message
                assert.is_true(reads(text, row.message), text)
            end)
        end
    end
end)
