#ifndef PGAII_LUA_HTTP1_H
#define PGAII_LUA_HTTP1_H

#include <lua.h>

/** Userdata that call:feed() takes as well as PGAII_LUA_RESPONSE. */
#define PGAII_LUA_HTTP1 "pgai.http1"

/* The reader of a response as userdata. Its methods:
 *
 *   receive(bytes) -> "more" | "whole", reusable | "failed", failure
 *   close(reason) -> the same. "closed": the other side closed the connection in good
 *                    order; else why nothing more can be read
 *   read() -> status, headers and body of a response that is whole
 *
 * Its failures also have `began`: whether any byte of a response came. It is over once it
 * has failed, was read, or was fed to a call. */

/** core.http1(request): what it takes to send a request over a socket, and to read its
 * response. The request is a call that is to be sent, or a table of the transport
 * contract.
 *
 * Returns a reader, the bytes to send; host, port, tls, once; and the timeouts of the
 * attempt and of its connection, in milliseconds. Or nil and a failure. */
int pgaii_lua_http1_new(lua_State *L);

/** Make the metatable of readers. */
void pgaii_lua_http1_open(lua_State *L);

#endif
