/* The module pgai.sandbox: a thin handle on a pgai_sandbox. pgai.testing has the
 * convenient functions. */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pgai/sandbox.h>

#include "decode.h"
#include "encode.h"
#include "error.h"
#include "table.h"

#define SANDBOX "pgai.sandbox"

typedef struct handle {
    pgai_sandbox *sandbox; /* NULL: stopped */
    pid_t owner;           /* its thread lives in this process only */
} handle;

static pgai_sandbox *check_sandbox(lua_State *L)
{
    handle *self = luaL_checkudata(L, 1, SANDBOX);

    if (!self->sandbox || self->owner != getpid())
        luaL_error(L, "the sandbox does not run in this process");
    return self->sandbox;
}

static int push_done(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

static int sandbox_url(lua_State *L)
{
    lua_pushstring(L, pgai_sandbox_url(check_sandbox(L)));
    return 1;
}

static int sandbox_key(lua_State *L)
{
    lua_pushstring(L, pgai_sandbox_key(check_sandbox(L)));
    return 1;
}

/* sandbox:fault(rules): JSON, or a table that is one rule. */
static int sandbox_fault(lua_State *L)
{
    pgai_sandbox *self = check_sandbox(L);
    pgai_error error = PGAI_ERROR_INIT;
    const char *rules;

    lua_settop(L, 2);
    if (lua_istable(L, 2))
        rules = pgaii_lua_encode(L, 2, "rule", &error);
    else
        rules = luaL_checkstring(L, 2);
    if (!rules || pgai_sandbox_fault(self, rules, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return push_done(L);
}

/* A text of malloc(), so that nothing leaks when there is no memory for Lua's values. */
static int text_gc(lua_State *L)
{
    char **text = lua_touserdata(L, 1);

    free(*text);
    *text = NULL;
    return 0;
}

static char **push_owned_text(lua_State *L)
{
    char **text = lua_newuserdata(L, sizeof(*text));

    *text = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, text_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return text;
}

/* sandbox:log(): what the service did, as a table. */
static int sandbox_log(lua_State *L)
{
    pgai_sandbox *self = check_sandbox(L);
    pgai_error error = PGAI_ERROR_INIT;
    char **text = push_owned_text(L);

    if (pgai_sandbox_log(self, text, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    pgaii_lua_decode(L, (pgai_text){*text, strlen(*text)}, PGAII_LUA_NULL_OMITTED);
    free(*text);
    *text = NULL;
    return 1;
}

static int sandbox_reset(lua_State *L)
{
    pgai_error error = PGAI_ERROR_INIT;

    if (pgai_sandbox_reset(check_sandbox(L), &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return push_done(L);
}

/* sandbox:advance(milliseconds) */
static int sandbox_advance(lua_State *L)
{
    pgai_sandbox *self = check_sandbox(L);
    lua_Number ms = luaL_checknumber(L, 2);

    luaL_argcheck(L, ms >= 0 && ms < 1e15, 2, "a clock only goes forward");
    pgai_sandbox_advance(self, (int64_t)ms);
    return push_done(L);
}

/* sandbox:stop(), also the collector's. A forked child leaves it to its parent. */
static int sandbox_stop(lua_State *L)
{
    handle *self = luaL_checkudata(L, 1, SANDBOX);

    if (self->owner == getpid()) {
        pgai_sandbox_stop(self->sandbox);
        self->sandbox = NULL;
    }
    return push_done(L);
}

static lua_Integer option(lua_State *L, const char *name, lua_Integer otherwise)
{
    const lua_Number most = 9007199254740992.0; /* exact in all Luas */
    lua_Integer value = otherwise;
    lua_Number number;

    lua_pushstring(L, name);
    lua_rawget(L, 1);
    if (!lua_isnil(L, -1)) {
        number = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        if (!(number >= 0 && number <= most) || number != floor(number))
            luaL_error(L, "%s must be a whole number of at least 0", name);
        value = (lua_Integer)number;
    }
    lua_pop(L, 1);
    return value;
}

/* The text stays in the table of options. */
static const char *text_option(lua_State *L, const char *name)
{
    const char *value = NULL;

    lua_pushstring(L, name);
    lua_rawget(L, 1);
    if (!lua_isnil(L, -1)) {
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "%s must be a string", name);
        value = lua_tostring(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

/* sandbox.start(options): a sandbox, or nil and the fields of an error; so do the others.
 */
static int start(lua_State *L)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    handle *self;

    luaL_checktype(L, 1, LUA_TTABLE);
    options.contacts = option(L, "contacts", (lua_Integer)options.contacts);
    options.seed = (uint64_t)option(L, "seed", (lua_Integer)options.seed);
    options.page_limit = option(L, "page_limit", 0);
    options.max_limit = option(L, "max_limit", 0);
    options.rate_limit = option(L, "rate_limit", 0);
    options.limiter = text_option(L, "limiter");
    self = lua_newuserdata(L, sizeof(*self));
    *self = (handle){NULL, getpid()};
    luaL_setmetatable(L, SANDBOX);
    if (pgai_sandbox_start(&options, &self->sandbox, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return 1;
}

static const luaL_Reg methods[] = {
    {"url", sandbox_url},   {"key", sandbox_key},     {"fault", sandbox_fault},
    {"log", sandbox_log},   {"reset", sandbox_reset}, {"advance", sandbox_advance},
    {"stop", sandbox_stop}, {"__gc", sandbox_stop},   {NULL, NULL},
};

static const luaL_Reg functions[] = {{"start", start}, {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_pgai_sandbox(lua_State *L);

int luaopen_pgai_sandbox(lua_State *L)
{
    pgaii_lua_make_type(L, SANDBOX, methods);
    luaL_newlib(L, functions);
    return 1;
}
