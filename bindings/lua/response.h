#ifndef PGAII_LUA_RESPONSE_H
#define PGAII_LUA_RESPONSE_H

#include <lua.h>

#include <pgai/protocol.h>

/** Read a response: the status at @p first, then headers and body, as a transport's
 * request() returns them. They are borrowed from the stack, on which scratch space is
 * left; an error is raised when they are not such values. */
void pgaii_lua_response_read(lua_State *L, int first, pgai_response *out);

/** Read a transport's failure, the table at @p index; in the same way. What it does not
 * say counts as the worse: that the request was sent. */
void pgaii_lua_failure_read(lua_State *L, int index, pgai_failure *out);

/** Push a response as a transport's request() returns it: status, headers and body.
 *
 * @return 3, for a C function to return.
 */
int pgaii_lua_response_push(lua_State *L, const pgai_response *response);

/** Push nil and a failure, as a transport returns them.
 *
 * @return 2, for a C function to return.
 */
int pgaii_lua_failure_push(lua_State *L, const pgai_failure *failure);

#endif
