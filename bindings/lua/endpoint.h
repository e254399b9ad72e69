#ifndef PGAII_LUA_ENDPOINT_H
#define PGAII_LUA_ENDPOINT_H

#include <stdbool.h>

#include <lua.h>

#include <pgai/error.h>
#include <pgai/options.h>
#include <pgai/response.h>

#include "decode.h"

/** Read a request to any endpoint: text `path`, text `method` (nil: GET), `query` and
 * `json`, each of which may be nil.
 *
 * A query is a table of values by name, which are sent in the order of their names, byte
 * by byte; or a list of {name, value}, sent in its own. A value is a string, a number or
 * a boolean, or a list of those: then the name comes more than once. `json` is whatever
 * pgaii_lua_encode() takes.
 *
 * @param table    Index of the table.
 * @param[out] out Started with its _INIT. Borrowed from the table, and from what is left
 * on the stack.
 * @return false, with a usage error that names the option, when one is not acceptable.
 */
bool pgaii_lua_endpoint_read(lua_State *L, int table, pgai_request_options *out,
                             pgai_error *error);

/** Push a response as a table: `status`, `headers` by name in lower
 * case (of a name that came more than once, the values with ", " between them), and where
 * there is a body, `text` and what it says, `json`.
 *
 * @param response  Must belong to a userdata, as errors may be raised.
 */
void pgaii_lua_endpoint_push(lua_State *L, const pgai_response *response,
                             pgaii_lua_nulls nulls);

#endif
