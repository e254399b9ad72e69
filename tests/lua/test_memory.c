/* Each allocation of a call fails once, in C or in Lua; what is then called, and what may
 * come of it, is in memory.lua. */
#include "support/failing_library.h"
#include "support/unit.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static int arm(lua_State *L)
{
    failing_arm((long)luaL_checkinteger(L, 1), (long)luaL_checkinteger(L, 2));
    return 0;
}

static int disarm(lua_State *L)
{
    lua_pushboolean(L, failing_disarm());
    return 1;
}

/* An error may be a table that prints well. */
static const char *message(lua_State *L)
{
    lua_getglobal(L, "tostring");
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    return lua_tostring(L, -1);
}

static void any_allocation_may_fail(void **state)
{
    lua_State *L = luaL_newstate();

    (void)state;
    assert_non_null(L);
    luaL_openlibs(L);
    lua_pushcfunction(L, arm);
    lua_setglobal(L, "arm");
    lua_pushcfunction(L, disarm);
    lua_setglobal(L, "disarm");
    if (luaL_dostring(L, "require('memory')(arm, disarm)") != 0)
        fail_msg("%s", message(L));
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
