/* Requests, as tables for transports. */
#include "request.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "compat.h"
#include "exchange.h"
#include "table.h"

/* A longer wait has no end; far below what 64 bits hold in milliseconds. */
enum { MAX_SECONDS = 1000000000 };

/* Those of the library are about five. */
enum { MAX_HEADERS = 256 };

/* No end is math.huge. */
static void set_seconds(lua_State *L, const char *name, int64_t ms)
{
    lua_pushnumber(L, ms == PGAI_FOREVER ? HUGE_VAL : (lua_Number)ms / 1000);
    lua_setfield(L, -2, name);
}

static void set_headers(lua_State *L, const pgai_request *request)
{
    lua_createtable(L, (int)request->header_count, 0);
    for (size_t i = 0; i < request->header_count; i++) {
        const pgai_header *header = &request->headers[i];

        lua_createtable(L, 2, 0);
        lua_pushlstring(L, header->name.data, header->name.length);
        lua_rawseti(L, -2, 1);
        lua_pushlstring(L, header->value.data, header->value.length);
        lua_rawseti(L, -2, 2);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "headers");
}

void pgaii_lua_request_push(lua_State *L, const pgai_request *request)
{
    luaL_checkstack(L, 5, "a request");
    lua_createtable(L, 0, 11);
    pgaii_lua_set_text(L, "method", request->method);
    pgaii_lua_set_text(L, "url", request->url);
    pgaii_lua_set_text(L, "target", request->target);
    pgaii_lua_set_text(L, "host", request->host);
    lua_pushinteger(L, request->port);
    lua_setfield(L, -2, "port");
    pgaii_lua_set_flag(L, "tls", request->tls);
    pgaii_lua_set_flag(L, "once", request->once);
    set_seconds(L, "timeout", request->timeout_ms);
    set_seconds(L, "connect_timeout", request->connect_timeout_ms);
    set_headers(L, request);
    if (request->body.data) {
        lua_pushlstring(L, request->body.data, request->body.length);
        lua_setfield(L, -2, "body");
    }
}

int64_t pgaii_lua_milliseconds(lua_Number seconds)
{
    if (!(seconds > 0))
        return 0;
    return (int64_t)ceil((seconds < MAX_SECONDS ? seconds : MAX_SECONDS) * 1000);
}

/* Members are left on the stack, for callers that borrow their texts. */

static const char *need_text(lua_State *L, int table, const char *name)
{
    const char *text;
    size_t length;

    pgaii_lua_get_field(L, table, name);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "request.%s must be a string", name);
    text = lua_tolstring(L, -1, &length);
    if (strlen(text) != length)
        luaL_error(L, "request.%s contains a NUL character", name);
    return text;
}

static int64_t need_seconds(lua_State *L, int table, const char *name)
{
    pgaii_lua_get_field(L, table, name);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "request.%s must be a number of seconds", name);
    return pgaii_lua_milliseconds(lua_tonumber(L, -1));
}

static int need_port(lua_State *L, int table)
{
    lua_Number port;

    pgaii_lua_get_field(L, table, "port");
    port = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (!(port >= 1 && port <= 65535) || port != (int)port)
        luaL_error(L, "request.port must be a whole number from 1 to 65535");
    return (int)port;
}

static bool is_set(lua_State *L, int table, const char *name)
{
    pgaii_lua_get_field(L, table, name);
    return lua_toboolean(L, -1);
}

/* One of a header's two texts, which its pair keeps. */
static bool read_text(lua_State *L, int pair, int place, pgai_text *out)
{
    lua_rawgeti(L, pair, place);
    out->data =
        lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &out->length) : NULL;
    lua_pop(L, 1);
    return out->data != NULL;
}

static void read_headers(lua_State *L, int table, pgai_request *out)
{
    int list = lua_gettop(L) + 1;
    pgai_header *headers;

    pgaii_lua_get_field(L, table, "headers");
    if (!lua_istable(L, list))
        luaL_error(L, "request.headers must be a list of {name, value}");
    out->header_count = lua_rawlen(L, list);
    if (out->header_count > MAX_HEADERS)
        luaL_error(L, "request.headers has more than %d lines", MAX_HEADERS);
    headers = lua_newuserdata(L, (out->header_count + 1) * sizeof(*headers));
    for (size_t i = 0; i < out->header_count; i++) {
        lua_rawgeti(L, list, (int)i + 1);
        if (!lua_istable(L, -1) || !read_text(L, list + 2, 1, &headers[i].name) ||
            !read_text(L, list + 2, 2, &headers[i].value))
            luaL_error(L, "request.headers[%d] must be {name, value}", (int)i + 1);
        lua_pop(L, 1);
    }
    out->headers = headers;
}

static void read_request(lua_State *L, int table, pgai_request *out)
{
    luaL_checkstack(L, 16, "a request");
    *out = (pgai_request){.method = need_text(L, table, "method")};
    out->url = need_text(L, table, "url");
    out->target = need_text(L, table, "target");
    out->host = need_text(L, table, "host");
    out->port = need_port(L, table);
    out->tls = is_set(L, table, "tls");
    out->once = is_set(L, table, "once");
    out->timeout_ms = need_seconds(L, table, "timeout");
    out->connect_timeout_ms = need_seconds(L, table, "connect_timeout");
    read_headers(L, table, out);
    pgaii_lua_get_field(L, table, "body");
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "request.body must be a string");
    out->body.data = lua_tolstring(L, -1, &out->body.length);
}

const pgai_request *pgaii_lua_request_at(lua_State *L, int index, pgai_request *room)
{
    const pgaii_lua_request *call = luaL_testudata(L, index, PGAII_LUA_REQUEST);

    if (call && !call->request)
        luaL_error(L, "the call has no request to send");
    if (call)
        return call->request;
    luaL_checktype(L, index, LUA_TTABLE);
    read_request(L, index, room);
    return room;
}
