# shellcheck shell=bash
# Sourced by scripts that run Lua, after common.sh: which machines there are, and where they
# find the module.

lua_machines=(lua5.4 luajit)
export lua_machines

# with_lua PRESET MACHINE COMMAND...: run a command with the module of a preset, compiled for
# that machine.
with_lua() {
    local preset=$1 abi=${2#lua}
    [[ $2 != luajit ]] || abi=luajit
    shift 2

    LUA_PATH="${root:?}/lua/?.lua;$root/lua/?/init.lua;;" \
        LUA_CPATH="$root/build/$preset/lua/$abi/?.so;;" "$@"
}

# with_asan COMMAND...: run a command whose machine loads a module of the preset asan.
#
# GCC 12's leak checker looks for the memory of threads by what glibc up to 2.24 kept in front of
# it. Where AddressSanitizer's own header stands there, at an address that is 16 modulo 4096, it
# takes that for a range, reads where nothing is mapped, and dies. Where memory comes to lie
# depends on all that was allocated before. The preset asan tells ctest the same option.
with_asan() {
    LD_PRELOAD="$(gcc -print-file-name=libasan.so)${LD_PRELOAD:+ $LD_PRELOAD}" \
        ASAN_OPTIONS=intercept_tls_get_addr=0 "$@"
}
