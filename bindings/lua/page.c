/* Pages, as tables. */
#include "page.h"

#include "compat.h"
#include "contact.h"

static void set_number(lua_State *L, const char *name, int64_t number)
{
    if (number >= 0) {
        pgaii_lua_push_integer(L, number);
        lua_setfield(L, -2, name);
    }
}

static void copy_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    lua_setfield(L, -2, name);
}

/* The page as the service sends it: {data = {...}, pagination = {...}}. */
static int to_table(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_createtable(L, 0, 2);
    lua_newtable(L);
    luaL_getmetatable(L, PGAII_LUA_ARRAY);
    lua_setmetatable(L, -2);
    for (int i = 1; i <= (int)lua_rawlen(L, 1); i++) {
        lua_pushcfunction(L, pgaii_lua_contact_to_table);
        lua_rawgeti(L, 1, i);
        lua_call(L, 1, 1);
        lua_rawseti(L, -2, i);
    }
    lua_setfield(L, -2, "data");
    lua_createtable(L, 0, 3);
    copy_field(L, "page");
    copy_field(L, "limit");
    copy_field(L, "total");
    lua_setfield(L, -2, "pagination");
    return 1;
}

/* The fields and methods of a page, in addition to its contacts. */
static void push_index(lua_State *L, const pgai_page *page)
{
    lua_createtable(L, 0, 4);
    set_number(L, "page", pgai_page_number(page));
    set_number(L, "limit", pgai_page_limit(page));
    set_number(L, "total", pgai_page_total(page));
    lua_pushcfunction(L, to_table);
    lua_setfield(L, -2, "to_table");
}

void pgaii_lua_page_push(lua_State *L, const pgai_page *page, pgaii_lua_nulls nulls)
{
    luaL_checkstack(L, 4, "a page");
    pgaii_lua_contacts_push(L, page, nulls);
    lua_createtable(L, 0, 3);
    push_index(L, page);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "pgai.Page");
    lua_setfield(L, -2, "__name");
    /* This is how dkjson and others distinguish an empty array from an empty object. */
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__jsontype");
    lua_setmetatable(L, -2);
}
