/* A file in which processes share the pacing of a key. */
#include "shared_pace.h"

#include <pgai/shared_pace.h>

#include "compat.h"
#include "error.h"
#include "table.h"

static const char type_name[] = "pgai.shared_pace";

typedef struct owner {
    pgai_shared_pace *pace; /* NULL: none was opened */
} owner;

static pgai_shared_pace *check_pace(lua_State *L)
{
    owner *self = luaL_checkudata(L, 1, type_name);

    if (!self->pace)
        luaL_error(L, "the file of the shared pacing is closed");
    return self->pace;
}

int pgaii_lua_shared_pace_new(lua_State *L)
{
    const char *base_url = luaL_checkstring(L, 1);
    const char *api_key = luaL_checkstring(L, 2);
    double share = luaL_checknumber(L, 3);
    pgai_error error = PGAI_ERROR_INIT;
    owner *self = lua_newuserdata(L, sizeof(*self));

    self->pace = NULL;
    luaL_getmetatable(L, type_name);
    lua_setmetatable(L, -2);
    if (pgai_shared_pace_open(base_url, api_key, share, &self->pace, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    return 1;
}

/* file:lock() -> the state, "": there is none; nil: it cannot be locked. */
static int lock(lua_State *L)
{
    unsigned char state[PGAI_SESSION_STATE_SIZE];
    int length = pgai_shared_pace_lock(check_pace(L), state);

    if (length < 0)
        return 0;
    lua_pushlstring(L, (const char *)state, (size_t)length);
    return 1;
}

/* file:unlock(state) */
static int unlock(lua_State *L)
{
    pgai_shared_pace *pace = check_pace(L);
    size_t length;
    const char *state = luaL_checklstring(L, 2, &length);

    pgai_shared_pace_unlock(pace, (const unsigned char *)state, length);
    return 0;
}

/* file:trouble() -> what was wrong since it was last asked; nil: nothing. */
static int trouble(lua_State *L)
{
    lua_pushstring(L, pgai_shared_pace_trouble(check_pace(L)));
    return 1;
}

static int collect(lua_State *L)
{
    owner *self = luaL_checkudata(L, 1, type_name);

    pgai_shared_pace_free(self->pace);
    self->pace = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"lock", lock},    {"unlock", unlock}, {"trouble", trouble},
    {"__gc", collect}, {NULL, NULL},
};

void pgaii_lua_shared_pace_open(lua_State *L)
{
    pgaii_lua_make_type(L, type_name, methods);
}
