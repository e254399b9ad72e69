#ifndef PGAII_LUA_DECODE_H
#define PGAII_LUA_DECODE_H

#include <lua.h>

#include <pgai/text.h>

/** What becomes of JSON null in an object. In an array, where leaving it out would move
 * what follows, it is always pgai.null. */
typedef enum pgaii_lua_nulls {
    PGAII_LUA_NULL_OMITTED,
    PGAII_LUA_NULL_SENTINEL /**< pgai.null */
} pgaii_lua_nulls;

/** The name in the registry of the metatable that all decoded arrays have. */
#define PGAII_LUA_ARRAY "pgai.array"

/** Push what JSON text says; a null becomes pgai.null, or nil where they are omitted.
 *
 * Integers that the machine's numbers cannot hold exactly become text, and so do numbers
 * beyond their range.
 *
 * @param json  Valid, as everything is that the core returns. An error is raised where it
 * is not, or is nested deeper than the core allows.
 */
void pgaii_lua_decode(lua_State *L, pgai_text json, pgaii_lua_nulls nulls);

#endif
