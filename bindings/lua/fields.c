/* The fields of a create, from a table. */
#include "fields.h"

#include <string.h>

#include <pgai/contact.h>

#include "compat.h"
#include "encode.h"
#include "error.h"
#include "read.h"
#include "table.h"

/* A field that is null has no text, and is sent among the extra fields: it is added to
 * the table at @p extra. */
static bool add_null(lua_State *L, const char *name, int extra, pgai_error *error)
{
    pgaii_lua_get_field(L, extra, name);
    if (!lua_isnil(L, -1))
        return pgaii_lua_usage(
            error, "%s is given twice, as a field and in extra: remove one", name);
    lua_pop(L, 1);
    lua_pushstring(L, name);
    lua_pushlightuserdata(L, NULL);
    lua_rawset(L, extra);
    return true;
}

static bool read_field(lua_State *L, int table, pgai_field field, int extra,
                       pgai_contact_fields *out, pgai_error *error)
{
    const char **member = pgai_contact_fields_member(out, field);
    const char *name = pgai_field_name(field);
    bool good = true;

    if (!member)
        return true;
    pgaii_lua_get_field(L, table, name);
    if (lua_islightuserdata(L, -1) && !lua_touserdata(L, -1))
        good = add_null(L, name, extra, error);
    else if (!lua_isnil(L, -1))
        good = pgaii_lua_read_value(L, -1, name, member, error);
    lua_pop(L, 1);
    return good;
}

/* Pushes a copy of the extra fields, to which others can be added. */
static bool push_extra(lua_State *L, int table, pgai_error *error)
{
    lua_newtable(L);
    pgaii_lua_get_field(L, table, "extra");
    if (lua_istable(L, -1)) {
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -6);
        }
    } else if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING) {
        return pgaii_lua_usage(error, "extra must be a table, not %s",
                               luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return true;
}

static bool is_empty(lua_State *L, int table)
{
    lua_pushnil(L);
    if (!lua_next(L, table))
        return true;
    lua_pop(L, 2);
    return false;
}

/* The extra fields; those in the table at @p extra are not text yet. */
static bool
finish_extra(lua_State *L, int table, int extra, const char **out, pgai_error *error)
{
    pgaii_lua_get_field(L, table, "extra");
    if (lua_type(L, -1) == LUA_TSTRING) {
        if (!is_empty(L, extra))
            return pgaii_lua_usage(
                error, "a field cannot be null if extra is text: make extra a table");
        return pgaii_lua_read_value(L, -1, "extra", out, error);
    }
    if (lua_isnil(L, -1) && is_empty(L, extra))
        return true;
    *out = pgaii_lua_encode(L, extra, "extra", error);
    return *out != NULL;
}

bool pgaii_lua_fields_read(lua_State *L, int table, pgai_contact_fields *out,
                           pgai_error *error)
{
    int extra = lua_gettop(L) + 1;
    bool good;

    luaL_checkstack(L, 10, "fields");
    good = push_extra(L, table, error);
    for (int i = 0; good && i < PGAI_FIELD_COUNT; i++)
        good = read_field(L, table, (pgai_field)i, extra, out, error);
    return good && finish_extra(L, table, extra, &out->extra, error);
}
