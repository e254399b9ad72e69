--- Runs Lua programs as their reader would, on the Lua that runs the tests.
local program = {}

--- Where the project is, with a slash at the end.
program.root = debug.getinfo(1, "S").source:match("^@(.*)tests/lua/program%.lua$")

--- The Lua that runs the tests.
program.lua = rawget(_G, "jit") and "luajit" or "lua5.4"

local function quoted(word)
    return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end

--- Run a program against a sandbox.
-- @tparam table sandbox
-- @tparam string file
-- @param ... its arguments
-- @treturn string what it printed, with its errors
-- @treturn number its status
function program.run(sandbox, file, ...)
    local words = {
        "PGAI_BASE_URL=" .. sandbox.url, "PGAI_API_KEY=" .. sandbox.api_key,
        "timeout 60", program.lua, quoted(file),
    }
    for i = 1, select("#", ...) do
        words[#words + 1] = quoted((select(i, ...)))
    end
    local pipe = assert(io.popen(table.concat(words, " ") .. " 2>&1; echo status $?", "r"))
    local said = pipe:read("*a")
    pipe:close()
    local printed, status = said:match("^(.*)status (%d+)\n$")
    return printed, tonumber(status)
end

--- The content of a file, or nil.
function program.read(path)
    local file = io.open(path, "rb")
    if not file then
        return nil
    end
    local content = file:read("*a")
    file:close()
    return content
end

--- Write a file that is gone when the function returns.
function program.with_file(content, work)
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(content)
    file:close()
    local fine, err = pcall(work, path)
    os.remove(path)
    assert(fine, err)
end

return program
