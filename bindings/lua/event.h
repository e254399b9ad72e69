#ifndef PGAII_LUA_EVENT_H
#define PGAII_LUA_EVENT_H

#include <lua.h>

#include <pgai/event.h>

/** Push an event as a table, with times in seconds and without what it does not have; the
 * word of its level; and the event in words.
 *
 * @return 3, for a C function to return.
 */
int pgaii_lua_event_push(lua_State *L, const pgai_event *event);

/** The function level(name) of the module: the word of a level of PGAI_LOG; or nil and an
 * error. */
int pgaii_lua_event_level(lua_State *L);

#endif
