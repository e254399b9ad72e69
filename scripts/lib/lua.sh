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
