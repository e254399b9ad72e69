#ifndef PGAII_LUA_EXCHANGE_H
#define PGAII_LUA_EXCHANGE_H

#include <pgai/protocol.h>

/* What core.so and a transport written in C hand to each other, past Lua tables: userdata
 * whose metatables stand in the registry under these names, and whose memory begins with
 * these structs. */

/** A call of core.so. It is handed to transport:exchange(call). */
#define PGAII_LUA_REQUEST "pgai.request"

typedef struct pgaii_lua_request {
    const pgai_request *request; /**< NULL: no request is to be sent. It is borrowed, and
                                      gone once the call is fed or failed */
} pgaii_lua_request;

/** A whole response, as transport:exchange(call) returns it. */
#define PGAII_LUA_RESPONSE "pgai.response"

typedef struct pgaii_lua_response {
    pgai_response response; /**< owned by the userdata */
    /** Free what @c response points to; called as soon as it was read, and not again.
     * NULL: the collector is early enough, or it was done. */
    void (*release)(struct pgaii_lua_response *self);
} pgaii_lua_response;

#endif
