#ifndef PGAII_LUA_COMPAT_H
#define PGAII_LUA_COMPAT_H

#include <stdbool.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

/* What differs between the C APIs of Lua 5.4 and LuaJIT 2.1, and is used here. */

#if LUA_VERSION_NUM == 501
#include <luajit.h>

#define PGAII_LUA_ABI "luajit"
#define lua_rawlen(L, index) lua_objlen(L, index)

/** As in Lua 5.4: a member under an address. */
static inline void lua_rawgetp(lua_State *L, int table, const void *address)
{
    lua_pushlightuserdata(L, (void *)address);
    lua_rawget(L, table < 0 ? table - 1 : table);
}

static inline void lua_rawsetp(lua_State *L, int table, const void *address)
{
    lua_pushlightuserdata(L, (void *)address);
    lua_insert(L, -2);
    lua_rawset(L, table < 0 ? table - 1 : table);
}
#else
#define PGAII_LUA_ABI "5.4"
#endif

/** Whether the value is a number of Lua's integer type, which LuaJIT does not have. */
static inline bool pgaii_lua_is_integer(lua_State *L, int index)
{
#if LUA_VERSION_NUM == 501
    (void)L;
    (void)index;
    return false;
#else
    return lua_isinteger(L, index) != 0;
#endif
}

/** Push a whole number: an integer where there are any. */
static inline void pgaii_lua_push_integer(lua_State *L, int64_t number)
{
#if LUA_VERSION_NUM == 501
    lua_pushnumber(L, (lua_Number)number);
#else
    lua_pushinteger(L, number);
#endif
}

/** Pop a value that is to live at least as long as a userdata; one for each. A userdata
 * that keeps itself spares those that keep it a table each, in LuaJIT.
 *
 * @param owner  Index of the userdata, counted from the bottom.
 */
static inline void pgaii_lua_keep(lua_State *L, int owner)
{
#if LUA_VERSION_NUM == 501
    /* Userdata have an environment, which must be a table. */
    lua_getfenv(L, -1);
    lua_rawgeti(L, -1, 1);
    if (lua_rawequal(L, -1, -3)) {
        lua_pop(L, 1);
    } else {
        lua_pop(L, 2);
        lua_createtable(L, 1, 0);
        lua_pushvalue(L, -2);
        lua_rawseti(L, -2, 1);
    }
    lua_setfenv(L, owner);
    lua_pop(L, 1);
#else
    lua_setiuservalue(L, owner, 1);
#endif
}

/** Pop a table that is to be a userdata's own, instead of a value that it keeps. Its
 * first element is the userdata itself. */
static inline void pgaii_lua_set_own(lua_State *L, int owner)
{
#if LUA_VERSION_NUM == 501
    lua_setfenv(L, owner);
#else
    lua_setiuservalue(L, owner, 1);
#endif
}

/** Push the table that pgaii_lua_set_own() set. */
static inline void pgaii_lua_push_own(lua_State *L, int owner)
{
#if LUA_VERSION_NUM == 501
    lua_getfenv(L, owner);
#else
    lua_getiuservalue(L, owner, 1);
#endif
}

#endif
