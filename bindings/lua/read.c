/* Arguments and options of the right type. */
#include "read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pgai/options.h>

#include "compat.h"
#include "error.h"
#include "table.h"

static bool wrong_type(lua_State *L, int index, const char *name, const char *expected,
                       pgai_error *error)
{
    return pgaii_lua_usage(error, "%s must be %s, not %s", name, expected,
                           luaL_typename(L, index));
}

bool pgaii_lua_read_value(lua_State *L, int index, const char *name, const char **out,
                          pgai_error *error)
{
    const char *text;
    size_t length;

    if (lua_type(L, index) != LUA_TSTRING)
        return wrong_type(L, index, name, "a string", error);
    text = lua_tolstring(L, index, &length);
    if (strlen(text) != length)
        return pgaii_lua_usage(error, "%s contains a NUL character", name);
    *out = text;
    return true;
}

bool pgaii_lua_read_text(lua_State *L, int table, const char *name, const char **out,
                         pgai_error *error)
{
    bool good;

    pgaii_lua_get_field(L, table, name);
    good = lua_isnil(L, -1) || pgaii_lua_read_value(L, -1, name, out, error);
    /* The table holds the text. */
    lua_pop(L, 1);
    return good;
}

static int64_t nearest(lua_Number number)
{
    const lua_Number beyond = 9223372036854775808.0;

    if (number >= beyond)
        return INT64_MAX;
    /* The lowest number of all is PGAI_UNSET. */
    return number <= -beyond ? INT64_MIN + 1 : (int64_t)number;
}

static bool to_integer(lua_State *L, const char *name, int64_t *out, pgai_error *error)
{
    lua_Number number;

    if (lua_isnil(L, -1))
        return true;
    if (lua_type(L, -1) != LUA_TNUMBER)
        return wrong_type(L, -1, name, "a whole number", error);
    number = lua_tonumber(L, -1);
    if (number != floor(number) || isinf(number))
        return pgaii_lua_usage(error, "%s must be a whole number", name);
    *out = pgaii_lua_is_integer(L, -1) && lua_tointeger(L, -1) != PGAI_UNSET
               ? (int64_t)lua_tointeger(L, -1)
               : nearest(number);
    return true;
}

bool pgaii_lua_read_integer(lua_State *L, int table, const char *name, int64_t *out,
                            pgai_error *error)
{
    bool good;

    pgaii_lua_get_field(L, table, name);
    good = to_integer(L, name, out, error);
    lua_pop(L, 1);
    return good;
}

static bool to_seconds(lua_State *L, const char *name, int64_t *out, pgai_error *error)
{
    /* About 31,000 years: far below where a double of milliseconds stops being exact. */
    const lua_Number most = 1e12;
    lua_Number seconds = HUGE_VAL;

    if (lua_isnil(L, -1))
        return true;
    if (lua_type(L, -1) == LUA_TNUMBER)
        seconds = lua_tonumber(L, -1);
    else if (!lua_isboolean(L, -1) || lua_toboolean(L, -1))
        return wrong_type(L, -1, name, "a number of seconds or false", error);
    if (!(seconds > 0))
        return pgaii_lua_usage(
            error, "%s must be more than 0 seconds; false means no end", name);
    *out = seconds > most ? PGAI_FOREVER : (int64_t)ceil(seconds * 1000);
    return true;
}

bool pgaii_lua_read_seconds(lua_State *L, int table, const char *name, int64_t *out,
                            pgai_error *error)
{
    bool good;

    pgaii_lua_get_field(L, table, name);
    good = to_seconds(L, name, out, error);
    lua_pop(L, 1);
    return good;
}

bool pgaii_lua_read_number(lua_State *L, int table, const char *name, double *out,
                           pgai_error *error)
{
    bool good = true;

    pgaii_lua_get_field(L, table, name);
    if (lua_type(L, -1) == LUA_TNUMBER)
        *out = lua_tonumber(L, -1);
    else if (!lua_isnil(L, -1))
        good = wrong_type(L, -1, name, "a number", error);
    lua_pop(L, 1);
    return good;
}

bool pgaii_lua_read_flag(lua_State *L, int table, const char *name, int *out,
                         pgai_error *error)
{
    bool good = true;

    pgaii_lua_get_field(L, table, name);
    if (lua_isboolean(L, -1))
        *out = lua_toboolean(L, -1);
    else if (!lua_isnil(L, -1))
        good = wrong_type(L, -1, name, "a boolean", error);
    lua_pop(L, 1);
    return good;
}

const char **
pgaii_lua_push_texts(lua_State *L, int list, const char *item, pgai_error *error)
{
    size_t count = lua_rawlen(L, list);
    const char **texts = lua_newuserdata(L, (count + 1) * sizeof(*texts));

    for (size_t i = 0; i < count; i++) {
        char name[48];
        bool good;

        snprintf(name, sizeof(name), "%s %zu of %zu", item, i + 1, count);
        lua_rawgeti(L, list, (int)i + 1);
        good = pgaii_lua_read_value(L, -1, name, &texts[i], error);
        /* The table holds the text. */
        lua_pop(L, 1);
        if (!good)
            return NULL;
    }
    return texts;
}

int64_t pgaii_lua_check_time(lua_State *L, int index)
{
    lua_Number now = luaL_checknumber(L, index);

    luaL_argcheck(L, now == now, index, "a time must be a number");
    return nearest(floor(now));
}
