/* JSON text, as Lua values. */
#include "decode.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

/* The core takes no JSON that is nested deeper. */
enum { MAX_DEPTH = 64 };

/* The lowest and highest integers that Lua's numbers hold exactly. */
#if LUA_VERSION_NUM == 501
#define MAX_BELOW (UINT64_C(1) << 53)
#define MAX_ABOVE (UINT64_C(1) << 53)
#else
#define MAX_BELOW (UINT64_C(1) << 63)
#define MAX_ABOVE (MAX_BELOW - 1)
#endif

/* Digits of any number that fits a uint64_t. */
enum { MAX_DIGITS = 19 };

typedef struct reader {
    lua_State *L;
    const char *at;
    const char *end;
    pgaii_lua_nulls nulls;
    int depth;
} reader;

static int invalid(reader *in)
{
    return luaL_error(in->L, "pgai: the JSON text of a value is not valid");
}

static char next_mark(reader *in)
{
    while (in->at < in->end && strchr(" \t\r\n", *in->at))
        in->at++;
    return in->at < in->end ? *in->at : '\0';
}

static void take(reader *in, char mark)
{
    if (next_mark(in) != mark)
        invalid(in);
    in->at++;
}

/* Takes the mark that opens an array or object. */
static void enter(reader *in, char mark)
{
    if (++in->depth > MAX_DEPTH)
        invalid(in);
    take(in, mark);
}

static void leave(reader *in, char mark)
{
    take(in, mark);
    in->depth--;
}

static unsigned hex4(reader *in)
{
    unsigned code = 0;

    if (in->end - in->at < 4)
        invalid(in);
    for (int i = 0; i < 4; i++) {
        char digit = *in->at++;

        code <<= 4;
        if (digit >= '0' && digit <= '9')
            code |= (unsigned)(digit - '0');
        else
            code |= (unsigned)((digit | 0x20) - 'a' + 10);
    }
    return code;
}

/* The character of an escape \uXXXX, or of a pair of them; U+FFFD for a lone surrogate.
 */
static unsigned escaped_character(reader *in)
{
    unsigned high = hex4(in);
    const char *after = in->at;
    unsigned low;

    if (high < 0xD800 || high > 0xDFFF)
        return high;
    if (high > 0xDBFF || in->end - after < 2 || after[0] != '\\' || after[1] != 'u')
        return 0xFFFD;
    in->at += 2;
    low = hex4(in);
    if (low >= 0xDC00 && low <= 0xDFFF)
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    in->at = after;
    return 0xFFFD;
}

static void add_character(luaL_Buffer *out, unsigned code)
{
    if (code < 0x80) {
        luaL_addchar(out, (char)code);
        return;
    }
    if (code < 0x800) {
        luaL_addchar(out, (char)(0xC0 | code >> 6));
    } else {
        if (code < 0x10000) {
            luaL_addchar(out, (char)(0xE0 | code >> 12));
        } else {
            luaL_addchar(out, (char)(0xF0 | code >> 18));
            luaL_addchar(out, (char)(0x80 | (code >> 12 & 0x3F)));
        }
        luaL_addchar(out, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    luaL_addchar(out, (char)(0x80 | (code & 0x3F)));
}

static void add_escape(reader *in, luaL_Buffer *out)
{
    static const char marks[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char mark = in->at < in->end ? *in->at++ : '\0';
    const char *found = mark ? strchr(marks, mark) : NULL;

    if (found)
        luaL_addchar(out, meant[found - marks]);
    else if (mark == 'u')
        add_character(out, escaped_character(in));
    else
        invalid(in);
}

/* The text from here to the next quotation mark or backslash. */
static size_t plain_length(reader *in)
{
    const char *at = in->at;

    while (at < in->end && *at != '"' && *at != '\\')
        at++;
    if (at == in->end)
        invalid(in);
    return (size_t)(at - in->at);
}

static void push_escaped(reader *in)
{
    luaL_Buffer out;

    luaL_buffinit(in->L, &out);
    while (*in->at != '"') {
        size_t plain = plain_length(in);

        luaL_addlstring(&out, in->at, plain);
        in->at += plain;
        if (*in->at == '\\') {
            in->at++;
            add_escape(in, &out);
        }
        if (in->at == in->end)
            invalid(in);
    }
    luaL_pushresult(&out);
}

static void push_string(reader *in)
{
    size_t plain;

    take(in, '"');
    plain = plain_length(in);
    if (in->at[plain] == '"') {
        lua_pushlstring(in->L, in->at, plain);
        in->at += plain;
    } else {
        push_escaped(in);
    }
    in->at++;
}

static void push_integer(reader *in, const char *text, size_t length)
{
    bool negative = *text == '-';
    uint64_t number = 0;

    for (size_t i = negative; i < length && length - negative <= MAX_DIGITS; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    if (length - negative > MAX_DIGITS || number > (negative ? MAX_BELOW : MAX_ABOVE))
        lua_pushlstring(in->L, text, length);
    else
#if LUA_VERSION_NUM == 501
        lua_pushnumber(in->L, negative ? -(lua_Number)number : (lua_Number)number);
#else
        lua_pushinteger(in->L, (lua_Integer)(negative ? 0 - number : number));
#endif
}

/* Whether the digits before the exponent are all 0. */
static bool is_zero(const char *text, size_t length)
{
    for (size_t i = 0; i < length && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] >= '1' && text[i] <= '9')
            return false;
    }
    return true;
}

/* What strtod() reads as a number on the stack: it wants the locale's decimal point,
 * which Lua takes for one byte. */
static lua_Number read_fraction(lua_State *L)
{
    lua_Number number;

    luaL_gsub(L, lua_tostring(L, -1), ".", localeconv()->decimal_point);
    number = strtod(lua_tostring(L, -1), NULL);
    lua_pop(L, 1);
    return number;
}

/* It stays text if the number is too large for a double, or so small that it becomes 0.
 */
static void push_fraction(reader *in, const char *text, size_t length)
{
    lua_Number number;

    lua_pushlstring(in->L, text, length);
    number = read_fraction(in->L);
    if (number - number == 0 && (number != 0 || is_zero(text, length))) {
        lua_pushnumber(in->L, number);
        lua_replace(in->L, -2);
    }
}

static void push_number(reader *in)
{
    const char *text = in->at;
    size_t length;
    bool integral = true;

    while (in->at < in->end && *in->at && strchr("+-.0123456789eE", *in->at)) {
        integral = integral && !strchr("+.eE", *in->at);
        in->at++;
    }
    length = (size_t)(in->at - text);
    if (!length)
        invalid(in);
    if (integral)
        push_integer(in, text, length);
    else
        push_fraction(in, text, length);
}

static void push_value(reader *in);

/* A name and its value, at the top of the stack, go into the table below. */
static void set_member(reader *in)
{
    if (in->nulls == PGAII_LUA_NULL_OMITTED && lua_islightuserdata(in->L, -1)) {
        /* If a name comes twice, the last value counts. */
        lua_pop(in->L, 1);
        lua_pushnil(in->L);
    }
    lua_rawset(in->L, -3);
}

static void push_object(reader *in)
{
    enter(in, '{');
    lua_newtable(in->L);
    while (next_mark(in) != '}') {
        push_string(in);
        take(in, ':');
        push_value(in);
        set_member(in);
        if (next_mark(in) != ',')
            break;
        in->at++;
    }
    leave(in, '}');
}

static void push_array(reader *in)
{
    enter(in, '[');
    lua_newtable(in->L);
    luaL_getmetatable(in->L, PGAII_LUA_ARRAY);
    lua_setmetatable(in->L, -2);
    for (int i = 1; next_mark(in) != ']'; i++) {
        push_value(in);
        lua_rawseti(in->L, -2, i);
        if (next_mark(in) != ',')
            break;
        in->at++;
    }
    leave(in, ']');
}

static void push_literal(reader *in, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        invalid(in);
    in->at += length;
    if (*word == 'n')
        lua_pushlightuserdata(in->L, NULL);
    else
        lua_pushboolean(in->L, *word == 't');
}

static void push_value(reader *in)
{
    char mark = next_mark(in);

    luaL_checkstack(in->L, 6, "a value that is nested deeply");
    switch (mark) {
    case '{':
        push_object(in);
        break;
    case '[':
        push_array(in);
        break;
    case '"':
        push_string(in);
        break;
    case 't':
        push_literal(in, "true");
        break;
    case 'f':
        push_literal(in, "false");
        break;
    case 'n':
        push_literal(in, "null");
        break;
    default:
        push_number(in);
        break;
    }
}

void pgaii_lua_decode(lua_State *L, pgai_text json, pgaii_lua_nulls nulls)
{
    reader in = {L, json.data, json.data + json.length, nulls, 0};

    push_value(&in);
    if (nulls == PGAII_LUA_NULL_OMITTED && lua_islightuserdata(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}
