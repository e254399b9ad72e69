/* Pages as JSON lines and CSV. */
#include "writer.h"

#include <stdbool.h>
#include <string.h>

#include <pgai/writer.h>

#include "compat.h"
#include "error.h"
#include "read.h"
#include "table.h"

static const char type_name[] = "pgai.writer";

static int collect(lua_State *L)
{
    pgai_writer **writer = luaL_checkudata(L, 1, type_name);

    pgai_writer_free(*writer);
    *writer = NULL;
    return 0;
}

static int raise(lua_State *L, const pgai_error *error)
{
    return luaL_error(L,
                      error->status == PGAI_NO_MEMORY ? "not enough memory" : "pgai: %s",
                      error->message);
}

/* The writer belongs to a userdata, because errors may be raised. */
static int write_page(lua_State *L, const pgai_page *page,
                      const pgai_writer_options *options, int header)
{
    pgai_writer **writer = lua_newuserdata(L, sizeof(*writer));
    pgai_error error = PGAI_ERROR_INIT;
    pgai_text text;

    *writer = NULL;
    luaL_getmetatable(L, type_name);
    lua_setmetatable(L, -2);
    if (pgai_writer_new(options, writer, &error) != PGAI_OK)
        return raise(L, &error);
    if (header)
        pgai_writer_header(*writer);
    pgai_writer_page(*writer, page);
    if (pgai_writer_take(*writer, &text, &error) != PGAI_OK)
        return raise(L, &error);
    lua_pushlstring(L, text.data, text.length);
    pgai_writer_free(*writer);
    *writer = NULL;
    return 1;
}

int pgaii_lua_write_ndjson(lua_State *L, const pgai_page *page)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;

    options.format = PGAI_NDJSON;
    return write_page(L, page, &options, 0);
}

static bool check_names(lua_State *L, pgai_error *error)
{
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        const char *name =
            lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "a number";

        if (strcmp(name, "columns") != 0 && strcmp(name, "header") != 0 &&
            strcmp(name, "escape_formulas") != 0)
            return pgaii_lua_usage(error,
                                   "to_csv has no option %s; it has columns, header and "
                                   "escape_formulas",
                                   name);
    }
    return true;
}

/* What holds the names of the columns is pushed. */
static bool read_columns(lua_State *L, pgai_writer_options *out, pgai_error *error)
{
    pgaii_lua_get_field(L, 2, "columns");
    if (lua_isnil(L, -1))
        return true;
    if (!lua_istable(L, -1))
        return pgaii_lua_usage(error, "columns must be a list of strings, not %s",
                               luaL_typename(L, -1));
    out->column_count = lua_rawlen(L, -1);
    out->columns = pgaii_lua_push_texts(L, lua_gettop(L), "column", error);
    return out->columns != NULL;
}

int pgaii_lua_write_csv(lua_State *L, const pgai_page *page)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    int header = 1;

    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return write_page(L, page, &options, header);
    if (!lua_istable(L, 2))
        return luaL_error(L, "pgai: to_csv takes a table of options, not %s",
                          luaL_typename(L, 2));
    if (!check_names(L, &error) ||
        !pgaii_lua_read_flag(L, 2, "header", &header, &error) ||
        !pgaii_lua_read_flag(L, 2, "escape_formulas", &options.escape_formulas, &error) ||
        !read_columns(L, &options, &error))
        return raise(L, &error);
    return write_page(L, page, &options, header);
}

void pgaii_lua_writer_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__gc", collect}, {NULL, NULL}};

    pgaii_lua_make_type(L, type_name, methods);
}
