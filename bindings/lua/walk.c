/* Walks, as Lua drives them. */
#include "walk.h"

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "call_options.h"
#include "compat.h"
#include "endpoint.h"
#include "error.h"
#include "page.h"
#include "read.h"
#include "session.h"
#include "table.h"

static const char type_name[] = "pgai.walk";

/* A walk's own table has the walk, its session, and by address the userdata of its
 * borrowed calls: a call has one until it is over. */
typedef struct walk {
    pgai_walk *walk;
    pgai_page *page;       /* while it is made into tables */
    pgaii_lua_call *calls; /* borrowed ones */
    void *session;         /* the userdata of its session */
    bool keep_json;        /* its pages are to be kept, too */
} walk;

static walk *check(lua_State *L)
{
    walk *self = luaL_checkudata(L, 1, type_name);

    if (!self->walk)
        luaL_error(L, "pgai: the walk is over");
    return self;
}

static bool read_options(lua_State *L, pgai_pages_options *out, pgai_error *error)
{
    return pgaii_lua_read_integer(L, 2, "start", &out->start, error) &&
           pgaii_lua_read_integer(L, 2, "count", &out->count, error) &&
           pgaii_lua_read_integer(L, 2, "limit", &out->limit, error) &&
           pgaii_lua_read_integer(L, 2, "prefetch", &out->prefetch, error) &&
           pgaii_lua_read_flag(L, 2, "details", &out->details, error) &&
           pgaii_lua_read_flag(L, 2, "strict", &out->strict, error) &&
           pgaii_lua_read_text(L, 2, "cursor", &out->cursor, error) &&
           pgaii_lua_read_seconds(L, 2, "deadline", &out->deadline_ms, error);
}

/* Push a userdata for a walk that is to be made. */
static walk *push_new(lua_State *L)
{
    walk *self = lua_newuserdata(L, sizeof(*self));

    *self = (walk){.session = lua_touserdata(L, 1)};
    luaL_getmetatable(L, type_name);
    lua_setmetatable(L, -2);
    lua_createtable(L, 2, 1);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 2);
    pgaii_lua_set_own(L, lua_gettop(L) - 1);
    return self;
}

int pgaii_lua_walk_pages(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    int keep_json = 0;
    walk *self;

    luaL_checktype(L, 2, LUA_TTABLE);
    if (!read_options(L, &options, &error) ||
        !pgaii_lua_read_flag(L, 2, "keep_json", &keep_json, &error))
        return pgaii_lua_fail(L, &error);
    self = push_new(L);
    self->keep_json = keep_json;
    if (pgai_walk_new(session, &options, call_options, &self->walk, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return 1;
}

int pgaii_lua_walk_get_many(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 4);
    pgai_get_many_options options = PGAI_GET_MANY_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    const char **ids;
    size_t count;

    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TTABLE);
    count = lua_rawlen(L, 2);
    ids = pgaii_lua_push_texts(L, 2, "id", &error);
    if (!ids || !pgaii_lua_read_integer(L, 3, "prefetch", &options.prefetch, &error) ||
        !pgaii_lua_read_seconds(L, 3, "deadline", &options.deadline_ms, &error))
        return pgaii_lua_fail(L, &error);
    if (pgai_walk_new_get_many(session, ids, count, &options, call_options,
                               &push_new(L)->walk, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return 1;
}

static void free_walk(void *object)
{
    pgai_walk_free(object);
}

static int collect(lua_State *L)
{
    walk *self = luaL_checkudata(L, 1, type_name);

    while (self->calls)
        pgaii_lua_call_return(&self->calls);
    pgai_page_free(self->page);
    self->page = NULL;
    if (self->walk)
        pgaii_lua_session_leave(self->session, self->walk, free_walk);
    self->walk = NULL;
    return 0;
}

/* Take back the calls that are over, which the walk may free next. */
static void take_back_over(lua_State *L, walk *self)
{
    pgaii_lua_call **at = &self->calls;

    pgaii_lua_push_own(L, 1);
    while (*at) {
        if ((*at)->over) {
            lua_pushnil(L);
            lua_rawsetp(L, -2, (*at)->call);
            pgaii_lua_call_return(at);
        } else {
            at = &(*at)->next;
        }
    }
    lua_pop(L, 1);
}

static int next_step(lua_State *L)
{
    static const char *const words[] = {
        [PGAI_WALK_CALLS] = "calls",
        [PGAI_WALK_PAGE] = "page",
        [PGAI_WALK_DONE] = "done",
        [PGAI_WALK_FAILED] = "failed",
    };
    walk *self = check(L);
    int64_t now_ms = pgaii_lua_check_time(L, 2);
    pgaii_lua_nulls nulls =
        lua_toboolean(L, 3) ? PGAII_LUA_NULL_SENTINEL : PGAII_LUA_NULL_OMITTED;

    take_back_over(L, self);
    pgai_page_free(self->page);
    lua_pushstring(L, words[pgai_walk_next(self->walk, now_ms, &self->page)]);
    if (!self->page)
        return 1;
    pgaii_lua_page_push(L, &self->page, nulls, self->keep_json);
    pgai_page_free(self->page);
    self->page = NULL;
    return 2;
}

static int call(lua_State *L)
{
    walk *self = check(L);
    lua_Integer index = luaL_checkinteger(L, 2);
    pgai_call *found = index > 0 ? pgai_walk_call(self->walk, (size_t)index - 1) : NULL;

    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    pgaii_lua_push_own(L, 1);
    lua_rawgetp(L, -1, found);
    if (lua_isnil(L, -1)) {
        pgaii_lua_call_lend(L, found, &self->calls);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -4, found);
    }
    return 1;
}

static int cursor(lua_State *L)
{
    walk *self = check(L);
    lua_Integer used = luaL_optinteger(L, 2, -1);
    char out[PGAI_CURSOR_SIZE];

    pgai_walk_cursor(self->walk, used < 0 ? SIZE_MAX : (size_t)used, out);
    lua_pushstring(L, *out ? out : NULL);
    return 1;
}

static void set_count(lua_State *L, const char *name, int64_t count)
{
    pgaii_lua_push_integer(L, count);
    lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, int64_t ms)
{
    lua_pushnumber(L, (lua_Number)ms / 1000);
    lua_setfield(L, -2, name);
}

static void set_times(lua_State *L, const pgai_walk_stats *stats)
{
    set_seconds(L, "waited_pacing", stats->waited_pacing_ms);
    set_seconds(L, "waited_limited", stats->waited_limited_ms);
    set_seconds(L, "waited_backoff", stats->waited_backoff_ms);
    set_seconds(L, "elapsed", stats->elapsed_ms);
    if (stats->time_left_ms >= 0)
        set_seconds(L, "time_left", stats->time_left_ms);
}

/* walk:stats(now_ms) -> a table. */
static int stats(lua_State *L)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    pgai_walk_stats_get(check(L)->walk, pgaii_lua_check_time(L, 2), &stats);
    lua_createtable(L, 0, 15);
    set_count(L, "pages", stats.pages);
    set_count(L, "contacts", stats.contacts);
    set_count(L, "requests", stats.requests);
    set_count(L, "retries", stats.retries);
    set_times(L, &stats);
    set_count(L, "duplicates", stats.duplicates);
    set_count(L, "drift", stats.drift);
    set_count(L, "gone", stats.gone);
    if (stats.total >= 0)
        set_count(L, "total", stats.total);
    if (stats.complete >= 0) {
        lua_pushboolean(L, stats.complete);
        lua_setfield(L, -2, "complete");
    }
    if (stats.incomplete_reason) {
        lua_pushstring(L, stats.incomplete_reason);
        lua_setfield(L, -2, "incomplete_reason");
    }
    return 1;
}

static int error_of(lua_State *L)
{
    const walk *self = check(L);
    const pgai_response *response = pgai_walk_response(self->walk);

    pgaii_lua_error_push(L, pgai_walk_error(self->walk));
    if (response) {
        pgaii_lua_endpoint_push(L, response, PGAII_LUA_NULL_OMITTED);
        lua_setfield(L, -2, "response");
    }
    return 1;
}

static const luaL_Reg methods[] = {
    {"next", next_step}, {"call", call},    {"cursor", cursor}, {"stats", stats},
    {"error", error_of}, {"__gc", collect}, {NULL, NULL},
};

void pgaii_lua_walk_open(lua_State *L)
{
    pgaii_lua_make_type(L, type_name, methods);
}
