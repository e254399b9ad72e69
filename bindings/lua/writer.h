#ifndef PGAII_LUA_WRITER_H
#define PGAII_LUA_WRITER_H

#include <lua.h>

#include <pgai/page.h>

/** page:to_ndjson() -> text; the page must outlive the call. */
int pgaii_lua_write_ndjson(lua_State *L, const pgai_page *page);

/** page:to_csv{columns=, header=, escape_formulas=} -> text; an error is raised where an
 * option is not acceptable. */
int pgaii_lua_write_csv(lua_State *L, const pgai_page *page);

/** Make the metatable of what writes. */
void pgaii_lua_writer_open(lua_State *L);

#endif
