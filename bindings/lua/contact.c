/* Contacts, as tables. */
#include "contact.h"

#include <stdbool.h>

#include "compat.h"
#include "error.h"

/* In the registry: a table with the names of the fields at 1 to PGAI_FIELD_COUNT, then
 * the metatables of contacts by which of their fields are null. These are weak, since
 * unknown fields may be null in any number of ways. */
static const char registry_name[] = "pgai.contacts";

_Static_assert(PGAI_FIELD_COUNT <= 32, "each field that may be null has a bit");

enum { METATABLES = PGAI_FIELD_COUNT + 1, METHODS, SHARED_COUNT = METHODS };

/* What is needed of it, on the stack: the names at 1 to PGAI_FIELD_COUNT above this. */
typedef struct maker {
    lua_State *L;
    int shared;
    pgaii_lua_nulls nulls;
} maker;

static maker begin(lua_State *L, pgaii_lua_nulls nulls)
{
    maker make = {L, lua_gettop(L) + 1, nulls};

    luaL_checkstack(L, SHARED_COUNT + 16, "contacts");
    lua_getfield(L, LUA_REGISTRYINDEX, registry_name);
    for (int i = 1; i <= SHARED_COUNT; i++)
        lua_rawgeti(L, make.shared, i);
    return make;
}

/* Leaves what is on top of the stack. */
static void finish(const maker *make)
{
    lua_replace(make->L, make->shared);
    lua_settop(make->L, make->shared);
}

/* The texts of the documented fields. Returns how many there are. */
static int read_texts(const pgai_contact *contact, pgai_text texts[PGAI_FIELD_COUNT])
{
    int count = 0;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        texts[i] = pgai_contact_text(contact, (pgai_field)i);
        count += texts[i].data != NULL;
    }
    return count;
}

/* A field that is not text. True: it is null, and left out. */
static bool set_other(const maker *make, const pgai_contact *contact, pgai_field field)
{
    pgai_presence presence = pgai_contact_presence(contact, field);

    if (presence == PGAI_PRESENCE_ABSENT)
        return false;
    if (presence == PGAI_PRESENCE_NULL && make->nulls == PGAII_LUA_NULL_OMITTED)
        return true;
    lua_pushvalue(make->L, make->shared + 1 + (int)field);
    if (presence == PGAI_PRESENCE_NULL)
        lua_pushlightuserdata(make->L, NULL);
    else
        pgaii_lua_decode(make->L, pgai_contact_value(contact, field), make->nulls);
    lua_rawset(make->L, -3);
    return false;
}

/* Fills the table on top of the stack with documented fields. Returns a bit for each that
 * is null, and left out. */
static unsigned set_fields(const maker *make, const pgai_contact *contact,
                           const pgai_text texts[PGAI_FIELD_COUNT])
{
    unsigned null = 0;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        if (texts[i].data) {
            lua_pushvalue(make->L, make->shared + 1 + i);
            lua_pushlstring(make->L, texts[i].data, texts[i].length);
            lua_rawset(make->L, -3);
        } else if (set_other(make, contact, (pgai_field)i)) {
            null |= 1U << i;
        }
    }
    return null;
}

static bool is_null(pgai_text json)
{
    return json.length && json.data[0] == 'n';
}

/* Fills the table below the top of the stack with the undocumented fields. The top, by
 * which metatables are found, grows by the names of those that are null. */
static void set_extras(const maker *make, const pgai_contact *contact)
{
    lua_State *L = make->L;
    size_t count = pgai_contact_extra_count(contact);

    for (size_t i = 0; i < count; i++) {
        pgai_text name, value;

        pgai_contact_extra(contact, i, &name, &value);
        if (make->nulls == PGAII_LUA_NULL_OMITTED && is_null(value)) {
            lua_pushliteral(L, "\n");
            lua_pushlstring(L, name.data, name.length);
            lua_concat(L, 3);
        } else {
            lua_pushlstring(L, name.data, name.length);
            pgaii_lua_decode(L, value, make->nulls);
            lua_rawset(L, -4);
        }
    }
}

/* Pushes a set of the fields that are null and left out. */
static void push_nulls(const maker *make, const pgai_contact *contact, unsigned null)
{
    lua_State *L = make->L;
    bool omitted = make->nulls == PGAII_LUA_NULL_OMITTED;
    size_t count = omitted ? pgai_contact_extra_count(contact) : 0;

    lua_newtable(L);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        if (null >> i & 1U) {
            lua_pushvalue(L, make->shared + 1 + i);
            lua_pushboolean(L, 1);
            lua_rawset(L, -3);
        }
    }
    for (size_t i = 0; i < count; i++) {
        pgai_text name, value;

        pgai_contact_extra(contact, i, &name, &value);
        if (is_null(value)) {
            lua_pushlstring(L, name.data, name.length);
            lua_pushboolean(L, 1);
            lua_rawset(L, -3);
        }
    }
}

/* Pops what says which fields are null, and gives the table below it the metatable of
 * contacts with these null fields. */
static void set_metatable(const maker *make, const pgai_contact *contact, unsigned null)
{
    lua_State *L = make->L;

    lua_pushvalue(L, -1);
    lua_rawget(L, make->shared + METATABLES);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 3);
        lua_pushvalue(L, make->shared + METHODS);
        lua_setfield(L, -2, "__index");
        lua_pushliteral(L, "pgai.Contact");
        lua_setfield(L, -2, "__name");
        push_nulls(make, contact, null);
        lua_setfield(L, -2, "nulls");
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, make->shared + METATABLES);
    }
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
}

static void push_contact(const maker *make, const pgai_contact *contact)
{
    pgai_text texts[PGAI_FIELD_COUNT];
    int known = read_texts(contact, texts);
    unsigned null;

    lua_createtable(make->L, 0, known + (int)pgai_contact_extra_count(contact));
    null = set_fields(make, contact, texts);
    lua_pushinteger(make->L, (lua_Integer)null);
    set_extras(make, contact);
    set_metatable(make, contact, null);
}

void pgaii_lua_contact_push(lua_State *L, const pgai_contact *contact,
                            pgaii_lua_nulls nulls)
{
    maker make = begin(L, nulls);

    push_contact(&make, contact);
    finish(&make);
}

void pgaii_lua_contacts_push(lua_State *L, const pgai_page *page, pgaii_lua_nulls nulls)
{
    maker make = begin(L, nulls);
    size_t count = pgai_page_count(page);

    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_contact(&make, pgai_page_contact(page, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    finish(&make);
}

/* Pushes the set of the null fields of the contact at index 1; nil if it is not a
 * contact. */
static void get_nulls(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!luaL_getmetafield(L, 1, "nulls"))
        lua_pushnil(L);
}

static int has(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TSTRING);
    lua_settop(L, 2);
    get_nulls(L);
    lua_pushvalue(L, 2);
    lua_rawget(L, 1);
    if (lua_isnil(L, -1) && lua_istable(L, 3)) {
        lua_pushvalue(L, 2);
        lua_rawget(L, 3);
    }
    lua_pushboolean(L, !lua_isnil(L, -1));
    return 1;
}

int pgaii_lua_contact_to_table(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    get_nulls(L);
    lua_newtable(L);
    if (lua_istable(L, 2)) {
        for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
            lua_pushvalue(L, -2);
            lua_pushlightuserdata(L, NULL);
            lua_rawset(L, 3);
        }
    }
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, 3);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    {"has", has}, {"to_table", pgaii_lua_contact_to_table}, {NULL, NULL}};

static const char owner_name[] = "pgai.contact_owner";

static int free_owned(lua_State *L)
{
    pgai_contact **owned = luaL_checkudata(L, 1, owner_name);

    pgai_contact_free(*owned);
    *owned = NULL;
    return 0;
}

/* Pushes a place for a contact, which is freed with it. */
static pgai_contact **push_owner(lua_State *L)
{
    pgai_contact **owned = lua_newuserdata(L, sizeof(pgai_contact *));

    *owned = NULL;
    luaL_getmetatable(L, owner_name);
    lua_setmetatable(L, -2);
    return owned;
}

/* The first upvalue is a place that serves all calls, except one that is made while
 * another uses it, in a finalizer, or after one that was ended by an error. */
static int read_contact(lua_State *L)
{
    pgai_contact **owned = lua_touserdata(L, lua_upvalueindex(1));
    pgaii_lua_nulls nulls =
        lua_toboolean(L, 2) ? PGAII_LUA_NULL_SENTINEL : PGAII_LUA_NULL_OMITTED;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_text text;

    text.data = luaL_checklstring(L, 1, &text.length);
    if (*owned)
        owned = push_owner(L);
    if (pgai_contact_parse_body(text, owned, &error) != PGAI_OK)
        return pgaii_lua_fail(L, &error);
    pgaii_lua_contact_push(L, *owned, nulls);
    pgai_contact_free(*owned);
    *owned = NULL;
    return 1;
}

void pgaii_lua_contact_push_reader(lua_State *L)
{
    push_owner(L);
    lua_pushcclosure(L, read_contact, 1);
}

void pgaii_lua_contact_open(lua_State *L)
{
    luaL_newmetatable(L, owner_name);
    lua_pushcfunction(L, free_owned);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_createtable(L, SHARED_COUNT, 0);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        lua_pushstring(L, pgai_field_name((pgai_field)i));
        lua_rawseti(L, -2, i + 1);
    }
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawseti(L, -2, METATABLES);
    luaL_newlib(L, methods);
    lua_rawseti(L, -2, METHODS);
    lua_setfield(L, LUA_REGISTRYINDEX, registry_name);
}
