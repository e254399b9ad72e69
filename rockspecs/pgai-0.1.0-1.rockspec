rockspec_format = "3.0"
package = "pgai"
version = "0.1.0-1"
source = {
    url = "git+https://pgai.example/pgai.git",
    tag = "v0.1.0",
}
description = {
    summary = "A client of the PG:AI Contacts API, on a core in C",
    detailed = [[
        List, fetch and create contacts, and walk over all of them. It keeps to the rate limit of
        the service, retries what is safe to retry, and never creates a contact twice. For
        Lua 5.4 and LuaJIT 2.1.
    ]],
    license = "MIT",
    labels = { "api", "client", "http" },
}
-- LuaJIT counts as Lua 5.1. PUC Lua 5.1 to 5.3 are refused by CMake, which says why.
-- CMake also looks for libcurl and jansson, by pkg-config: where Debian has the headers of
-- libcurl, LuaRocks does not look.
dependencies = { "lua >= 5.1, < 5.5" }
build = {
    type = "cmake",
    variables = {
        CMAKE_BUILD_TYPE = "Release",
        CMAKE_INSTALL_PREFIX = "$(PREFIX)",
        PGAI_LUA_INCDIR = "$(LUA_INCDIR)",
        PGAI_LUA_LIBDIR = "$(LIBDIR)",
        PGAI_LUA_LUADIR = "$(LUADIR)",
        PGAI_INSTALL = "OFF",
    },
}
