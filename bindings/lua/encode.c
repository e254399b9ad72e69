/* Lua values, as JSON text. */
#include "encode.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "error.h"
#include "shape.h"

/* The core takes no JSON that is nested deeper. */
enum { MAX_DEPTH = 64 };

/* The first size of the text; it doubles. */
enum { FIRST_CAPACITY = 512 };

/* A value on the way down to the one being written. */
typedef struct place {
    const struct place *up;
    const char *name; /* NULL: an item of an array */
    lua_Integer item;
    const void *table; /* NULL: not a table */
    int depth;
} place;

typedef struct writer {
    lua_State *L;
    int buffer; /* index of the userdata that holds the text */
    char *text;
    size_t length;
    size_t capacity;
    pgai_error *error;
} writer;

static void grow(writer *out, size_t more)
{
    size_t capacity = out->capacity;
    char *text;

    while (capacity - out->length < more) {
        if (capacity > SIZE_MAX / 2)
            luaL_error(out->L, "pgai: the fields are too large");
        capacity *= 2;
    }
    text = lua_newuserdata(out->L, capacity);
    memcpy(text, out->text, out->length);
    lua_replace(out->L, out->buffer);
    out->text = text;
    out->capacity = capacity;
}

static void add(writer *out, const char *text, size_t length)
{
    if (out->capacity - out->length < length)
        grow(out, length);
    memcpy(out->text + out->length, text, length);
    out->length += length;
}

static void add_mark(writer *out, char mark)
{
    add(out, &mark, 1);
}

/* Writes the path to a value; what does not fit is cut. */
static size_t write_path(const place *at, char *path, size_t size)
{
    size_t used = at->up ? write_path(at->up, path, size) : 0;
    int more;

    if (at->name)
        more = snprintf(path + used, size - used, "%s%s", used ? "." : "", at->name);
    else
        more = snprintf(path + used, size - used, "[%lld]", (long long)at->item);
    return more < 0 || (size_t)more >= size - used ? size - 1 : used + (size_t)more;
}

static bool refuse(writer *out, const place *at, const char *why)
{
    char path[256];

    write_path(at, path, sizeof(path));
    return pgaii_lua_usage(out->error, "%s %s", path, why);
}

/* How many bytes the character at @p at takes; 0: it is not UTF-8. */
static size_t character_length(const unsigned char *at, size_t left)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *at < 0x80                  ? 1
                    : *at >= 0xC2 && *at < 0xE0 ? 2
                    : *at >= 0xE0 && *at < 0xF0 ? 3
                    : *at >= 0xF0 && *at < 0xF5 ? 4
                                                : 0;
    unsigned code = *at & (0xFFU >> (length + 1));

    if (length < 2)
        return length;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3FU);
    }
    return code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)
               ? 0
               : length;
}

static void add_character(writer *out, const char *at, size_t length)
{
    unsigned char code = (unsigned char)*at;
    char escape[8];

    if (code == '"' || code == '\\')
        add_mark(out, '\\');
    if (code >= 0x20) {
        add(out, at, length);
    } else {
        snprintf(escape, sizeof(escape), "\\u%04x", code);
        add(out, escape, 6);
    }
}

static bool add_string(writer *out, int index, const place *at)
{
    size_t length, step;
    const char *text = lua_tolstring(out->L, index, &length);

    add_mark(out, '"');
    for (size_t i = 0; i < length; i += step) {
        step = character_length((const unsigned char *)text + i, length - i);
        if (!step)
            return refuse(out, at, "is not UTF-8");
        add_character(out, text + i, step);
    }
    add_mark(out, '"');
    return true;
}

/* The locale may have another decimal point, of several bytes. */
static void add_plain(writer *out, const char *text, size_t length)
{
    size_t whole = strspn(text, "0123456789-");
    size_t rest = whole + strcspn(text + whole, "0123456789e");

    add(out, text, whole);
    if (rest > whole)
        add_mark(out, '.');
    add(out, text + rest, length - rest);
}

/* Whether a number is whole, and is told from those next to it. */
static bool is_whole(lua_Number number)
{
    return number == floor(number) && fabs(number) <= 9007199254740992.0;
}

/* The shortest text that reads as the same number; in digits where it is whole. */
static bool add_number(writer *out, const place *at)
{
    lua_Number number = lua_tonumber(out->L, -1);
    char text[40];
    int length;

    if (number - number != 0)
        return refuse(out, at, "is not a number that JSON has");
    if (pgaii_lua_is_integer(out->L, -1)) {
        length =
            snprintf(text, sizeof(text), "%lld", (long long)lua_tointeger(out->L, -1));
    } else {
        length =
            snprintf(text, sizeof(text), is_whole(number) ? "%.0f" : "%.15g", number);
        for (int digits = 16; digits <= 17 && strtod(text, NULL) != number; digits++)
            length = snprintf(text, sizeof(text), "%.*g", digits, number);
    }
    add_plain(out, text, (size_t)length);
    return true;
}

static bool add_value(writer *out, const place *at);

static bool add_items(writer *out, const place *at, lua_Integer length)
{
    add_mark(out, '[');
    for (lua_Integer i = 1; i <= length; i++) {
        const place item = {at, NULL, i, NULL, at->depth + 1};

        if (i > 1)
            add_mark(out, ',');
        lua_rawgeti(out->L, -1, (int)i);
        if (!add_value(out, &item))
            return false;
        lua_pop(out->L, 1);
    }
    add_mark(out, ']');
    return true;
}

static bool add_members(writer *out, const place *at)
{
    bool first = true;

    add_mark(out, '{');
    for (lua_pushnil(out->L); lua_next(out->L, -2); lua_pop(out->L, 1)) {
        const place member = {at, lua_tostring(out->L, -2), 0, NULL, at->depth + 1};

        if (!first)
            add_mark(out, ',');
        first = false;
        if (!add_string(out, -2, &member))
            return false;
        add_mark(out, ':');
        if (!add_value(out, &member))
            return false;
    }
    add_mark(out, '}');
    return true;
}

static bool is_within(const place *at, const void *table)
{
    for (; at; at = at->up) {
        if (at->table == table)
            return true;
    }
    return false;
}

static bool add_table(writer *out, const place *at)
{
    place here = *at;
    lua_Integer length = 0;

    here.table = lua_topointer(out->L, -1);
    if (is_within(at->up, here.table))
        return refuse(out, at, "contains itself");
    if (at->depth >= MAX_DEPTH)
        return refuse(out, at, "is nested too deeply");
    luaL_checkstack(out->L, 6, "fields that are nested deeply");
    switch (pgaii_lua_shape_of(out->L, &length)) {
    case PGAII_LUA_SHAPE_ARRAY:
        return add_items(out, &here, length);
    case PGAII_LUA_SHAPE_OBJECT:
        return add_members(out, &here);
    case PGAII_LUA_SHAPE_HOLES:
        return refuse(out, at, "is an array with holes");
    default:
        return refuse(out, at, "has keys that are neither all text nor 1, 2, 3...");
    }
}

static bool add_other(writer *out, const place *at)
{
    char why[64];

    if (lua_islightuserdata(out->L, -1) && !lua_touserdata(out->L, -1)) {
        add(out, "null", 4);
        return true;
    }
    snprintf(why, sizeof(why), "is a %s, which JSON does not have",
             luaL_typename(out->L, -1));
    return refuse(out, at, why);
}

/* Writes the value on top of the stack. After a failure there may be more on the stack.
 */
static bool add_value(writer *out, const place *at)
{
    switch (lua_type(out->L, -1)) {
    case LUA_TSTRING:
        return add_string(out, -1, at);
    case LUA_TNUMBER:
        return add_number(out, at);
    case LUA_TBOOLEAN:
        if (lua_toboolean(out->L, -1))
            add(out, "true", 4);
        else
            add(out, "false", 5);
        return true;
    case LUA_TTABLE:
        return add_table(out, at);
    default:
        return add_other(out, at);
    }
}

const char *pgaii_lua_encode(lua_State *L, int index, const char *name, pgai_error *error)
{
    const place root = {NULL, name, 0, NULL, 0};
    writer out = {L, lua_gettop(L) + 1, NULL, 0, FIRST_CAPACITY, error};

    luaL_checkstack(L, 6, "fields");
    out.text = lua_newuserdata(L, FIRST_CAPACITY);
    lua_pushvalue(L, index);
    if (!add_value(&out, &root))
        return NULL;
    add_mark(&out, '\0');
    lua_settop(L, out.buffer);
    return out.text;
}
