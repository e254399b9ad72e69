/* Responses and failures, from what a transport in Lua gave. */
#include "response.h"

#include <stdbool.h>
#include <string.h>

#include "compat.h"
#include "table.h"

/* The kinds of failures that a transport can report. */
static const pgai_status causes[] = {
    PGAI_CONNECT,  PGAI_TLS,        PGAI_TIMEOUT,       PGAI_CONNECTION_LOST,
    PGAI_PROTOCOL, PGAI_TOO_LARGE,  PGAI_NO_MEMORY,     PGAI_CANCELLED,
    PGAI_EXITING,  PGAI_OVERLOADED, PGAI_NOT_YIELDABLE,
};

static pgai_text text_at(lua_State *L, int index)
{
    pgai_text text;

    text.data = lua_tolstring(L, index, &text.length);
    return text;
}

/* How many headers one entry of the table stands for; its name is at -2. */
static size_t values_of(lua_State *L)
{
    if (lua_type(L, -2) != LUA_TSTRING ||
        (!lua_istable(L, -1) && lua_type(L, -1) != LUA_TSTRING))
        luaL_error(L, "pgai: the transport's headers must be strings, or lists of them");
    return lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
}

static size_t count_headers(lua_State *L, int table)
{
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        count += values_of(L);
    return count;
}

/* The values of the list on top of the stack, all of the name below it. */
static size_t add_list(lua_State *L, pgai_header *out)
{
    size_t count = lua_rawlen(L, -1);

    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, -1, (int)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "pgai: the transport's headers must be strings");
        out[i] = (pgai_header){text_at(L, -3), text_at(L, -1)};
        lua_pop(L, 1);
    }
    return count;
}

static void read_headers(lua_State *L, int table, pgai_response *out)
{
    size_t most = count_headers(L, table);
    pgai_header *headers = lua_newuserdata(L, (most + 1) * sizeof(*headers));
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_istable(L, -1))
            count += add_list(L, headers + count);
        else
            headers[count++] = (pgai_header){text_at(L, -2), text_at(L, -1)};
    }
    out->headers = headers;
    out->header_count = count;
}

/* Other numbers would be cut to a status that was never sent. */
static int read_status(lua_State *L, int index)
{
    lua_Number status = lua_tonumber(L, index);

    if (!(status >= 100 && status <= 999) || status != (int)status)
        luaL_error(L, "pgai: the transport must return a status of three digits");
    return (int)status;
}

void pgaii_lua_response_read(lua_State *L, int first, pgai_response *out)
{
    lua_settop(L, first + 2);
    if (lua_type(L, first) != LUA_TNUMBER || !lua_istable(L, first + 1))
        luaL_error(L, "pgai: the transport must return a status and a table of headers");
    if (!lua_isnil(L, first + 2) && lua_type(L, first + 2) != LUA_TSTRING)
        luaL_error(L, "pgai: the transport must return the body as a string");
    luaL_checkstack(L, 5, "a response");
    out->status = read_status(L, first);
    out->body = text_at(L, first + 2);
    read_headers(L, first + 1, out);
}

static pgai_status read_cause(lua_State *L, int table)
{
    const char *kind;

    pgaii_lua_get_field(L, table, "kind");
    kind = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if (strcmp(kind, pgai_status_name(causes[i])) == 0) {
            lua_pop(L, 1);
            return causes[i];
        }
    }
    luaL_error(L, "pgai: the transport's failure has an unknown kind: %s", kind);
    return PGAI_PROTOCOL;
}

static bool read_flag(lua_State *L, int table, const char *name, bool missing)
{
    bool flag;

    pgaii_lua_get_field(L, table, name);
    flag = lua_isnil(L, -1) ? missing : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

void pgaii_lua_failure_read(lua_State *L, int index, pgai_failure *out)
{
    luaL_checkstack(L, 3, "a failure");
    if (!lua_istable(L, index))
        luaL_error(L, "pgai: the transport must return a status, or nil and a failure");
    out->status = read_cause(L, index);
    out->sent = read_flag(L, index, "sent", true);
    out->permanent = read_flag(L, index, "permanent", false);
    pgaii_lua_get_field(L, index, "message");
    out->message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
}

/* Adds a value to a name of the table on top of the stack, where there is a list of them
 * from the second on. */
static void add_value(lua_State *L, const pgai_header *header)
{
    int headers = lua_gettop(L);

    lua_pushlstring(L, header->name.data, header->name.length);
    lua_pushvalue(L, -1);
    lua_rawget(L, headers);
    if (lua_isstring(L, -1)) {
        lua_createtable(L, 2, 0);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    }
    lua_pushlstring(L, header->value.data, header->value.length);
    if (lua_istable(L, -2))
        lua_rawseti(L, -2, (int)lua_rawlen(L, -2) + 1);
    else
        lua_replace(L, -2);
    lua_rawset(L, headers);
}

int pgaii_lua_response_push(lua_State *L, const pgai_response *response)
{
    luaL_checkstack(L, 8, "a response");
    lua_pushinteger(L, response->status);
    lua_createtable(L, 0, (int)response->header_count);
    for (size_t i = 0; i < response->header_count; i++)
        add_value(L, &response->headers[i]);
    lua_pushlstring(L, response->body.length ? response->body.data : "",
                    response->body.length);
    return 3;
}

int pgaii_lua_failure_push(lua_State *L, const pgai_failure *failure)
{
    luaL_checkstack(L, 4, "a failure");
    lua_pushnil(L);
    lua_createtable(L, 0, 6);
    pgaii_lua_set_text(L, "kind", pgai_status_name(failure->status));
    pgaii_lua_set_flag(L, "sent", failure->sent);
    pgaii_lua_set_flag(L, "permanent", failure->permanent);
    if (failure->message)
        pgaii_lua_set_text(L, "message", failure->message);
    return 2;
}
