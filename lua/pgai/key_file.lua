--- An API key from a file that only its owner can read; in LuaJIT on Linux.

local bit = require("bit")
local ffi = require("ffi")

-- The beginning of a struct statx, which is the same on all machines (statx(2)); the name of our
-- own cannot clash with another declaration.
ffi.cdef([[
    int pgai_statx(int folder, const char *path, int flags, unsigned mask, void *out)
        __asm__("statx");
]])

local STATX_BYTES = 256
local MODE_OFFSET = 28 -- stx_mode, 16 bits
local AT_FDCWD = -100
local STATX_MODE = 2
local READABLE_BY_OTHERS = 0x24 -- 0044

local function mode_of(path)
    local out = ffi.new("uint8_t[?]", STATX_BYTES)
    if ffi.C.pgai_statx(AT_FDCWD, path, 0, STATX_MODE, out) ~= 0 then
        return nil
    end
    return ffi.cast("uint16_t *", out + MODE_OFFSET)[0]
end

--- The key in a file: its first line, without blanks around it. For the option `api_key`, in
-- init_by_lua, where nginx can still read files that its workers cannot read.
--
-- Raises text if the file cannot be read, has no key, or if others than its owner can read it.
return function(path)
    local mode = mode_of(path)
    local file, err = io.open(path)
    if not file or not mode then
        error(("the key file cannot be read: %s"):format(err or path), 2)
    end
    if bit.band(mode, READABLE_BY_OTHERS) ~= 0 then
        file:close()
        error(("the key file %s can be read by others: chmod 600 it"):format(path), 2)
    end
    local line = file:read("*l")
    file:close()
    local key = (line or ""):match("^%s*(.-)%s*$")
    if key == "" then
        error(("the key file %s has no key in its first line"):format(path), 2)
    end
    return key
end
