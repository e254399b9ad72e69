#include "request.h"

#include <math.h>

#include "compat.h"

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, int flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, name);
}

/* Without end is math.huge. */
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
    set_text(L, "method", request->method);
    set_text(L, "url", request->url);
    set_text(L, "target", request->target);
    set_text(L, "host", request->host);
    lua_pushinteger(L, request->port);
    lua_setfield(L, -2, "port");
    set_flag(L, "tls", request->tls);
    set_flag(L, "once", request->once);
    set_seconds(L, "timeout", request->timeout_ms);
    set_seconds(L, "connect_timeout", request->connect_timeout_ms);
    set_headers(L, request);
    if (request->body.data) {
        lua_pushlstring(L, request->body.data, request->body.length);
        lua_setfield(L, -2, "body");
    }
}
