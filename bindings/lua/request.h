#ifndef PGAII_LUA_REQUEST_H
#define PGAII_LUA_REQUEST_H

#include <stdint.h>

#include <lua.h>

#include <pgai/protocol.h>

/** Push a request as the table that transport:request() takes. */
void pgaii_lua_request_push(lua_State *L, const pgai_request *request);

/** The request of the call at @p index, or that of such a table.
 *
 * An error is raised where a call has none to send, or a member of the table is missing
 * or of another type.
 *
 * @param room  Filled from a table, whose texts it borrows: from the stack, on which they
 * are left.
 * @return the call's own request, or @p room.
 */
const pgai_request *pgaii_lua_request_at(lua_State *L, int index, pgai_request *room);

/** Seconds as milliseconds, rounded up, as a wait that ends early would have to be waited
 * again; 0 when they are not above 0, and 31 years for more than that. */
int64_t pgaii_lua_milliseconds(lua_Number seconds);

#endif
