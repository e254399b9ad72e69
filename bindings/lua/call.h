#ifndef PGAII_LUA_CALL_H
#define PGAII_LUA_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include <pgai/protocol.h>

#include "exchange.h"

/* A call as userdata. Its methods, with times in milliseconds:
 *
 *   next(now) -> "send" | "response" | "done" | "failed" | "wait", until, cause
 *   request() -> the request as a table, see docs/design/lua.md; nil: none is to be sent
 *   feed(now, status, headers, body), feed(now, response), fail(now, failure)
 *   cancel(now, kind)
 *   result(sentinel) -> the page, contact, response or list of ranges of a call that is
 *                       done; nil the second time. The call is over with that, and its
 * memory given back error() -> the error of one that failed requests() -> how many
 * requests it sent listen()   note what happens from now on event() -> the next thing
 * that happened, as a table, its level, and its words; nil
 */
typedef struct pgaii_lua_call {
    pgaii_lua_request handle; /**< first: what transports in C see */
    pgai_call *call;          /**< NULL: nothing is left of it */
    bool over;                /**< next() said that it is done, or failed */
    bool keep_json;           /**< its page is to be kept, too */
    pgai_page *page;          /**< taken from the call, while it is made into tables */
    pgai_contact *contact;    /**< the same */
    pgai_response *response;  /**< the same */
    struct pgaii_lua_call **lender; /**< the walk's list of calls that are its own, with
                                         this one in it; NULL: it is this userdata's */
    struct pgaii_lua_call *next;    /**< in that list */
    void *session; /**< the userdata of its session; NULL: a walk's call */
} pgaii_lua_call;

/** session:list(options, call_options), session:get(id, call_options),
 * session:create(fields, call_options), session:request(options, call_options),
 * session:plan(options, call_options): a call; or nil and an error. */
int pgaii_lua_call_list(lua_State *L);
int pgaii_lua_call_get(lua_State *L);
int pgaii_lua_call_create(lua_State *L);
int pgaii_lua_call_request(lua_State *L);
int pgaii_lua_call_plan(lua_State *L);

/** Push a call that belongs to a walk, which is at index 1 of the stack.
 *
 * @param lender  The list it joins, and leaves with pgaii_lua_call_return().
 */
void pgaii_lua_call_lend(lua_State *L, pgai_call *call, pgaii_lua_call **lender);

/** Take back the first call of a list, which the walk may free then. */
void pgaii_lua_call_return(pgaii_lua_call **lender);

/** Make the metatable of calls. */
void pgaii_lua_call_open(lua_State *L);

#endif
