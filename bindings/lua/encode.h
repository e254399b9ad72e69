#ifndef PGAII_LUA_ENCODE_H
#define PGAII_LUA_ENCODE_H

#include <lua.h>

#include <pgai/error.h>

/** Write a value as JSON.
 *
 * Tables are arrays when they have the metatable of pgai.array(), or have names
 * 1 to n and no others; else objects. The null pointer is null. What JSON cannot say is
 * refused: holes, names of both kinds, cycles, functions and their like, numbers that are
 * none, and text that is not UTF-8.
 *
 * @param index  Of the value, counted from the bottom.
 * @param name   What it is called, for errors, which name the path to the value.
 * @return NUL-terminated text, borrowed from a value that stays on top of the stack;
 * NULL: @p error says why.
 */
const char *
pgaii_lua_encode(lua_State *L, int index, const char *name, pgai_error *error);

#endif
