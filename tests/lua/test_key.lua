-- The key is shown nowhere, and can be renewed.
local pgai = require("pgai")
local support = require("support")

local raised = support.raised
local KEY = "canary_key_of_nobody"
local here = debug.getinfo(require("pgai").contacts, "S").source:match("^(.*)client%.lua$")

-- Where a function of ours has the key in a local variable, as those see it who handle errors
-- where they are raised.
local function places(call, ...)
    local found = {}
    local finished = xpcall(call, function(err)
        local level = 2
        local info = debug.getinfo(level, "Sn")
        while info do
            local index = 1
            local name, value = debug.getlocal(level, index)
            while name do
                local ours = info.source:sub(1, #here) == here
                if ours and type(value) == "string" and value:find(KEY, 1, true) then
                    found[#found + 1] = ("%s: %s"):format(info.name or "?", name)
                end
                index = index + 1
                name, value = debug.getlocal(level, index)
            end
            level = level + 1
            info = debug.getinfo(level, "Sn")
        end
        if tostring(err):find(KEY, 1, true) then
            found[#found + 1] = "the error"
        end
        for name, value in pairs(type(err) == "table" and err or {}) do
            if tostring(value):find(KEY, 1, true) then
                found[#found + 1] = "the error's " .. name
            end
        end
    end, ...)
    assert(not finished, "nothing was raised")
    return found
end

-- Stands for the environment while a function runs.
local function with_environment(variables, run)
    local getenv = os.getenv
    os.getenv = function(name) -- luacheck: ignore 122
        return variables[name]
    end
    local finished, err = pcall(run)
    os.getenv = getenv -- luacheck: ignore 122
    if not finished then
        error(err, 0)
    end
end

describe("the key", function()
    it("is in no local variable where no client is made", function()
        for _, given in ipairs({
            { base_url = "http://contacts.example/v1" }, { base_url = 7 }, { timeout = -1 },
            { ca = "/nowhere/ca.pem", transport = "curl" }, { tiemout = 1 }, { null = "x" },
            { transport = "x" }, { api_key = KEY .. "\n" }, { apikey = KEY }, { pace = 1 },
        }) do
            given.api_key = given.api_key or KEY
            assert.same({}, places(pgai.contacts, given))
        end
    end)

    it("is in no local variable where a call fails", function()
        local refusal = { status = 401, body = '{"error":"no"}' }
        for _, key in ipairs({ KEY, function() return KEY end }) do
            local function client()
                return (support.client({ refusal }, { api_key = key }))
            end
            for _, method in ipairs({ "list", "get", "create" }) do
                local contacts = client()
                local argument = method == "get" and "c1" or {}
                assert.same({}, places(contacts[method], contacts, argument))
            end
            for _, method in ipairs({ "pages", "each" }) do
                local contacts = client()
                assert.same({}, places(contacts[method](contacts, {})))
            end
            local contacts = client()
            assert.same({}, places(contacts.list, contacts, { api_key = KEY }))
            assert.same({}, places(contacts.create, contacts, { api_key = KEY }))
            assert.same({}, places(contacts.with_options, contacts, { apikey = KEY }))
            assert.same({}, places(contacts.with_options, contacts, { api_key = KEY .. "\n" }))
        end
        local contacts = support.client({}, { api_key = function() return KEY .. "\n" end })
        assert.same({}, places(contacts.list, contacts))
    end)

    if rawget(_G, "jit") then
        it("is in no local variable where its file is refused", function()
            local path = os.tmpname()
            local file = io.open(path, "w")
            file:write(KEY, "\n")
            file:close()
            os.execute("chmod 644 " .. path)
            local found = places(require("pgai.key_file"), path)
            os.remove(path)
            assert.same({}, found)
        end)
    end

    it("of the environment is looked for once", function()
        local variables = { PGAI_API_KEY = "test_key_01" }
        with_environment(variables, function()
            local transport = support.endless(10)
            local contacts = pgai.contacts({ transport = transport })
            variables.PGAI_API_KEY = nil
            contacts:list()
            contacts:with_options({ timeout = 5 }):list()
            contacts:with_options({ user_agent = "x/1" }):list()
            for i = 1, 3 do
                assert.same("test_key_01", support.key_of(transport.requests[i]))
            end
            variables.PGAI_API_KEY = ""
            assert.matches("there is no API key", raised(pgai.contacts, {}).message)
        end)
    end)

    it("is told where it came from, also after other options changed", function()
        with_environment({ PGAI_API_KEY = "test_key_01" }, function()
            local transport = require("pgai.transports.fake").new({
                { status = 401, body = "{}" }, { status = 401, body = "{}" },
            })
            local contacts = pgai.contacts({ transport = transport }):with_options({ timeout = 5 })
            assert.matches("PGAI_API_KEY", raised(contacts.list, contacts).key_source)
            local other = contacts:with_options({ api_key = "test_key_02" })
            assert.equal("the option api_key", raised(other.list, other).key_source)
        end)
    end)

    it("may be another one, and close() ends what has an earlier one", function()
        local keys = { "test_key_01" }
        local transport = support.endless(10)
        local contacts = pgai.contacts({
            api_key = function() return keys[#keys] end, transport = transport,
        })
        local other = contacts:with_options({ timeout = 5 })
        local walk = contacts:each({ limit = 1 })
        walk:next()
        keys[2] = "test_key_02"
        contacts:list()
        other:list()
        walk:next()
        local sent = {}
        for i, request in ipairs(transport.requests) do
            sent[i] = support.key_of(request)
        end
        assert.same({ "test_key_01", "test_key_02", "test_key_02", "test_key_01" }, sent)
        contacts:close()
        assert.equal("closed", raised(walk.next, walk).kind)
        assert.equal("closed", raised(other.list, other).kind)
        assert.equal("closed", raised(contacts.list, contacts).kind)
    end)
end)

describe("a client", function()
    it("tells where its requests go", function()
        local variables = {}
        with_environment(variables, function()
            local given = { api_key = KEY, transport = support.endless(1) }
            assert.equal("pgai.Contacts of https://api.pipelinegeneration.ai/v1",
                tostring(pgai.contacts(given)))
            variables.PGAI_BASE_URL = "https://contacts.example/v2/"
            local contacts = pgai.contacts(given)
            assert.equal("pgai.Contacts of https://contacts.example/v2", tostring(contacts))
            variables.PGAI_BASE_URL = ""
            assert.equal(tostring(contacts), tostring(contacts:with_options({ timeout = 1 })))
            assert.equal(tostring(contacts), tostring(contacts:with_options({ proxy = "" })))
            assert.equal("pgai.Contacts of https://api.pipelinegeneration.ai/v1",
                tostring(pgai.contacts(given)))
        end)
    end)
end)
