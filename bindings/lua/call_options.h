#ifndef PGAII_LUA_CALL_OPTIONS_H
#define PGAII_LUA_CALL_OPTIONS_H

#include <lua.h>

#include <pgai/options.h>

/** core.call_options{timeout=, connect_timeout=, deadline=, max_wait=, max_attempts=,
 * pace=}: checks them, and returns them as a userdata; or nil and an error. */
int pgaii_lua_call_options_new(lua_State *L);

/** The call options at @p index, borrowed; NULL where there is nil. */
const pgai_call_options *pgaii_lua_call_options_at(lua_State *L, int index);

#endif
