#ifndef PGAII_LUA_PAGE_H
#define PGAII_LUA_PAGE_H

#include <lua.h>

#include <pgai/page.h>

#include "decode.h"

/** Push a page: an array of contacts, with page, limit, total, requests, response and
 * to_table() in its metatable; those that the service did not send are nil.
 *
 * @param page  Must belong to a userdata, as errors may be raised. Its response is taken.
 */
void pgaii_lua_page_push(lua_State *L, pgai_page *page, pgaii_lua_nulls nulls);

/** Make the metatable of what pages keep. */
void pgaii_lua_page_open(lua_State *L);

#endif
