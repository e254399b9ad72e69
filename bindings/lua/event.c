/* Events, as tables. */
#include "event.h"

#include "compat.h"
#include "error.h"
#include "table.h"

static void set_number(lua_State *L, const char *name, int64_t number)
{
    if (number >= 0) {
        pgaii_lua_push_integer(L, number);
        lua_setfield(L, -2, name);
    }
}

static void set_seconds(lua_State *L, const char *name, int64_t ms)
{
    if (ms >= 0) {
        lua_pushnumber(L, (lua_Number)ms / 1000);
        lua_setfield(L, -2, name);
    }
}

static void set_outcome(lua_State *L, const pgai_event *event)
{
    if (event->http_status > 0)
        set_number(L, "status", event->http_status);
    if (event->status != PGAI_OK)
        pgaii_lua_set_text(L, "error", pgai_status_name(event->status));
}

static void set_wait(lua_State *L, const pgai_event *event)
{
    static const char *const causes[] = {
        [PGAI_WAIT_PACING] = "pacing",
        [PGAI_WAIT_LIMITED] = "limited",
        [PGAI_WAIT_BACKOFF] = "backoff",
    };

    pgaii_lua_set_text(L, "cause", causes[event->cause]);
    set_seconds(L, "wait", event->wait_ms);
}

static void set_response(lua_State *L, const pgai_event *event)
{
    set_outcome(L, event);
    set_number(L, "bytes", event->bytes);
    set_seconds(L, "elapsed", event->elapsed_ms);
    set_number(L, "limit", event->limit);
    set_number(L, "remaining", event->remaining);
    set_seconds(L, "reset", event->reset_ms);
    if (event->request_id[0])
        pgaii_lua_set_text(L, "request_id", event->request_id);
}

/* What events of its kind have. */
static void set_own(lua_State *L, const pgai_event *event)
{
    switch (event->kind) {
    case PGAI_EVENT_REQUEST:
        set_number(L, "bytes", event->bytes);
        break;
    case PGAI_EVENT_RESPONSE:
        set_response(L, event);
        break;
    case PGAI_EVENT_RETRY:
        set_outcome(L, event);
        set_wait(L, event);
        break;
    case PGAI_EVENT_WAIT:
        set_wait(L, event);
        break;
    case PGAI_EVENT_PAGE:
        set_number(L, "page", event->page);
        set_number(L, "contacts", event->contacts);
        set_number(L, "total", event->total);
        break;
    }
}

int pgaii_lua_event_push(lua_State *L, const pgai_event *event)
{
    char words[PGAI_EVENT_TEXT_SIZE];

    luaL_checkstack(L, 5, "an event");
    lua_createtable(L, 0, 16);
    pgaii_lua_set_text(L, "kind", pgai_event_name(event->kind));
    set_number(L, "call", (int64_t)event->call);
    pgaii_lua_set_text(L, "method", event->method);
    if (event->route)
        pgaii_lua_set_text(L, "route", event->route);
    pgaii_lua_set_text(L, "base_url", event->base_url);
    lua_pushlstring(L, event->path.data, event->path.length);
    lua_setfield(L, -2, "path");
    set_number(L, "attempt", event->attempt);
    set_own(L, event);
    lua_pushstring(L, pgai_level_name(pgai_event_level(event)));
    pgai_event_text(event, words);
    lua_pushstring(L, words);
    return 3;
}

int pgaii_lua_event_level(lua_State *L)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_level level;

    if (pgai_level_read(luaL_checkstring(L, 1), &level, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    lua_pushstring(L, pgai_level_name(level));
    return 1;
}
