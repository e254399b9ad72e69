#ifndef PGAII_LUA_SHARED_PACE_H
#define PGAII_LUA_SHARED_PACE_H

#include <lua.h>

/** curl.shared_pace(base_url, api_key, share): a file of <pgai/shared_pace.h>; or nil and
 * an error. Its methods: lock, unlock, trouble. */
int pgaii_lua_shared_pace_new(lua_State *L);

/** Make the metatable of files. */
void pgaii_lua_shared_pace_open(lua_State *L);

#endif
