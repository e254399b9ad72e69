/* Errors, as the tables that errors.lua makes of them. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "decode.h"
#include "table.h"

bool pgaii_lua_usage(pgai_error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error->message, sizeof(error->message), format, args);
    va_end(args);
    error->status = PGAI_USAGE;
    return false;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (text[0])
        pgaii_lua_set_text(L, name, text);
}

static void set_numbers(lua_State *L, const pgai_error *error)
{
    if (error->http_status) {
        lua_pushinteger(L, error->http_status);
        lua_setfield(L, -2, "status");
    }
    if (error->retry_after_ms) {
        lua_pushnumber(L, (lua_Number)error->retry_after_ms / 1000);
        lua_setfield(L, -2, "retry_after");
    }
    lua_pushinteger(L, error->requests);
    lua_setfield(L, -2, "requests");
    lua_pushboolean(L, error->outcome_unknown);
    lua_setfield(L, -2, "outcome_unknown");
}

void pgaii_lua_error_push(lua_State *L, const pgai_error *error)
{
    luaL_checkstack(L, 3, "an error of the service");
    lua_createtable(L, 0, 10);
    set_text(L, "kind", pgai_status_name(error->status));
    set_text(L, "message", error->message);
    set_text(L, "code", error->code);
    set_text(L, "request_id", error->request_id);
    set_text(L, "permission", error->permission);
    set_numbers(L, error);
    if (error->details[0]) {
        pgaii_lua_decode(L, (pgai_text){error->details, strlen(error->details)},
                         PGAII_LUA_NULL_OMITTED);
        lua_setfield(L, -2, "details");
    }
}

int pgaii_lua_fail(lua_State *L, const pgai_error *error)
{
    lua_pushnil(L);
    pgaii_lua_error_push(L, error);
    return 2;
}

int pgaii_lua_fail_memory(lua_State *L)
{
    pgai_error error = PGAI_ERROR_INIT;

    error.status = PGAI_NO_MEMORY;
    snprintf(error.message, sizeof(error.message), "%s",
             pgai_status_text(PGAI_NO_MEMORY));
    return pgaii_lua_fail(L, &error);
}
