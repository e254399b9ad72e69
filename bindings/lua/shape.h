#ifndef PGAII_LUA_SHAPE_H
#define PGAII_LUA_SHAPE_H

#include <lua.h>

/** What the keys of a table make of it. */
typedef enum pgaii_lua_shape {
    PGAII_LUA_SHAPE_OBJECT, /**< all text; or none, and it is not marked as an array */
    PGAII_LUA_SHAPE_ARRAY,  /**< 1 to n; or none, and it has the metatable of arrays */
    PGAII_LUA_SHAPE_HOLES,  /**< whole numbers from 1, of which some are missing */
    PGAII_LUA_SHAPE_MIXED   /**< of several kinds, or another one */
} pgaii_lua_shape;

/** The shape of the table on top of the stack.
 *
 * @param[out] count How many keys it has; set for the first two shapes alone.
 */
pgaii_lua_shape pgaii_lua_shape_of(lua_State *L, lua_Integer *count);

#endif
