#ifndef PGAII_LUA_TABLE_H
#define PGAII_LUA_TABLE_H

#include <lauxlib.h>
#include <lua.h>

/* Members of tables, and the metatables of userdata. */

/** Push the member of a table, without regard to metatables: those could run Lua. */
static inline void pgaii_lua_get_field(lua_State *L, int table, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, table);
}

/** Set a member of the table on top of the stack to a text. */
static inline void pgaii_lua_set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

/** Set a member of the table on top of the stack to a boolean. */
static inline void pgaii_lua_set_flag(lua_State *L, const char *name, int flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, name);
}

/** Make the metatable of userdata that have methods, under its name in the registry. */
static inline void
pgaii_lua_make_type(lua_State *L, const char *name, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

#endif
