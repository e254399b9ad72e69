/* HTTP/1.1 for transports with sockets of their own. */
#include "http1.h"

#include <string.h>

#include <pgai/http1.h>

#include "compat.h"
#include "exchange.h"
#include "request.h"
#include "response.h"
#include "table.h"

typedef struct reader {
    pgaii_lua_response base; /* first: what calls take */
    pgai_http1 *http;        /* NULL: over */
} reader;

static reader *check(lua_State *L)
{
    reader *self = luaL_checkudata(L, 1, PGAII_LUA_HTTP1);

    if (!self->http)
        luaL_error(L, "pgai: the exchange is over");
    return self;
}

static void release(pgaii_lua_response *base)
{
    reader *self = (reader *)base;

    pgai_http1_free(self->http);
    *self = (reader){{{0, NULL, 0, {NULL, 0}}, NULL}, NULL};
}

static int collect(lua_State *L)
{
    release(luaL_checkudata(L, 1, PGAII_LUA_HTTP1));
    return 0;
}

static int push_failed(lua_State *L, reader *self)
{
    pgaii_lua_failure_push(L, pgai_http1_failure(self->http));
    lua_pushboolean(L, pgai_http1_began(self->http));
    lua_setfield(L, -2, "began");
    release(&self->base);
    return 2;
}

static reader *push_new(lua_State *L)
{
    reader *self = lua_newuserdata(L, sizeof(*self));

    *self = (reader){{{0, NULL, 0, {NULL, 0}}, release}, NULL};
    luaL_getmetatable(L, PGAII_LUA_HTTP1);
    lua_setmetatable(L, -2);
    return self;
}

int pgaii_lua_http1_new(lua_State *L)
{
    static const pgai_failure no_memory = {PGAI_NO_MEMORY, 0, 1, NULL};
    pgai_request room;
    const pgai_request *request = pgaii_lua_request_at(L, 1, &room);
    reader *self = push_new(L);
    pgai_text bytes;

    if (pgai_http1_new(&self->http, NULL) != PGAI_OK)
        return pgaii_lua_failure_push(L, &no_memory);
    bytes = pgai_http1_begin(self->http, request);
    if (!bytes.data)
        return push_failed(L, self);
    luaL_checkstack(L, 7, "a request");
    lua_pushlstring(L, bytes.data, bytes.length);
    lua_pushstring(L, request->host);
    lua_pushinteger(L, request->port);
    lua_pushboolean(L, request->tls);
    lua_pushboolean(L, request->once);
    pgaii_lua_push_integer(L, request->timeout_ms);
    pgaii_lua_push_integer(L, request->connect_timeout_ms);
    return 8;
}

static int push_step(lua_State *L, reader *self, pgai_http1_step step)
{
    if (step == PGAI_HTTP1_WHOLE) {
        self->base.response = *pgai_http1_response(self->http);
        lua_pushliteral(L, "whole");
        lua_pushboolean(L, pgai_http1_reusable(self->http));
        lua_pushinteger(L, self->base.response.status);
        return 3;
    }
    if (step == PGAI_HTTP1_FAILED) {
        push_failed(L, self);
        lua_pushliteral(L, "failed");
        lua_replace(L, -3);
        return 2;
    }
    lua_pushliteral(L, "more");
    return 1;
}

static int receive(lua_State *L)
{
    reader *self = check(L);
    size_t length;
    const char *bytes = luaL_checklstring(L, 2, &length);

    return push_step(L, self, pgai_http1_receive(self->http, bytes, length));
}

static int close_reader(lua_State *L)
{
    reader *self = check(L);
    const char *reason = luaL_checkstring(L, 2);

    return push_step(
        L, self, pgai_http1_end(self->http, strcmp(reason, "closed") ? reason : NULL));
}

static int read(lua_State *L)
{
    reader *self = check(L);

    if (!self->base.response.status)
        return luaL_error(L, "pgai: the response is not whole");
    pgaii_lua_response_push(L, &self->base.response);
    release(&self->base);
    return 3;
}

static const luaL_Reg methods[] = {
    {"receive", receive}, {"close", close_reader}, {"read", read}, {"__gc", collect},
    {NULL, NULL},
};

void pgaii_lua_http1_open(lua_State *L)
{
    pgaii_lua_make_type(L, PGAII_LUA_HTTP1, methods);
}
