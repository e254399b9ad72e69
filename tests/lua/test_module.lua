local core = require("pgai.core")
local pgai = require("pgai")
local options = require("pgai.options")
local support = require("support")

local machine = pgai._ABI == "luajit" and "luajit" or "lua5.4"
local other = pgai._ABI == "luajit" and "lua5.4" or "luajit"

-- What a program prints that a Lua runs by itself.
local function output_of(interpreter, program)
    local pipe = assert(io.popen(("%s -e '%s' 2>&1"):format(interpreter, program)))
    local output = pipe:read("*a")
    pipe:close()
    return output
end

describe("the module", function()
    it("tells its version and what it was compiled for", function()
        assert.truthy(pgai._VERSION:find("^%d+%.%d+%.%d+$"))
        assert.equal(rawget(_G, "jit") and "luajit" or "5.4", pgai._ABI)
    end)

    it("sets no globals", function()
        assert.equal("", output_of(machine, [[
            local before = {}
            for name in pairs(_G) do before[name] = true end
            require "pgai"
            for name in pairs(_G) do if not before[name] then io.write(name, " ") end end
        ]]))
    end)

    it("does not load libcurl with the core", function()
        local maps = output_of(machine, [[
            require "pgai"
            for line in io.lines("/proc/self/maps") do print(line) end
        ]])
        assert.truthy(maps:find("core.so", 1, true))
        assert.is_nil(maps:find("libcurl", 1, true))
    end)

    it("says so when it was compiled for another Lua", function()
        local said = output_of(other, [[print(select(2, pcall(require, "pgai")))]])
        assert.truthy(said:find("pgai.core cannot be loaded into", 1, true), said)
        assert.truthy(said:find("built for it", 1, true), said)
    end)

    it("can be loaded again", function()
        local contacts = support.client({ { body = '{"id":"c1","email":null}' } })
        for name in pairs(package.loaded) do
            if name == "pgai" or name:find("^pgai%.") then
                package.loaded[name] = nil
            end
        end
        require("pgai")
        assert.is_true(contacts:get("c1"):has("email"))
    end)
end)

describe("the annotations", function()
    local folder = debug.getinfo(pgai.array, "S").source:match("^@(.*)init%.lua$")
    local file = assert(io.open(folder .. "meta.lua"))
    local meta = file:read("*a")
    file:close()

    local function functions(class)
        local names = {}
        for name in meta:gmatch("\nfunction " .. class .. "[.:]([%w_]+)") do
            names[name] = true
        end
        return names
    end

    -- Of a class, and of the one that it is derived from.
    local function fields(class, base)
        local names = base and fields(base) or {}
        local body = assert(meta:match(
            "%-%-%-@class pgai%." .. class .. "%f[%W]:?[^%w\n]*[%w.]*\n(.-)\n[^-]"))
        for name in body:gmatch("%-%-%-@field ([%w_]+)") do
            names[name] = true
        end
        return names
    end

    local function methods(object)
        local names = {}
        for name, value in pairs(getmetatable(object).__index) do
            if type(value) == "function" and name:sub(1, 2) ~= "__" then
                names[name] = true
            end
        end
        return names
    end

    it("name the functions there are", function()
        local contacts = support.client({ support.page(1, { "a" }, 1) })
        local page = contacts:list()
        assert.same(methods(contacts), functions("Contacts"))
        assert.same(methods(contacts:pages()), functions("Pager"))
        for name in pairs(functions("Page")) do
            assert.is_function(page[name]) -- some are there once they were asked for
        end
        assert.same(methods(page), functions("Page"))
        assert.same(methods(page[1]), functions("Contact"))
        local names = {}
        for name, value in pairs(pgai) do
            names[name] = type(value) == "function" or nil
        end
        assert.same(names, functions("pgai"))
    end)

    it("name the options there are", function()
        assert.same(options.names.contacts, fields("ContactsOptions"))
        assert.same(options.names.call, fields("CallOptions"))
        assert.same(options.names.each, fields("EachOptions"))
        assert.same(options.names.pages, fields("PagesOptions", "EachOptions"))
        assert.same(options.names.create, fields("Fields"))
        assert.same(options.names.list, fields("ListOptions", "CallOptions"))
    end)

    it("name the fields of contacts there are", function()
        local names = fields("Contact")
        for name in pairs(core.fields) do
            assert.is_true(names[name], name)
        end
    end)

    it("name the fields of statistics there are", function()
        local contacts = support.client({ support.page(1, { "a" }, 1) })
        local pager = contacts:pages()
        pager:next()
        local names = {}
        for name in pairs(pager:stats()) do
            names[name] = true
        end
        assert.same(names, fields("Stats"))
    end)
end)
