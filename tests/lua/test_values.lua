local pgai = require("pgai")
local program = require("program")
local support = require("support")

-- The contact that comes of this JSON.
local function contact_of(json, options)
    local contacts = support.client({ { body = json } }, options)
    return contacts:get("c1")
end

-- The JSON that is sent for these fields.
local function sent(fields)
    local contacts, transport = support.client({ { status = 201, body = '{"id":"c1"}' } })
    contacts:create(fields)
    return transport.requests[1].body
end

local function refusal(fields)
    local contacts = support.client()
    local err = support.raised(contacts.create, contacts, fields)
    assert.equal("usage", err.kind)
    return err.message
end

describe("null", function()
    local json = '{"id":"c1","email":null,"x":null,"y":{"a":null,"b":[1,null,2]}}'

    it("is left out, and told from absent", function()
        local contact = contact_of(json)
        assert.is_nil(rawget(contact, "email"))
        assert.is_nil(rawget(contact, "x"))
        assert.is_true(contact:has("email"))
        assert.is_true(contact:has("x"))
        assert.is_true(contact:has("id"))
        assert.is_false(contact:has("phone"))
        assert.is_false(contact:has("z"))
        assert.is_nil(contact.y.a)
    end)

    it("is pgai.null with null = \"sentinel\"", function()
        local contact = contact_of(json, { null = "sentinel" })
        assert.equal(pgai.null, contact.email)
        assert.equal(pgai.null, contact.x)
        assert.equal(pgai.null, contact.y.a)
        assert.is_true(contact:has("email"))
        assert.is_false(contact:has("phone"))
    end)

    it("is told of each contact apart", function()
        for _, mode in ipairs({ "omit", "sentinel" }) do
            local contacts = support.client({ { body = '{"data":[{"id":"a","x":null},'
                .. '{"id":"b"},{"id":"c","y":null},{"id":"d","x":null,"y":null}]}' } },
                { null = mode })
            local said = {}
            for i, contact in ipairs(contacts:list()) do
                said[i] = tostring(contact:has("x")) .. " " .. tostring(contact:has("y"))
            end
            assert.same({ "true false", "false false", "false true", "true true" }, said)
        end
    end)

    it("stays in arrays", function()
        local array = contact_of(json).y.b
        assert.equal(3, #array)
        assert.equal(pgai.null, array[2])
    end)

    it("is in to_table()", function()
        local copy = contact_of(json):to_table()
        assert.equal(pgai.null, copy.email)
        assert.equal(pgai.null, copy.x)
        assert.is_nil(getmetatable(copy))
    end)

    it("is that of lua-cjson", function()
        assert.equal(require("cjson").null, pgai.null)
    end)

    it("is sent", function()
        assert.equal('{"last_name":null}', sent({ last_name = pgai.null }))
        assert.equal('{"a":[null]}', sent({ extra = { a = { pgai.null } } }))
        assert.equal("email is given twice, as a field and in extra: remove one",
            refusal({ email = pgai.null, extra = { email = "x" } }))
    end)

    it("shares metatables between contacts that are alike", function()
        local contacts = support.client({ { body = '{"data":[{"id":"a","email":null},'
            .. '{"id":"b","email":null},{"id":"c"}]}' } })
        local page = contacts:list()
        assert.equal(getmetatable(page[1]), getmetatable(page[2]))
        assert.not_equal(getmetatable(page[1]), getmetatable(page[3]))
    end)
end)

describe("numbers", function()
    local contact = contact_of('{"id":"c1","a":9007199254740993,"b":-9223372036854775808,'
        .. '"c":18446744073709551616,"d":1.5e3,"e":-0.25,"f":12,"g":9007199254740992,"h":1e999}')

    it("are numbers where they are exact", function()
        assert.equal(1500, contact.d)
        assert.equal(-0.25, contact.e)
        assert.equal(12, contact.f)
        assert.equal("12", tostring(contact.f))
        assert.equal(2 ^ 53, contact.g)
    end)

    it("are exact beyond 2^53", function()
        if pgai._ABI == "luajit" then
            assert.equal("9007199254740993", contact.a)
            assert.equal("-9223372036854775808", contact.b)
        else
            assert.equal("9007199254740993", ("%d"):format(contact.a))
            assert.equal("integer", math.type(contact.a)) -- luacheck: ignore 143
            assert.equal("-9223372036854775808", ("%d"):format(contact.b))
        end
    end)

    it("are text beyond all numbers", function()
        assert.equal("18446744073709551616", contact.c)
        assert.equal("1e999", contact.h)
    end)

    it("are text where Lua takes them for none, or for 0", function()
        local digits = "0." .. ("3"):rep(250)
        for _, text in ipairs({ "1e9999999", "-1e9999999", "1e-9999999", "-2.5E-400", digits }) do
            local got = contact_of(('{"id":"c1","n":%s}'):format(text)).n
            assert.is_true(got == text or got == tonumber(digits), text)
        end
        for _, text in ipairs({ "0.0", "-0.0", "0e9999999", "0.000e-5" }) do
            local got = contact_of(('{"id":"c1","n":%s}'):format(text)).n
            assert.is_true(got == 0 or got == text, text)
        end
    end)

    it("are sent so that they read as the same", function()
        assert.equal('{"n":0.1}', sent({ extra = { n = 0.1 } }))
        assert.equal('{"n":-3}', sent({ extra = { n = -3 } }))
        assert.equal('{"n":9007199254740992}', sent({ extra = { n = 2 ^ 53 } }))
        assert.equal('{"n":[1000000000000000,-9000000000000000]}',
            sent({ extra = { n = { 1e15, -9e15 } } }))
        assert.equal(1 / 3, tonumber(sent({ extra = { n = 1 / 3 } }):match("[%d.]+")))
    end)

    -- Prints what is sent, and what becomes of what comes; the argument names a locale.
    local IN_LOCALE = [[
local fake, name = require("pgai.transports.fake"), ...
local body = '{"id":"c1","a":1.5,"b":-2.25e-3,"c":0.' .. ("3"):rep(250) .. '}'
local transport = fake.new{ { status = 201, body = body } }
local contacts = require("pgai").contacts{ api_key = "test_key_0", transport = transport }
assert(os.setlocale(name), name)
local got = contacts:create{ extra = { n = 1.5, m = { -2.5e-7 } } }
os.setlocale("C")
io.write(transport.requests[1].body, " ", got.a, " ", got.b, " ", type(got.c))
]]

    -- The decimal point of the first is one byte, that of the second two.
    for locale, point in pairs({ de_DE = ",", ps_AF = "\217\171" }) do
        it("are the same where the decimal point is " .. point, function()
            local folder = os.tmpname()
            os.remove(folder)
            -- It leaks, which is no affair of a sanitizer here.
            local make = "mkdir '%s' && env -u LD_PRELOAD localedef -i %s -f UTF-8 '%s/%s.UTF-8'"
            assert(os.execute(make:format(folder, locale, folder, locale)))
            program.with_file(IN_LOCALE, function(path)
                local pipe = io.popen(("LOCPATH='%s' %s '%s' %s.UTF-8 2>&1; rm -r '%s'"):format(
                    folder, program.lua, path, locale, folder))
                assert.matches('{"[nm]":.*} 1%.5 %-0%.00225 number$', pipe:read("*a"))
                pipe:close()
            end)
        end)
    end
end)

describe("text", function()
    it("is unescaped", function()
        local contact = contact_of(
            [[{"id":"c1","first_name":"\u00e9\ud83d\ude00\"\\\/\n\u0000x","x":["\t\ud83d","é"]}]])
        assert.equal("é😀\"\\/\n\0x", contact.first_name)
        assert.equal("\t\239\191\189", contact.x[1])
        assert.equal("é", contact.x[2])
    end)

    it("is escaped", function()
        assert.equal([[{"a":"\"\\é\u000a\u0000"}]], sent({ extra = { a = "\"\\é\n\0" } }))
    end)

    it("is refused when it is not UTF-8", function()
        local not_text = { "\255", "\195", "\192\128", "\237\160\128", "\244\144\128\128", "a\128" }
        for _, bytes in ipairs(not_text) do
            assert.equal("extra.a is not UTF-8", refusal({ extra = { a = bytes } }))
            assert.truthy(refusal({ first_name = bytes }):find("first_name", 1, true))
        end
        assert.truthy(refusal({ extra = { ["\255"] = 1 } }):find("is not UTF-8", 1, true))
    end)
end)

describe("arrays", function()
    it("are known by their metatable, also when they are empty", function()
        local contact = contact_of('{"id":"c1","a":[],"b":{},"c":[[1],[]]}')
        assert.equal(pgai.array_mt, getmetatable(contact.a))
        assert.is_nil(getmetatable(contact.b))
        assert.equal(pgai.array_mt, getmetatable(contact.c[2]))
    end)

    it("are sent as they came", function()
        local contact = contact_of('{"id":"c1","a":[],"b":{},"c":[1,[],2]}')
        assert.equal('{"v":[]}', sent({ extra = { v = contact.a } }))
        assert.equal('{"v":{}}', sent({ extra = { v = contact.b } }))
        assert.equal('{"v":[1,[],2]}', sent({ extra = { v = contact.c } }))
        assert.equal('{"v":[]}', sent({ extra = { v = pgai.array({}) } }))
    end)

    it("are refused with holes", function()
        assert.equal("extra.a is an array with holes", refusal({ extra = { a = { 1, nil, 3 } } }))
    end)
end)

describe("what JSON does not have", function()
    it("is refused, with the path to it", function()
        assert.equal("extra.a.b[2] is a function, which JSON does not have",
            refusal({ extra = { a = { b = { 1, print } } } }))
        assert.equal("extra.t is a thread, which JSON does not have",
            refusal({ extra = { t = coroutine.create(print) } }))
        assert.equal("extra.a has keys that are neither all text nor 1, 2, 3...",
            refusal({ extra = { a = { 1, x = 2 } } }))
        assert.equal("extra.n is not a number that JSON has", refusal({ extra = { n = 0 / 0 } }))
        assert.equal("extra.n is not a number that JSON has",
            refusal({ extra = { n = math.huge } }))
        assert.equal("extra must be a table, not number", refusal({ extra = 5 }))
    end)

    it("is refused when it contains itself", function()
        local loop = {}
        loop[1] = { a = loop }
        assert.equal("extra.loop[1].a contains itself", refusal({ extra = { loop = loop } }))
    end)

    it("is refused when it is nested too deeply", function()
        local deep = {}
        for _ = 1, 200 do
            deep = { deep }
        end
        assert.truthy(refusal({ extra = { deep = deep } }):find("is nested too deeply", 1, true))
    end)

    it("may be shared by two fields", function()
        local shared = pgai.array({ 1 })
        assert.equal('{"v":[[1],[1]]}', sent({ extra = { v = { shared, shared } } }))
    end)
end)

describe("extra", function()
    it("may be JSON text", function()
        assert.equal('{"email":"e","a": 1e0}', sent({ email = "e", extra = '{"a": 1e0}' }))
    end)

    it("must be an object", function()
        assert.truthy(refusal({ extra = { 1, 2 } }):find("extra", 1, true))
        assert.truthy(refusal({ extra = "[1]" }):find("extra", 1, true))
    end)

    it("must not name what is given as well", function()
        assert.truthy(refusal({ email = "a", extra = { email = "b" } }):find("email", 1, true))
    end)
end)
