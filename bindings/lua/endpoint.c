/* Requests to any endpoint: what is given for one, and the response as a table. */
#include "endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "encode.h"
#include "error.h"
#include "read.h"
#include "shape.h"
#include "table.h"

/* A query is first brought into the form of a list of texts, names and values in turn,
 * which keeps them alive. */
typedef struct parts {
    lua_State *L;
    int list; /* index of the list */
    pgai_error *error;
} parts;

/* Adds the name at that index and the text on top of the stack, which is popped. */
static void add_text(const parts *out, int name)
{
    int length = (int)lua_rawlen(out->L, out->list);

    lua_pushvalue(out->L, name);
    lua_rawseti(out->L, out->list, length + 1);
    lua_rawseti(out->L, out->list, length + 2);
}

static bool refuse(const parts *out, const char *place)
{
    lua_State *L = out->L;

    if (lua_islightuserdata(L, -1) && !lua_touserdata(L, -1))
        return pgaii_lua_usage(out->error, "%s is pgai.null; leave it out", place);
    return pgaii_lua_usage(out->error,
                           "%s must be a string, a number, a boolean or a list of those, "
                           "not %s",
                           place, luaL_typename(L, -1));
}

/* Adds the name at that index, and the value on top of the stack, which is popped. */
static bool add_scalar(const parts *out, int name, const char *place)
{
    lua_State *L = out->L;
    int value = lua_gettop(L);
    const char *text;

    switch (lua_type(L, value)) {
    case LUA_TSTRING:
        if (!pgaii_lua_read_value(L, value, place, &text, out->error))
            return false;
        break;
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
        text = pgaii_lua_encode(L, value, place, out->error);
        if (!text)
            return false;
        lua_pushstring(L, text);
        break;
    default:
        return refuse(out, place);
    }
    add_text(out, name);
    lua_settop(L, value - 1);
    return true;
}

/* The same with a value that may be a list. */
static bool add_value(const parts *out, int name)
{
    lua_State *L = out->L;
    int value = lua_gettop(L);
    lua_Integer count = 0;
    pgaii_lua_shape shape;
    char place[128];

    snprintf(place, sizeof(place), "query.%s", lua_tostring(L, name));
    if (!lua_istable(L, value))
        return add_scalar(out, name, place);
    shape = pgaii_lua_shape_of(L, &count);
    if (shape != PGAII_LUA_SHAPE_ARRAY && (shape != PGAII_LUA_SHAPE_OBJECT || count))
        return refuse(out, place);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, value, (int)i);
        if (!add_scalar(out, name, place))
            return false;
    }
    lua_pop(L, 1);
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a table come in any order. */
static bool add_named(const parts *out, int query, lua_Integer count)
{
    lua_State *L = out->L;
    const char **names = lua_newuserdata(L, ((size_t)count + 1) * sizeof(*names));
    size_t found = 0;

    for (lua_pushnil(L); lua_next(L, query); lua_pop(L, 1)) {
        if (!pgaii_lua_read_value(L, -2, "a name in query", &names[found++], out->error))
            return false;
    }
    qsort(names, found, sizeof(*names), compare);
    for (size_t i = 0; i < found; i++) {
        lua_pushstring(L, names[i]);
        pgaii_lua_get_field(L, query, names[i]);
        if (!add_value(out, lua_gettop(L) - 1))
            return false;
        lua_pop(L, 1);
    }
    return true;
}

static bool add_pairs(const parts *out, int query, lua_Integer count)
{
    lua_State *L = out->L;
    int pair = lua_gettop(L) + 1;
    const char *name;

    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, query, (int)i);
        if (!lua_istable(L, pair) || lua_rawlen(L, pair) != 2)
            return pgaii_lua_usage(out->error, "query[%lld] must be {name, value}",
                                   (long long)i);
        lua_rawgeti(L, pair, 1);
        if (!pgaii_lua_read_value(L, -1, "a name in query", &name, out->error))
            return false;
        lua_rawgeti(L, pair, 2);
        if (!add_value(out, pair + 1))
            return false;
        lua_settop(L, pair - 1);
    }
    return true;
}

static void set_query(const parts *in, pgai_request_options *out)
{
    lua_State *L = in->L;
    size_t count = lua_rawlen(L, in->list) / 2;
    pgai_parameter *query = lua_newuserdata(L, (count + 1) * sizeof(*query));

    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, in->list, (int)(2 * i + 1));
        lua_rawgeti(L, in->list, (int)(2 * i + 2));
        query[i] = (pgai_parameter){lua_tostring(L, -2), lua_tostring(L, -1)};
        lua_pop(L, 2);
    }
    out->query = query;
    out->query_count = count;
}

static bool
read_query(lua_State *L, int table, pgai_request_options *out, pgai_error *error)
{
    int query = lua_gettop(L) + 1;
    const parts list = {L, query + 1, error};
    lua_Integer count = 0;
    pgaii_lua_shape shape;
    bool good;

    pgaii_lua_get_field(L, table, "query");
    if (lua_isnil(L, query))
        return true;
    if (!lua_istable(L, query))
        return pgaii_lua_usage(error, "query must be a table, not %s",
                               luaL_typename(L, query));
    shape = pgaii_lua_shape_of(L, &count);
    lua_newtable(L);
    if (shape == PGAII_LUA_SHAPE_OBJECT)
        good = add_named(&list, query, count);
    else if (shape == PGAII_LUA_SHAPE_ARRAY)
        good = add_pairs(&list, query, count);
    else
        return pgaii_lua_usage(
            error, "query must be values by name, or a list of {name, value}");
    if (good)
        set_query(&list, out);
    return good;
}

static bool
read_json(lua_State *L, int table, pgai_request_options *out, pgai_error *error)
{
    pgaii_lua_get_field(L, table, "json");
    if (lua_isnil(L, -1))
        return true;
    out->json = pgaii_lua_encode(L, lua_gettop(L), "json", error);
    return out->json != NULL;
}

bool pgaii_lua_endpoint_read(lua_State *L, int table, pgai_request_options *out,
                             pgai_error *error)
{
    luaL_checkstack(L, 16, "a request");
    out->method = "GET";
    pgaii_lua_get_field(L, table, "path");
    return pgaii_lua_read_value(L, -1, "path", &out->path, error) &&
           pgaii_lua_read_text(L, table, "method", &out->method, error) &&
           read_query(L, table, out, error) && read_json(L, table, out, error);
}

static void push_lower(lua_State *L, pgai_text name)
{
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];

        luaL_addchar(&out, byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte);
    }
    luaL_pushresult(&out);
}

static void push_headers(lua_State *L, const pgai_response *response)
{
    int headers = lua_gettop(L) + 1;

    lua_createtable(L, 0, (int)response->header_count);
    for (size_t i = 0; i < response->header_count; i++) {
        pgai_text value = response->headers[i].value;

        push_lower(L, response->headers[i].name);
        lua_pushvalue(L, -1);
        lua_rawget(L, headers);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlstring(L, value.data, value.length);
        } else {
            lua_pushliteral(L, ", ");
            lua_pushlstring(L, value.data, value.length);
            lua_concat(L, 3);
        }
        lua_rawset(L, headers);
    }
}

void pgaii_lua_endpoint_push(lua_State *L, const pgai_response *response,
                             pgaii_lua_nulls nulls)
{
    luaL_checkstack(L, 8, "a response");
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, response->status);
    lua_setfield(L, -2, "status");
    push_headers(L, response);
    lua_setfield(L, -2, "headers");
    if (response->body.data) {
        lua_pushlstring(L, response->body.data, response->body.length);
        lua_setfield(L, -2, "text");
        pgaii_lua_decode(L, response->body, nulls);
        lua_setfield(L, -2, "json");
    }
}
