--- A clock that never goes backwards, and that all processes of a machine share; in LuaJIT.
--
-- nginx's own time is wall time, which can be set.

local ffi = require("ffi")

-- A timespec is two longs. The name of our own cannot clash with another declaration.
ffi.cdef('int pgai_clock_gettime(int clock, long out[2]) __asm__("clock_gettime");')

local CLOCK_MONOTONIC = 1
local clock_gettime = ffi.C.pgai_clock_gettime
local now = ffi.new("long[2]")

--- Seconds since the machine started.
return function()
    clock_gettime(CLOCK_MONOTONIC, now)
    return tonumber(now[0]) + tonumber(now[1]) / 1e9
end
