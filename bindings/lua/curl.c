/* The module pgai.curl: core/engine's transport. Requests go in, responses come out,
 * several at once. It never calls Lua, so the caller may yield between its calls. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include <pgai/transport.h>

#include "error.h"
#include "exchange.h"
#include "request.h"
#include "response.h"
#include "shared_pace.h"
#include "table.h"

#define TRANSPORT "pgai.curl.transport"

/* A transport, and the responses that borrow from it: it goes with the last of them. */
typedef struct shared {
    pgai_transport *transport;
    size_t owners;
} shared;

typedef struct transport {
    shared *shared; /* NULL: closed */
} transport;

typedef struct response {
    pgaii_lua_response base;
    shared *shared; /* NULL: released */
    uint64_t id;
} response;

static void disown(shared **owned)
{
    shared *it = *owned;

    *owned = NULL;
    if (it && --it->owners == 0) {
        pgai_transport_free(it->transport);
        free(it);
    }
}

static pgai_transport *check_transport(lua_State *L)
{
    transport *self = luaL_checkudata(L, 1, TRANSPORT);

    if (!self->shared)
        luaL_error(L, "the transport is closed: make a new one");
    return self->shared->transport;
}

/* transport:submit(request): a number, or nil and a failure. The request is that of the
 * transport contract, or a call of core.so. */
static int transport_submit(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    pgai_failure failure;
    pgai_request room;
    uint64_t id;

    id = pgai_transport_submit(self, pgaii_lua_request_at(L, 2, &room), &failure);
    if (!id)
        return pgaii_lua_failure_push(L, &failure);
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

/* transport:wait(seconds): the number of an exchange that is over; or nil, after those
 * seconds, or 200 ms, or a signal. */
static int transport_wait(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    int64_t until =
        pgai_transport_now_ms() + pgaii_lua_milliseconds(luaL_checknumber(L, 2));
    uint64_t id = pgai_transport_wait(self, until);

    if (!id)
        return 0;
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

/* transport:fd(): the descriptor, readable when wait() has something to do; or nil, if
 * the process was forked and no descriptors are left. */
static int transport_fd(lua_State *L)
{
    int fd = pgai_transport_fd(check_transport(L));

    if (fd < 0)
        return 0;
    lua_pushinteger(L, fd);
    return 1;
}

static void release_response(pgaii_lua_response *base)
{
    response *self = (response *)base;

    base->release = NULL;
    if (self->shared)
        pgai_transport_release(self->shared->transport, self->id);
    disown(&self->shared);
}

/* transport:result(id): a response, or nil and a failure. The exchange is then the
 * response's to release, or released. */
static int transport_result(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
    response *out = lua_newuserdata(L, sizeof(*out));
    pgai_failure failure;
    pgai_status status;

    *out = (response){.shared = NULL};
    luaL_setmetatable(L, PGAII_LUA_RESPONSE);
    status = pgai_transport_result(self, id, &out->base.response, &failure);
    if (status == PGAI_USAGE)
        return luaL_error(L, "no exchange with this number is over");
    if (status != PGAI_OK) {
        pgaii_lua_failure_push(L, &failure);
        pgai_transport_release(self, id);
        return 2;
    }
    out->shared = ((transport *)lua_touserdata(L, 1))->shared;
    out->shared->owners++;
    out->id = id;
    out->base.release = release_response;
    return 1;
}

/* transport:release(id): release an exchange; one that is not over is abandoned. */
static int transport_release(lua_State *L)
{
    pgai_transport *self = check_transport(L);

    pgai_transport_release(self, (uint64_t)luaL_checkinteger(L, 2));
    return 0;
}

/* transport:close(): close all connections; also the collector's. */
static int transport_close(lua_State *L)
{
    transport *self = luaL_checkudata(L, 1, TRANSPORT);

    disown(&self->shared);
    return 0;
}

/* response:read(): status, headers and body, as the transport contract has them; the
 * response is then released. */
static int response_read(lua_State *L)
{
    response *self = luaL_checkudata(L, 1, PGAII_LUA_RESPONSE);

    if (!self->shared)
        return luaL_error(L, "the response was read before");
    pgaii_lua_response_push(L, &self->base.response);
    release_response(&self->base);
    return 3;
}

static int answer_gc(lua_State *L)
{
    release_response(luaL_checkudata(L, 1, PGAII_LUA_RESPONSE));
    return 0;
}

/* curl.now(): seconds of a clock that never goes backwards. */
static int curl_now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)pgai_transport_now_ms() / 1000);
    return 1;
}

/* curl.new(base_url, user_agent, proxy, ca): a transport, or nil and the fields of an
 * error. Each may be nil. */
static int curl_new(lua_State *L)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    transport *self;

    options.base_url = luaL_optstring(L, 1, NULL);
    options.user_agent = luaL_optstring(L, 2, NULL);
    options.proxy = luaL_optstring(L, 3, NULL);
    options.ca = luaL_optstring(L, 4, NULL);
    self = lua_newuserdata(L, sizeof(*self));
    self->shared = NULL;
    luaL_setmetatable(L, TRANSPORT);
    self->shared = calloc(1, sizeof(*self->shared));
    if (!self->shared)
        return pgaii_lua_fail_memory(L);
    self->shared->owners = 1;
    if (pgai_transport_new(&options, &self->shared->transport, &error) == PGAI_OK)
        return 1;
    disown(&self->shared);
    return pgaii_lua_fail(L, &error);
}

static const luaL_Reg transport_methods[] = {
    {"submit", transport_submit},   {"wait", transport_wait},
    {"fd", transport_fd},           {"result", transport_result},
    {"release", transport_release}, {"close", transport_close},
    {"__gc", transport_close},      {NULL, NULL},
};

static const luaL_Reg answer_methods[] = {
    {"read", response_read},
    {"__gc", answer_gc},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"new", curl_new},
    {"now", curl_now},
    {"shared_pace", pgaii_lua_shared_pace_new},
    {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_pgai_curl(lua_State *L);

int luaopen_pgai_curl(lua_State *L)
{
    pgaii_lua_make_type(L, TRANSPORT, transport_methods);
    pgaii_lua_make_type(L, PGAII_LUA_RESPONSE, answer_methods);
    pgaii_lua_shared_pace_open(L);
    luaL_newlib(L, functions);
    return 1;
}
