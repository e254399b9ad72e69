#ifndef PGAII_LUA_PAGE_H
#define PGAII_LUA_PAGE_H

#include <stdbool.h>

#include <lua.h>

#include <pgai/page.h>

#include "decode.h"

/** Push a page: an array of contacts, with page, limit, total, requests, response,
 * to_table(), to_ndjson() and to_csv() in its metatable; those that the service did not
 * send are nil.
 *
 * @param page  Must belong to a userdata, as errors may be raised. Its response is taken;
 *              with @p keep all of it, and @p page is NULL then.
 * @param keep  Whether to_ndjson() and to_csv() can be used.
 */
void pgaii_lua_page_push(lua_State *L, pgai_page **page, pgaii_lua_nulls nulls,
                         bool keep);

/** Make the metatable of what pages keep. */
void pgaii_lua_page_open(lua_State *L);

#endif
