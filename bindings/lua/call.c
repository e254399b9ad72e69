/* Calls, as Lua drives them. */
#include "call.h"

#include <string.h>

#include "call_options.h"
#include "compat.h"
#include "contact.h"
#include "endpoint.h"
#include "error.h"
#include "event.h"
#include "fields.h"
#include "http1.h"
#include "page.h"
#include "read.h"
#include "request.h"
#include "response.h"
#include "session.h"
#include "table.h"

static pgaii_lua_call *check(lua_State *L)
{
    return luaL_checkudata(L, 1, PGAII_LUA_REQUEST);
}

static pgaii_lua_call *check_going(lua_State *L)
{
    pgaii_lua_call *self = check(L);

    if (!self->call)
        luaL_error(L, "pgai: the call is over");
    return self;
}

/* Pushes a userdata that keeps the session or walk at index 1 alive. */
static pgaii_lua_call *push_empty(lua_State *L)
{
    pgaii_lua_call *self = lua_newuserdata(L, sizeof(*self));

    *self = (pgaii_lua_call){.call = NULL};
    luaL_getmetatable(L, PGAII_LUA_REQUEST);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, 1);
    pgaii_lua_keep(L, lua_gettop(L) - 1);
    return self;
}

/* Pushes one for a call of its own, of the session at index 1. */
static pgaii_lua_call *push_own(lua_State *L)
{
    pgaii_lua_call *self = push_empty(L);

    self->session = lua_touserdata(L, 1);
    return self;
}

void pgaii_lua_call_lend(lua_State *L, pgai_call *call, pgaii_lua_call **lender)
{
    pgaii_lua_call *self = push_empty(L);

    self->call = call;
    self->lender = lender;
    self->next = *lender;
    *lender = self;
}

void pgaii_lua_call_return(pgaii_lua_call **lender)
{
    pgaii_lua_call *self = *lender;

    *lender = self->next;
    self->handle.request = NULL;
    self->call = NULL;
    self->lender = NULL;
    self->next = NULL;
}

static void leave_list(pgaii_lua_call *self)
{
    pgaii_lua_call **at = self->lender;

    while (at && *at && *at != self)
        at = &(*at)->next;
    if (at && *at)
        *at = self->next;
    self->lender = NULL;
}

/* Gives back all that the call holds. */
static void end(pgaii_lua_call *self)
{
    self->handle.request = NULL;
    if (self->lender)
        leave_list(self);
    else
        pgai_call_free(self->call);
    self->call = NULL;
    pgai_page_free(self->page);
    self->page = NULL;
    pgai_contact_free(self->contact);
    self->contact = NULL;
    pgai_response_free(self->response);
    self->response = NULL;
}

static void free_call(void *call)
{
    pgai_call_free(call);
}

/* The caller that sent its request may have been ended during the wait. */
static int collect(lua_State *L)
{
    pgaii_lua_call *self = check(L);

    if (self->session && self->call && self->handle.request) {
        pgaii_lua_session_leave(self->session, self->call, free_call);
        self->call = NULL;
    }
    end(self);
    return 0;
}

/* Returns the call on top of the stack, or nil and why there is none. */
static int finish_new(lua_State *L, pgai_status status, const pgai_error *error)
{
    return status == PGAI_OK ? 1 : pgaii_lua_fail(L, error);
}

int pgaii_lua_call_list(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    int keep_json = 0;
    pgaii_lua_call *self;

    luaL_checktype(L, 2, LUA_TTABLE);
    if (!pgaii_lua_read_integer(L, 2, "page", &options.page, &error) ||
        !pgaii_lua_read_integer(L, 2, "limit", &options.limit, &error) ||
        !pgaii_lua_read_flag(L, 2, "keep_json", &keep_json, &error))
        return pgaii_lua_fail(L, &error);
    self = push_own(L);
    self->keep_json = keep_json;
    return finish_new(
        L, pgai_call_new_list(session, &options, call_options, &self->call, &error),
        &error);
}

int pgaii_lua_call_get(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    pgai_error error = PGAI_ERROR_INIT;
    const char *id;
    pgaii_lua_call *self;

    if (!pgaii_lua_read_value(L, 2, "id", &id, &error))
        return pgaii_lua_fail(L, &error);
    self = push_own(L);
    return finish_new(
        L, pgai_call_new_get(session, id, call_options, &self->call, &error), &error);
}

int pgaii_lua_call_create(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_lua_call *self;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (!pgaii_lua_fields_read(L, 2, &fields, &error))
        return pgaii_lua_fail(L, &error);
    self = push_own(L);
    return finish_new(
        L, pgai_call_new_create(session, &fields, call_options, &self->call, &error),
        &error);
}

int pgaii_lua_call_request(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    pgai_request_options options = PGAI_REQUEST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_lua_call *self;

    luaL_checktype(L, 2, LUA_TTABLE);
    if (!pgaii_lua_endpoint_read(L, 2, &options, &error))
        return pgaii_lua_fail(L, &error);
    self = push_own(L);
    return finish_new(
        L, pgai_call_new_request(session, &options, call_options, &self->call, &error),
        &error);
}

int pgaii_lua_call_plan(lua_State *L)
{
    pgai_session *session = pgaii_lua_session_at(L, 1);
    const pgai_call_options *call_options = pgaii_lua_call_options_at(L, 3);
    int64_t parts = PGAI_UNSET;
    int64_t limit = PGAI_UNSET;
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_lua_call *self;

    luaL_checktype(L, 2, LUA_TTABLE);
    if (!pgaii_lua_read_integer(L, 2, "parts", &parts, &error) ||
        !pgaii_lua_read_integer(L, 2, "limit", &limit, &error))
        return pgaii_lua_fail(L, &error);
    self = push_own(L);
    return finish_new(
        L, pgai_call_new_plan(session, parts, limit, call_options, &self->call, &error),
        &error);
}

static int push_wait(lua_State *L, const pgai_call *call)
{
    static const char *const causes[] = {
        [PGAI_WAIT_PACING] = "pacing",
        [PGAI_WAIT_LIMITED] = "limited",
        [PGAI_WAIT_BACKOFF] = "backoff",
    };

    lua_pushliteral(L, "wait");
    pgaii_lua_push_integer(L, pgai_call_wait_until(call));
    lua_pushstring(L, causes[pgai_call_wait_cause(call)]);
    return 3;
}

static int next_step(lua_State *L)
{
    static const char *const words[] = {
        [PGAI_STEP_SEND] = "send",
        [PGAI_STEP_RESPONSE] = "response",
        [PGAI_STEP_DONE] = "done",
        [PGAI_STEP_FAILED] = "failed",
    };
    pgaii_lua_call *self = check_going(L);
    pgai_step step = pgai_call_next(self->call, pgaii_lua_check_time(L, 2));

    if (step == PGAI_STEP_WAIT)
        return push_wait(L, self->call);
    if (step == PGAI_STEP_SEND)
        self->handle.request = pgai_call_request(self->call);
    self->over = step >= PGAI_STEP_DONE;
    lua_pushstring(L, words[step]);
    return 1;
}

static int request(lua_State *L)
{
    pgaii_lua_call *self = check(L);

    if (self->handle.request)
        pgaii_lua_request_push(L, self->handle.request);
    else
        lua_pushnil(L);
    return 1;
}

static void feed_handle(lua_State *L, pgaii_lua_call *self, int64_t now_ms)
{
    pgaii_lua_response *given = luaL_testudata(L, 3, PGAII_LUA_HTTP1);

    if (!given)
        given = luaL_checkudata(L, 3, PGAII_LUA_RESPONSE);
    if (!given->response.status)
        luaL_error(L, "pgai: the response is not whole, or was read before");
    pgai_call_feed(self->call, now_ms, &given->response);
    given->response = (pgai_response){0, NULL, 0, {NULL, 0}};
    if (given->release)
        given->release(given);
    given->release = NULL;
}

static int feed(lua_State *L)
{
    pgaii_lua_call *self = check_going(L);
    int64_t now_ms = pgaii_lua_check_time(L, 2);
    pgai_response response;

    if (lua_isuserdata(L, 3)) {
        feed_handle(L, self, now_ms);
    } else {
        pgaii_lua_response_read(L, 3, &response);
        pgai_call_feed(self->call, now_ms, &response);
    }
    self->handle.request = NULL;
    return 0;
}

static int fail(lua_State *L)
{
    pgaii_lua_call *self = check_going(L);
    int64_t now_ms = pgaii_lua_check_time(L, 2);
    pgai_failure failure;

    pgaii_lua_failure_read(L, 3, &failure);
    pgai_call_fail(self->call, now_ms, &failure);
    self->handle.request = NULL;
    return 0;
}

static int cancel(lua_State *L)
{
    static const char *const words[] = {"cancelled", "exiting", NULL};
    static const pgai_status statuses[] = {PGAI_CANCELLED, PGAI_EXITING};
    pgaii_lua_call *self = check_going(L);
    int64_t now_ms = pgaii_lua_check_time(L, 2);

    pgai_call_cancel(self->call, now_ms,
                     statuses[luaL_checkoption(L, 3, "cancelled", words)]);
    self->handle.request = NULL;
    return 0;
}

static void set_number(lua_State *L, const char *name, int64_t number)
{
    pgaii_lua_push_integer(L, number);
    lua_setfield(L, -2, name);
}

/* Pushes the ranges of a plan. */
static void push_parts(lua_State *L, const pgai_call *call)
{
    pgai_part part;

    lua_newtable(L);
    for (size_t i = 0; pgai_call_part(call, i, &part); i++) {
        lua_createtable(L, 0, 3);
        set_number(L, "start", part.start);
        if (part.count != PGAI_UNSET)
            set_number(L, "count", part.count);
        set_number(L, "limit", part.limit);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* What was taken stays in the userdata until it is in tables, since making them can raise
 * an error. */
static int result(lua_State *L)
{
    pgaii_lua_call *self = check(L);
    pgaii_lua_nulls nulls =
        lua_toboolean(L, 2) ? PGAII_LUA_NULL_SENTINEL : PGAII_LUA_NULL_OMITTED;
    pgai_part part;

    if (self->lender)
        return luaL_error(L, "pgai: a walk returns the pages of its calls itself");
    if (self->call) {
        self->page = pgai_call_take_page(self->call);
        self->contact = pgai_call_take_contact(self->call);
        self->response = pgai_call_take_response(self->call);
    }
    if (self->page)
        pgaii_lua_page_push(L, &self->page, nulls, self->keep_json);
    else if (self->contact)
        pgaii_lua_contact_push(L, self->contact, nulls);
    else if (self->response)
        pgaii_lua_endpoint_push(L, self->response, nulls);
    else if (self->call && pgai_call_part(self->call, 0, &part))
        push_parts(L, self->call);
    else
        lua_pushnil(L);
    end(self);
    return 1;
}

/* The response of a walk's call is the walk's. */
static int error_of(lua_State *L)
{
    pgaii_lua_call *self = check_going(L);

    if (!self->response && !self->lender)
        self->response = pgai_call_take_response(self->call);
    pgaii_lua_error_push(L, pgai_call_error(self->call));
    if (self->response) {
        pgaii_lua_endpoint_push(L, self->response, PGAII_LUA_NULL_OMITTED);
        lua_setfield(L, -2, "response");
    }
    return 1;
}

static int requests(lua_State *L)
{
    lua_pushinteger(L, pgai_call_requests(check_going(L)->call));
    return 1;
}

static int listen(lua_State *L)
{
    if (!pgai_call_listen(check_going(L)->call))
        return luaL_error(L, "not enough memory");
    return 0;
}

static int event(lua_State *L)
{
    pgaii_lua_call *self = check(L);
    pgai_event event = PGAI_EVENT_INIT;

    if (self->call && pgai_call_event(self->call, &event))
        return pgaii_lua_event_push(L, &event);
    lua_pushnil(L);
    return 1;
}

static const luaL_Reg methods[] = {
    {"next", next_step}, {"request", request},   {"feed", feed},
    {"fail", fail},      {"cancel", cancel},     {"result", result},
    {"error", error_of}, {"requests", requests}, {"listen", listen},
    {"event", event},    {"__gc", collect},      {NULL, NULL},
};

void pgaii_lua_call_open(lua_State *L)
{
    pgaii_lua_make_type(L, PGAII_LUA_REQUEST, methods);
}
