/* The module pgai.curl: core/client's transport. Requests go in, answers come out,
 * several at once. It never calls Lua, so whoever waits may yield between its calls. */
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdlib.h>

#include <pgai/transport.h>

#include "exchange.h"

#define TRANSPORT "pgai.curl.transport"

/* Seconds beyond which a wait has no end; far below what 64 bits hold in milliseconds. */
enum { LONGEST_SECONDS = 1000000000 };

/* Header lines of a request; those of the library are about five. */
enum { MOST_HEADERS = 256 };

/* A transport, and the answers that borrow from it: it goes with the last of them. */
typedef struct shared {
    pgai_transport *transport;
    size_t owners;
} shared;

typedef struct transport {
    shared *shared; /* NULL: closed */
} transport;

typedef struct answer {
    pgaii_lua_answer base;
    shared *shared; /* NULL: released */
    uint64_t id;
} answer;

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

static void set_boolean(lua_State *L, const char *name, int value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

static int push_failure(lua_State *L, const pgai_failure *failure)
{
    lua_pushnil(L);
    lua_createtable(L, 0, 4);
    set_text(L, "kind", pgai_status_name(failure->status));
    set_boolean(L, "sent", failure->sent);
    set_boolean(L, "permanent", failure->permanent);
    if (failure->message)
        set_text(L, "message", failure->message);
    return 2;
}

/* Push a member of the table at @p index, without metamethods. */
static void push_member(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
}

/* The member stays on the stack, which keeps the text. */
static const char *need_text(lua_State *L, int index, const char *name)
{
    push_member(L, index, name);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "request.%s must be a string", name);
    return lua_tostring(L, -1);
}

static int64_t to_ms(lua_Number seconds)
{
    if (!(seconds > 0))
        return 0;
    /* Rounded up: a wait that ends early would have to be waited again. */
    return (int64_t)((seconds < LONGEST_SECONDS ? seconds : LONGEST_SECONDS) * 1000 +
                     0.999);
}

static int64_t need_ms(lua_State *L, int index, const char *name)
{
    int64_t ms;

    push_member(L, index, name);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "request.%s must be a number of seconds", name);
    ms = to_ms(lua_tonumber(L, -1));
    lua_pop(L, 1);
    return ms;
}

static bool read_text(lua_State *L, int index, int place, pgai_text *out)
{
    lua_rawgeti(L, index, place);
    out->data =
        lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &out->length) : NULL;
    lua_pop(L, 1); /* The table keeps it. */
    return out->data != NULL;
}

/* The list of pairs at the top of the stack; the array is left there in its place. */
static void read_headers(lua_State *L, pgai_request *out)
{
    pgai_header *headers = lua_newuserdata(L, MOST_HEADERS * sizeof(*headers));
    int list = lua_gettop(L) - 1;

    out->headers = headers;
    for (int i = 1; lua_rawgeti(L, list, i), !lua_isnil(L, -1); i++) {
        int pair = lua_gettop(L);

        if (i > MOST_HEADERS)
            luaL_error(L, "request.headers has more than %d lines", MOST_HEADERS);
        if (!lua_istable(L, pair) || !read_text(L, pair, 1, &headers[i - 1].name) ||
            !read_text(L, pair, 2, &headers[i - 1].value))
            luaL_error(L, "request.headers[%d] must be {name, value}", i);
        lua_pop(L, 1);
        out->header_count = (size_t)i;
    }
    lua_pop(L, 1);
}

/* Read a request of the transport contract; its texts are borrowed from the table. */
static void read_request(lua_State *L, int index, pgai_request *out)
{
    *out = (pgai_request){.method = need_text(L, index, "method")};
    out->url = need_text(L, index, "url");
    out->host = need_text(L, index, "host");
    out->timeout_ms = need_ms(L, index, "timeout");
    out->connect_timeout_ms = need_ms(L, index, "connect_timeout");
    push_member(L, index, "once");
    out->once = lua_toboolean(L, -1);
    push_member(L, index, "body");
    if (lua_type(L, -1) == LUA_TSTRING)
        out->body.data = lua_tolstring(L, -1, &out->body.length);
    push_member(L, index, "headers");
    if (lua_type(L, -1) != LUA_TTABLE)
        luaL_error(L, "request.headers must be a list of {name, value}");
    read_headers(L, out);
}

/* transport:submit(request): a number, or nil and a failure. The request is that of the
 * transport contract, or a call of core.so. */
static int transport_submit(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    const pgaii_lua_request *call = luaL_testudata(L, 2, PGAII_LUA_REQUEST);
    const pgai_request *request = call ? call->request : NULL;
    pgai_failure failure;
    pgai_request read;
    uint64_t id;

    if (call && !request)
        return luaL_error(L, "the call has no request to send");
    if (!call) {
        luaL_checktype(L, 2, LUA_TTABLE);
        read_request(L, 2, &read);
        request = &read;
    }
    id = pgai_transport_submit(self, request, &failure);
    if (!id)
        return push_failure(L, &failure);
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

/* transport:wait(seconds): the number of an exchange that is over; or nil, after those
 * seconds, or 200 ms, or a signal. */
static int transport_wait(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    int64_t until = pgai_transport_now_ms() + to_ms(luaL_checknumber(L, 2));
    uint64_t id = pgai_transport_wait(self, until);

    if (!id)
        return 0;
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

static void release_answer(pgaii_lua_answer *base)
{
    answer *self = (answer *)base;

    base->release = NULL;
    if (self->shared)
        pgai_transport_release(self->shared->transport, self->id);
    disown(&self->shared);
}

/* transport:result(id): an answer, or nil and a failure. The exchange is then the
 * answer's to release, or released. */
static int transport_result(lua_State *L)
{
    pgai_transport *self = check_transport(L);
    uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
    answer *out = lua_newuserdata(L, sizeof(*out));
    pgai_failure failure;
    pgai_status status;

    *out = (answer){.shared = NULL};
    luaL_setmetatable(L, PGAII_LUA_ANSWER);
    status = pgai_transport_result(self, id, &out->base.answer, &failure);
    if (status == PGAI_USAGE)
        return luaL_error(L, "no exchange with this number is over");
    if (status != PGAI_OK) {
        push_failure(L, &failure);
        pgai_transport_release(self, id);
        return 2;
    }
    out->shared = ((transport *)lua_touserdata(L, 1))->shared;
    out->shared->owners++;
    out->id = id;
    out->base.release = release_answer;
    return 1;
}

/* transport:release(id): give an exchange up, or let go of it. */
static int transport_release(lua_State *L)
{
    pgai_transport *self = check_transport(L);

    pgai_transport_release(self, (uint64_t)luaL_checkinteger(L, 2));
    return 0;
}

/* transport:close(): let go of all connections; also the collector's. */
static int transport_close(lua_State *L)
{
    transport *self = luaL_checkudata(L, 1, TRANSPORT);

    disown(&self->shared);
    return 0;
}

/* Add a value to a name of the table at the top, which is a list from the second on. */
static void add_header(lua_State *L, const pgai_header *header)
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
    if (lua_istable(L, -1)) {
        int place = 1;

        while (lua_rawgeti(L, -1, place), !lua_isnil(L, -1)) {
            lua_pop(L, 1);
            place++;
        }
        lua_pop(L, 1);
        lua_pushlstring(L, header->value.data, header->value.length);
        lua_rawseti(L, -2, place);
    } else {
        lua_pop(L, 1);
        lua_pushlstring(L, header->value.data, header->value.length);
    }
    lua_rawset(L, headers);
}

/* answer:read(): status, headers and body, as the transport contract has them; the answer
 * is then released. */
static int answer_read(lua_State *L)
{
    answer *self = luaL_checkudata(L, 1, PGAII_LUA_ANSWER);
    const pgai_answer *from = &self->base.answer;

    if (!self->shared)
        return luaL_error(L, "the answer was read before");
    lua_pushinteger(L, from->status);
    lua_createtable(L, 0, (int)from->header_count);
    for (size_t i = 0; i < from->header_count; i++)
        add_header(L, &from->headers[i]);
    lua_pushlstring(L, from->body.length ? from->body.data : "", from->body.length);
    release_answer(&self->base);
    return 3;
}

static int answer_gc(lua_State *L)
{
    release_answer(luaL_checkudata(L, 1, PGAII_LUA_ANSWER));
    return 0;
}

/* curl.now(): seconds of a clock that never goes back. */
static int curl_now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)pgai_transport_now_ms() / 1000);
    return 1;
}

/* curl.new(base_url, user_agent, proxy, ca): a transport, or nil and why not. Each may be
 * nil. */
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
        return luaL_error(L, "not enough memory");
    self->shared->owners = 1;
    if (pgai_transport_new(&options, &self->shared->transport, &error) == PGAI_OK)
        return 1;
    disown(&self->shared);
    lua_pushnil(L);
    lua_pushstring(L, error.message);
    return 2;
}

static const luaL_Reg transport_methods[] = {
    {"submit", transport_submit},
    {"wait", transport_wait},
    {"result", transport_result},
    {"release", transport_release},
    {"close", transport_close},
    {"__gc", transport_close},
    {NULL, NULL},
};

static const luaL_Reg answer_methods[] = {
    {"read", answer_read},
    {"__gc", answer_gc},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"new", curl_new},
    {"now", curl_now},
    {NULL, NULL},
};

static void make_type(lua_State *L, const char *name, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

__attribute__((visibility("default"))) int luaopen_pgai_curl(lua_State *L);

int luaopen_pgai_curl(lua_State *L)
{
    make_type(L, TRANSPORT, transport_methods);
    make_type(L, PGAII_LUA_ANSWER, answer_methods);
    luaL_newlib(L, functions);
    return 1;
}
