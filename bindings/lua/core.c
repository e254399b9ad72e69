/* The module pgai.core: the protocol. */
#include <pgai/options.h>
#include <pgai/version.h>

#include "call.h"
#include "call_options.h"
#include "compat.h"
#include "contact.h"
#include "decode.h"
#include "event.h"
#include "http1.h"
#include "page.h"
#include "session.h"
#include "walk.h"
#include "writer.h"

/* core.isyieldable() -> whether the running coroutine can yield here. Lua's own function
 * is missing in LuaJIT, and in nginx. */
static int is_yieldable(lua_State *L)
{
    lua_pushboolean(L, lua_isyieldable(L));
    return 1;
}

/* core.use_array_mt(metatable): arrays get this one from now on. */
static int use_array_mt(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, PGAII_LUA_ARRAY);
    return 0;
}

static const luaL_Reg functions[] = {
    {"session", pgaii_lua_session_new},
    {"call_options", pgaii_lua_call_options_new},
    {"http1", pgaii_lua_http1_new},
    {"isyieldable", is_yieldable},
    {"use_array_mt", use_array_mt},
    {"level", pgaii_lua_event_level},
    {NULL, NULL},
};

/* The words of all statuses, which are the kinds of errors, with what they mean. */
static void push_kinds(lua_State *L)
{
    lua_newtable(L);
#define X(upper, value, word, python, text)                                              \
    lua_pushliteral(L, text);                                                            \
    lua_setfield(L, -2, #word);
    PGAI_STATUS_LIST(X)
#undef X
}

/* The names of the fields, each with whether create takes it. */
static void push_fields(lua_State *L)
{
    lua_createtable(L, 0, PGAI_FIELD_COUNT);
#define READONLY 0
#define WRITABLE 1
#define X(upper, number, lower, listed, writable)                                        \
    lua_pushboolean(L, writable);                                                        \
    lua_setfield(L, -2, #lower);
    PGAI_FIELD_LIST(X)
#undef X
}

PGAI_API int luaopen_pgai_core(lua_State *L);

PGAI_API int luaopen_pgai_core(lua_State *L)
{
#if LUA_VERSION_NUM != 501
    luaL_checkversion(L);
#endif
    luaL_newmetatable(L, PGAII_LUA_ARRAY);
    pgaii_lua_session_open(L);
    pgaii_lua_call_open(L);
    pgaii_lua_walk_open(L);
    pgaii_lua_contact_open(L);
    pgaii_lua_page_open(L);
    pgaii_lua_writer_open(L);
    pgaii_lua_http1_open(L);
    luaL_newlib(L, functions);
    pgaii_lua_contact_push_reader(L);
    lua_setfield(L, -2, "contact");
    lua_pushstring(L, pgai_version());
    lua_setfield(L, -2, "_VERSION");
    lua_pushliteral(L, PGAII_LUA_ABI);
    lua_setfield(L, -2, "_ABI");
    lua_pushnumber(L, PGAI_DEFAULT_DEADLINE_MS / 1000.0);
    lua_setfield(L, -2, "default_deadline");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    push_kinds(L);
    lua_setfield(L, -2, "kinds");
    push_fields(L);
    lua_setfield(L, -2, "fields");
    luaL_getmetatable(L, PGAII_LUA_ARRAY);
    lua_setfield(L, -2, "array_mt");
    return 1;
}
