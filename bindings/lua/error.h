#ifndef PGAII_LUA_ERROR_H
#define PGAII_LUA_ERROR_H

#include <stdbool.h>

#include <lua.h>

#include <pgai/error.h>

/** Note that an argument is not acceptable.
 *
 * @return false, for the caller to return.
 */
bool pgaii_lua_usage(pgai_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Push an error as a table: kind, message, status, code, request_id, permission,
 * details, retry_after (seconds), requests, outcome_unknown; without those that have no
 * value. */
void pgaii_lua_error_push(lua_State *L, const pgai_error *error);

/** Push nil and the error.
 *
 * @return 2, for a C function to return.
 */
int pgaii_lua_fail(lua_State *L, const pgai_error *error);

/** The same, when there is no memory for what is made. */
int pgaii_lua_fail_memory(lua_State *L);

#endif
