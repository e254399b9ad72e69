#include "support/unit.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* The module in two Lua states of one process, which share its code and nothing else. The
 * test is built with each Lua's own library, and runs with its module in LUA_CPATH. */

static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    luaL_openlibs(L);
    return L;
}

/* Runs Lua; `...` is the number. Returns what it returns, a number. */
static lua_Integer run(lua_State *L, const char *program, lua_Integer number)
{
    lua_Integer result;

    if (luaL_loadstring(L, program) != 0)
        fail_msg("%s", lua_tostring(L, -1));
    lua_pushinteger(L, number);
    if (lua_pcall(L, 1, 1, 0) != 0)
        fail_msg("%s", lua_tostring(L, -1));
    result = lua_tointeger(L, -1);
    lua_settop(L, 0);
    return result;
}

static const char start[] =
    "core = require 'pgai.core'\n"
    "session = assert(core.session{api_key = 'key', base_url = 'http://127.0.0.1:1'})\n"
    "call = assert(session:get('c1'))\n"
    "assert(call:next(0) == 'send')\n"
    "return 1";

static const char finish[] =
    "call:feed(1, 200, {['content-type'] = 'application/json'},\n"
    "    '{\"id\":\"c1\",\"email\":null,\"n\":' .. ... .. '}')\n"
    "assert(call:next(2) == 'done')\n"
    "local contact = call:result()\n"
    "assert(contact:has('email'))\n"
    "return contact.n";

static void states_do_not_meet(void **state)
{
    lua_State *one = new_state();
    lua_State *two = new_state();

    (void)state;
    assert_int_equal(run(one, start, 0), 1);
    assert_int_equal(run(two, start, 0), 1);
    assert_int_equal(run(two, finish, 22), 22);
    assert_int_equal(run(one, finish, 11), 11);
    lua_close(one);
    assert_int_equal(run(two, start, 0), 1);
    assert_int_equal(run(two, finish, 33), 33);
    lua_close(two);
}

/* A state that is closed in the middle of things gives all back, in whatever order. */
static void closing_frees_what_is_going_on(void **state)
{
    static const char leave[] = "walk = assert(session:pages({limit = 2}))\n"
                                "assert(walk:next(0) == 'calls')\n"
                                "lent = walk:call(1)\n"
                                "assert(lent:next(0) == 'send')\n"
                                "session = nil\n"
                                "return 2";
    lua_State *L = new_state();

    (void)state;
    assert_int_equal(run(L, start, 0), 1);
    assert_int_equal(run(L, leave, 0), 2);
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_do_not_meet),
        cmocka_unit_test(closing_frees_what_is_going_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
