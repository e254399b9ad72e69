#ifndef PGAII_LUA_PAGE_H
#define PGAII_LUA_PAGE_H

#include <lua.h>

#include <pgai/page.h>

#include "decode.h"

/** Push a page: an array of contacts, with page, limit, total and to_table() in its
 * metatable; those that the service did not send are nil.
 *
 * @param page  Must belong to a userdata, as errors may be raised.
 */
void pgaii_lua_page_push(lua_State *L, const pgai_page *page, pgaii_lua_nulls nulls);

#endif
