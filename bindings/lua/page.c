/* Pages, as tables. */
#include "page.h"

#include <string.h>

#include "compat.h"
#include "contact.h"
#include "endpoint.h"
#include "table.h"
#include "writer.h"

static const char kept_name[] = "pgai.kept";

/* What a page keeps of the one that it was made of: its response, or all of it. */
typedef struct kept {
    pgai_page *page;
    pgai_response *response;
} kept;

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

static int collect(lua_State *L)
{
    kept *self = luaL_checkudata(L, 1, kept_name);

    pgai_page_free(self->page);
    pgai_response_free(self->response);
    *self = (kept){NULL, NULL};
    return 0;
}

static void push_response(lua_State *L, const kept *self)
{
    const pgai_response *response =
        self->page ? pgai_page_response(self->page) : self->response;

    if (response)
        pgaii_lua_endpoint_push(L, response, PGAII_LUA_NULL_OMITTED);
    else
        lua_pushnil(L);
}

static const pgai_page *check_kept(lua_State *L)
{
    const kept *self = lua_touserdata(L, lua_upvalueindex(1));

    if (!self->page)
        luaL_error(L,
                   "pgai: the page did not keep its JSON, which this needs: give list or "
                   "pages the option keep_json = true");
    return self->page;
}

static int to_ndjson(lua_State *L)
{
    return pgaii_lua_write_ndjson(L, check_kept(L));
}

static int to_csv(lua_State *L)
{
    return pgaii_lua_write_csv(L, check_kept(L));
}

/* Called with the page's fields and a name that is not among them: what few ask for is
 * made when it is asked for. */
static int find(lua_State *L)
{
    const kept *self = lua_touserdata(L, lua_upvalueindex(1));
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (strcmp(name, "response") == 0) {
        push_response(L, self);
    } else if (strcmp(name, "to_ndjson") == 0 || strcmp(name, "to_csv") == 0) {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushcclosure(L, strcmp(name, "to_csv") == 0 ? to_csv : to_ndjson, 1);
    } else {
        return 0;
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
}

/* Takes the page, or only its response. */
static void push_kept(lua_State *L, pgai_page **page, bool keep)
{
    kept *self = lua_newuserdata(L, sizeof(*self));

    *self = (kept){NULL, NULL};
    luaL_getmetatable(L, kept_name);
    lua_setmetatable(L, -2);
    if (keep) {
        self->page = *page;
        *page = NULL;
    } else {
        self->response = pgai_page_take_response(*page);
    }
}

/* The fields and methods of a page, in addition to its contacts. */
static void push_index(lua_State *L, pgai_page **page, bool keep)
{
    lua_createtable(L, 0, 6);
    set_number(L, "page", pgai_page_number(*page));
    set_number(L, "limit", pgai_page_limit(*page));
    set_number(L, "total", pgai_page_total(*page));
    lua_pushcfunction(L, to_table);
    lua_setfield(L, -2, "to_table");
    set_number(L, "requests", pgai_page_requests(*page));
    lua_createtable(L, 0, 1);
    push_kept(L, page, keep);
    lua_pushcclosure(L, find, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

void pgaii_lua_page_push(lua_State *L, pgai_page **page, pgaii_lua_nulls nulls, bool keep)
{
    luaL_checkstack(L, 8, "a page");
    pgaii_lua_contacts_push(L, *page, nulls);
    lua_createtable(L, 0, 3);
    push_index(L, page, keep);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "pgai.Page");
    lua_setfield(L, -2, "__name");
    /* This is how dkjson and others distinguish an empty array from an empty object. */
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__jsontype");
    lua_setmetatable(L, -2);
}

void pgaii_lua_page_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__gc", collect}, {NULL, NULL}};

    pgaii_lua_make_type(L, kept_name, methods);
}
