#ifndef PGAII_LUA_HTTP1_H
#define PGAII_LUA_HTTP1_H

#include <lua.h>

/** Userdata that call:feed() takes as well as PGAII_LUA_ANSWER. */
#define PGAII_LUA_HTTP1 "pgai.http1"

/** core.http1(request): what it takes to send a request over a socket, and to read the
 * answer; the request is a call that is to be sent, or a table of the transport contract.
 * Returns eight values: the reader, the bytes to send; host, port, tls, once; and the
 * limits of the attempt and of its connection, in milliseconds. Or nil and a failure.
 *
 * Methods of the reader:
 *
 *   receive(bytes), close(reason) -> "more" | "whole", reusable | "failed", failure
 *       reason: what the socket said, "closed" when the other side closed it in good
 * order. The failure also has `began`: whether any byte of an answer came read() ->
 * status, headers and body of a whole answer
 *
 * It is over once it has failed, was read, or was fed to a call.
 */
int pgaii_lua_http1_new(lua_State *L);

/** Make the metatable of readers. */
void pgaii_lua_http1_open(lua_State *L);

#endif
