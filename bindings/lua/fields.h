#ifndef PGAII_LUA_FIELDS_H
#define PGAII_LUA_FIELDS_H

#include <stdbool.h>

#include <lua.h>

#include <pgai/error.h>
#include <pgai/options.h>

/** Read the fields of a contact to create: text or pgai.null by name, and `extra`, a
 * table or its JSON text.
 *
 * @param table    Index of the table.
 * @param[out] out Started with its _INIT. Borrowed from the table, and from what is left
 * on the stack.
 * @return false, with a usage error that names the field, when one is not acceptable.
 */
bool pgaii_lua_fields_read(lua_State *L, int table, pgai_contact_fields *out,
                           pgai_error *error);

#endif
