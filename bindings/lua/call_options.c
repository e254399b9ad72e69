/* Call options, from a table of options. */
#include "call_options.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "compat.h"
#include "error.h"
#include "read.h"
#include "table.h"

static const char type_name[] = "pgai.call_options";

/* In the C API 0 means the default; here it is a mistake, like any number below 1. */
static bool read_attempts(lua_State *L, int table, int *out, pgai_error *error)
{
    int64_t attempts = PGAI_UNSET;

    if (!pgaii_lua_read_integer(L, table, "max_attempts", &attempts, error))
        return false;
    if (attempts == PGAI_UNSET)
        return true;
    if (attempts < 1 || attempts > INT_MAX)
        return pgaii_lua_usage(error, "max_attempts must be at least 1");
    *out = (int)attempts;
    return true;
}

/* True, false, or the word for pacing that processes share, of which calls know nothing.
 */
static bool read_pace(lua_State *L, int table, pgai_call_options *out, pgai_error *error)
{
    bool good;

    pgaii_lua_get_field(L, table, "pace");
    good = lua_isnil(L, -1) || lua_isboolean(L, -1) ||
           (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "shared") == 0);
    out->no_pacing = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
    lua_pop(L, 1);
    return good || pgaii_lua_usage(error, "pace must be true, false or \"shared\"");
}

static bool
read_call_options(lua_State *L, int table, pgai_call_options *out, pgai_error *error)
{
    if (!pgaii_lua_read_seconds(L, table, "timeout", &out->timeout_ms, error) ||
        !pgaii_lua_read_seconds(L, table, "connect_timeout", &out->connect_timeout_ms,
                                error) ||
        !pgaii_lua_read_seconds(L, table, "deadline", &out->deadline_ms, error) ||
        !pgaii_lua_read_seconds(L, table, "max_wait", &out->max_wait_ms, error) ||
        !read_pace(L, table, out, error))
        return false;
    return read_attempts(L, table, &out->max_attempts, error);
}

int pgaii_lua_call_options_new(lua_State *L)
{
    pgai_call_options read = PGAI_CALL_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_call_options *call_options;

    luaL_checktype(L, 1, LUA_TTABLE);
    if (!read_call_options(L, 1, &read, &error))
        return pgaii_lua_fail(L, &error);
    call_options = lua_newuserdata(L, sizeof(*call_options));
    *call_options = read;
    luaL_newmetatable(L, type_name);
    lua_setmetatable(L, -2);
    return 1;
}

const pgai_call_options *pgaii_lua_call_options_at(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : luaL_checkudata(L, index, type_name);
}
