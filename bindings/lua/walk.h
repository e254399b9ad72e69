#ifndef PGAII_LUA_WALK_H
#define PGAII_LUA_WALK_H

#include <lua.h>

/* A walk as userdata. Its methods, with times in milliseconds:
 *
 *   next(now, sentinel) -> "calls" | "page", page | "done" | "failed"
 *
 *   call(index) -> a call to drive, from 1; nil: there are no more. It is over with the
 *     next next()
 *
 *   cursor(used) -> text; used: contacts of the last page that are done with, nil: all.
 *     nil: it has none
 *
 *   stats() -> a table, with waits in seconds
 *
 *   error() -> the error of a walk that failed
 */

/** session:pages(options, call_options): a walk; or nil and an error. */
int pgaii_lua_walk_pages(lua_State *L);

/** session:get_many(ids, options, call_options): a walk whose pages have one contact, or
 * none if it is not there; or nil and an error. */
int pgaii_lua_walk_get_many(lua_State *L);

/** Make the metatable of walks. */
void pgaii_lua_walk_open(lua_State *L);

#endif
