/* Sessions. */
#include "session.h"

#include <stdbool.h>
#include <stdlib.h>

#include "call.h"
#include "compat.h"
#include "error.h"
#include "read.h"
#include "table.h"
#include "walk.h"

static const char type_name[] = "pgai.session";

/* Abandoned calls and walks, which are freed when the state is loaded. */
typedef struct left {
    struct left *next;
    void *object;
    void (*release)(void *object);
} left;

typedef struct owner {
    pgai_session *session;
    left *left;
    bool loads; /* its state is loaded again and again */
} owner;

static void free_left(owner *self)
{
    while (self->left) {
        left *first = self->left;

        self->left = first->next;
        first->release(first->object);
        free(first);
    }
}

void pgaii_lua_session_leave(void *session, void *object, void (*release)(void *object))
{
    owner *self = session;
    left *entry = self->loads && self->session ? malloc(sizeof(*entry)) : NULL;

    if (!entry) {
        release(object);
        return;
    }
    *entry = (left){self->left, object, release};
    self->left = entry;
}

static bool read_options(lua_State *L, pgai_session_options *out, pgai_error *error)
{
    int64_t seed = 0;

    if (!pgaii_lua_read_text(L, 1, "api_key", &out->api_key, error) ||
        !pgaii_lua_read_text(L, 1, "base_url", &out->base_url, error) ||
        !pgaii_lua_read_text(L, 1, "user_agent", &out->user_agent, error) ||
        !pgaii_lua_read_flag(L, 1, "allow_cleartext", &out->allow_cleartext, error) ||
        !pgaii_lua_read_number(L, 1, "share", &out->share, error) ||
        !pgaii_lua_read_integer(L, 1, "seed", &seed, error))
        return false;
    out->seed = (uint64_t)seed;
    return true;
}

int pgaii_lua_session_new(lua_State *L)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    owner *self;

    luaL_checktype(L, 1, LUA_TTABLE);
    if (!read_options(L, &options, &error))
        return pgaii_lua_fail(L, &error);
    self = lua_newuserdata(L, sizeof(*self));
    *self = (owner){NULL, NULL, false};
    luaL_getmetatable(L, type_name);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    pgaii_lua_keep(L, lua_gettop(L) - 1);
    if (pgai_session_new(&options, &self->session, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return 1;
}

pgai_session *pgaii_lua_session_at(lua_State *L, int index)
{
    owner *self = luaL_checkudata(L, index, type_name);

    if (!self->session)
        luaL_error(L, "pgai: the session is gone");
    return self->session;
}

static int collect(lua_State *L)
{
    owner *self = luaL_checkudata(L, 1, type_name);

    free_left(self);
    pgai_session_free(self->session);
    self->session = NULL;
    return 0;
}

static void push_known(lua_State *L, int64_t number)
{
    if (number < 0)
        lua_pushnil(L);
    else
        pgaii_lua_push_integer(L, number);
}

/* session:rate_limit(now_ms) -> limit, remaining, reset_ms, wait_ms; nil: not reported.
 */
static int rate_limit(lua_State *L)
{
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;

    pgai_session_rate_limit(pgaii_lua_session_at(L, 1), pgaii_lua_check_time(L, 2),
                            &limit);
    push_known(L, limit.limit);
    push_known(L, limit.remaining);
    push_known(L, limit.reset_ms);
    push_known(L, limit.wait_ms);
    return 4;
}

/* session:base_url() -> a string. */
static int base_url(lua_State *L)
{
    lua_pushstring(L, pgai_session_base_url(pgaii_lua_session_at(L, 1)));
    return 1;
}

/* session:save() -> a string for session:load(). */
static int save(lua_State *L)
{
    unsigned char state[PGAI_SESSION_STATE_SIZE];
    size_t length = pgai_session_save(pgaii_lua_session_at(L, 1), state);

    lua_pushlstring(L, (const char *)state, length);
    return 1;
}

/* session:load(state) -> true; or nil and an error. */
static int load(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    owner *self = lua_touserdata(L, 1);
    pgai_error error = PGAI_ERROR_INIT;
    size_t length;
    const char *state = luaL_checklstring(L, 2, &length);

    if (pgai_session_load(session, state, length, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    self->loads = true;
    free_left(self);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg methods[] = {
    {"list", pgaii_lua_call_list},
    {"get", pgaii_lua_call_get},
    {"create", pgaii_lua_call_create},
    {"request", pgaii_lua_call_request},
    {"plan", pgaii_lua_call_plan},
    {"get_many", pgaii_lua_walk_get_many},
    {"pages", pgaii_lua_walk_pages},
    {"rate_limit", rate_limit},
    {"base_url", base_url},
    {"save", save},
    {"load", load},
    {"__gc", collect},
    {NULL, NULL},
};

void pgaii_lua_session_open(lua_State *L)
{
    pgaii_lua_make_type(L, type_name, methods);
}
