#ifndef PGAII_LUA_CONTACT_H
#define PGAII_LUA_CONTACT_H

#include <lua.h>

#include <pgai/contact.h>
#include <pgai/page.h>

#include "decode.h"

/** Make what contacts share in this Lua: the names of their fields, and their methods,
 * `has(name)` and `to_table()`. To be called once, before the functions below. */
void pgaii_lua_contact_open(lua_State *L);

/** Push core.contact(text, sentinel) -> the contact of a text that was kept; or nil and
 * the fields of an error. */
void pgaii_lua_contact_push_reader(lua_State *L);

/** Push a contact as a plain table of its fields, with the shared metatable.
 *
 * @param contact  Must belong to a userdata, as errors may be raised.
 */
void pgaii_lua_contact_push(lua_State *L, const pgai_contact *contact,
                            pgaii_lua_nulls nulls);

/** Push the contacts of a page as an array. @p page like @c contact above. */
void pgaii_lua_contacts_push(lua_State *L, const pgai_page *page, pgaii_lua_nulls nulls);

/** contact:to_table(): a new table without metatable, in which null is pgai.null. */
int pgaii_lua_contact_to_table(lua_State *L);

#endif
