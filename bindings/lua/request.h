#ifndef PGAII_LUA_REQUEST_H
#define PGAII_LUA_REQUEST_H

#include <lua.h>

#include <pgai/protocol.h>

/** Push a request as the table that transport:request() takes. */
void pgaii_lua_request_push(lua_State *L, const pgai_request *request);

#endif
