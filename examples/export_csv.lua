-- Export all contacts as CSV: lua5.4 export_csv.lua FILE. The key is in $PGAI_API_KEY.
--
-- If an export was stopped in any way, start it again to continue: FILE.cursor says how much of
-- the file is complete, and where the walk stands. If contacts may be missing, that file stays,
-- and the exit status is 3.
local pgai = require("pgai")

local columns = {
    "id", "first_name", "last_name", "email", "job_title", "company", "linkedin_url",
    "location", "phone", "created_at", "updated_at",
}

-- Nil if there is no such file.
local function read(path, bytes)
    local file = io.open(path, "rb")
    if not file then
        return nil
    end
    local content = file:read(bytes or "*a")
    file:close()
    return content or ""
end

-- A whole new file replaces the old one, or nothing changes.
local function replace(path, content)
    local file = assert(io.open(path .. ".new", "wb"))
    assert(file:write(content))
    assert(file:close())
    assert(os.rename(path .. ".new", path))
end

-- The file, at the end of what is complete, and the cursor to continue from.
local function open(path)
    local complete, cursor = (read(path .. ".cursor") or ""):match("^(%d+) (%S+)")
    if complete then
        replace(path, read(path, tonumber(complete))) -- without half a page
        return assert(io.open(path, "ab")), cursor
    end
    local file = assert(io.open(path, "wb"))
    assert(file:write(table.concat(columns, ","), "\r\n"))
    return file, nil
end

local path = assert(arg[1], "usage: export_csv.lua FILE")
local file, cursor = open(path)
local contacts = pgai.contacts():safe()
local written = 0

-- Keep how much of the file is complete, and where the walk stands.
local function keep(stands)
    replace(path .. ".cursor", ("%d %s\n"):format(file:seek("end"), stands))
end

-- Write the pages of a walk, and after each what is to be kept of it. The error that ended it, or
-- nil.
local function export(walk, kept)
    local page, err = walk:next()
    while page do
        assert(file:write(page:to_csv{ columns = columns, header = false }))
        assert(file:flush())
        if kept then
            keep(walk:cursor())
        end
        written = written + #page
        local stats = walk:stats()
        local left = stats.time_left and ("%.0f"):format(stats.time_left) or "?"
        io.stderr:write(("\r%d of %s contacts, %s s left "):format(
            written, stats.total or "?", left))
        page, err = walk:next()
    end
    return err
end

local err = export(contacts:pages{ cursor = cursor, strict = true, keep_json = true }, true)
local unproven = err and err.kind == "incomplete" and err
if unproven then
    keep(err.cursor)
    -- What else there is, as far as a walk without proof finds it.
    err = export(contacts:pages{ cursor = err.cursor, keep_json = true }, false)
end
assert(file:close())
io.stderr:write("\n")
if err then
    error(err)
elseif unproven then
    io.stderr:write("some may be missing: ", unproven.message, "\n")
    os.exit(3, true)
end
os.remove(path .. ".cursor")
