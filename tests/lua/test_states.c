/* The module in two Lua states of one process, which share its code and nothing else; and
 * in states that end early, or lack memory. */
#include "support/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* The test is built with each Lua's own library, and runs with its module in LUA_CPATH.
 */

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

/* How many more allocations Lua gets before they fail; -1: all. Lua collects garbage
 * after the first failure, and tries again: both must do no harm. */
static long allocations_left = -1;
static bool fails_for_good;

static bool fails(void)
{
    if (allocations_left < 0)
        return false;
    if (allocations_left > 0 || !fails_for_good)
        allocations_left--;
    return allocations_left <= 0;
}

static void *allocate(void *unused, void *block, size_t old_size, size_t new_size)
{
    (void)unused;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    if ((!block || new_size > old_size) && fails())
        return NULL;
    return realloc(block, new_size);
}

/* Every kind of object and value that the module makes. */
static const char all_of_it[] =
    "local core = require 'pgai.core'\n"
    "local json = {['content-type'] = 'application/json'}\n"
    "local session = assert(core.session{api_key = 'key',\n"
    "    base_url = 'http://127.0.0.1:1'})\n"
    "local call_options = assert(core.call_options{max_attempts = 1})\n"
    "local function run(call, status, body)\n"
    "    assert(call:next(0) == 'send')\n"
    "    assert(call:request().headers[1])\n"
    "    call:feed(1, status, json, body)\n"
    "    return call:next(2)\n"
    "end\n"
    "local contact = "
    "'{\"id\":\"c1\",\"email\":null,\"company\":{\"a\":[1,\"\\\\u00e9\"]},'\n"
    "    .. '\"skills\":[\"x\",{\"y\":null}],\"none\":null}'\n"
    "local call = assert(session:create({first_name = 'A',\n"
    "    extra = {list = {1, 2, {b = 'c'}}, text = ('x'):rep(2000)}}, call_options))\n"
    "assert(run(call, 201, contact) == 'done')\n"
    "assert(call:result(true):to_table().id == 'c1')\n"
    "call = assert(session:get('c1', call_options))\n"
    "assert(run(call, 404, '{\"error\":\"no\",\"details\":[\"a\",\"b\"]}') == 'failed')\n"
    "assert(call:error().details[2] == 'b')\n"
    "local walk = assert(session:pages({limit = 1}, call_options))\n"
    "assert(walk:next(0) == 'calls')\n"
    "assert(run(walk:call(1), 200, '{\"data\":[' .. contact\n"
    "    .. '],\"pagination\":{\"page\":1,\"limit\":1,\"total\":1}}') == 'done')\n"
    "local step, page = walk:next(3)\n"
    "assert(step == 'page' and page:to_table().data[1].id == 'c1')\n"
    "assert(core.contact(contact).id == 'c1' and not core.contact('{'))\n"
    "call = assert(session:get('c1', call_options))\n"
    "assert(call:next(0) == 'send')\n"
    "local reader, bytes = core.http1(call)\n"
    "assert(reader, bytes)\n"
    "assert(core.http1(call:request()):close('reset') == 'failed')\n"
    "assert(reader:receive('HTTP/1.1 200 OK\\r\\nX-A: 1\\r\\nX-A: 2\\r\\n') == 'more')\n"
    "assert(reader:receive('Content-Length: 11\\r\\n\\r\\n{\"id\":\"c1\"}') == 'whole')\n"
    "call:feed(4, reader)\n"
    "assert(call:next(5) == 'done' and call:result().id == 'c1')\n"
    "assert(walk:cursor() and walk:stats(0).pages == 1 and "
    "session:load(session:save()))\n"
    "return 1";

/* Returns whether all went well although allocation number @p n failed. */
static bool survives(long n)
{
    lua_State *L = lua_newstate(allocate, NULL);
    int result;

    assert_non_null(L);
    luaL_openlibs(L);
    assert_int_equal(luaL_loadstring(L, all_of_it), 0);
    allocations_left = n;
    result = lua_pcall(L, 0, 0, 0);
    if (result != 0 && allocations_left > 0)
        fail_msg("%s", lua_tostring(L, -1));
    allocations_left = -1;
    lua_close(L);
    return result == 0;
}

/* Whichever allocation of Lua fails, nothing that C holds is lost: the sanitizer tells.
 */
static void any_allocation_of_lua_may_fail(void **state)
{
    long count = 1;

    (void)state;
    fails_for_good = true;
    while (!survives(count))
        count++;
    assert_true(count > 100);
    fails_for_good = false;
    for (long n = 1; n < count; n++)
        survives(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_do_not_meet),
        cmocka_unit_test(closing_frees_what_is_going_on),
        cmocka_unit_test(any_allocation_of_lua_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
