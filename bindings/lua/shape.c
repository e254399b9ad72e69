/* Whether a table is an array or an object. */
#include "shape.h"

#include <math.h>
#include <stdbool.h>

#include "compat.h"
#include "decode.h"

static bool has_array_metatable(lua_State *L)
{
    bool same;

    if (!lua_getmetatable(L, -1))
        return false;
    luaL_getmetatable(L, PGAII_LUA_ARRAY);
    same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static bool is_item(lua_State *L, int index)
{
    lua_Number number;

    if (lua_type(L, index) != LUA_TNUMBER)
        return false;
    number = lua_tonumber(L, index);
    return number >= 1 && number == floor(number);
}

pgaii_lua_shape pgaii_lua_shape_of(lua_State *L, lua_Integer *count)
{
    lua_Integer items = 0, names = 0;
    lua_Number last = 0;

    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (is_item(L, -2)) {
            items++;
            last = fmax(last, lua_tonumber(L, -2));
        } else if (lua_type(L, -2) == LUA_TSTRING) {
            names++;
        } else {
            lua_pop(L, 2);
            return PGAII_LUA_SHAPE_MIXED;
        }
    }
    *count = items + names;
    if (items && names)
        return PGAII_LUA_SHAPE_MIXED;
    if (last != (lua_Number)items)
        return PGAII_LUA_SHAPE_HOLES;
    return items || (!names && has_array_metatable(L)) ? PGAII_LUA_SHAPE_ARRAY
                                                       : PGAII_LUA_SHAPE_OBJECT;
}
