#ifndef PGAII_LUA_READ_H
#define PGAII_LUA_READ_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include <pgai/error.h>

/* Members of a table of options, read by name. A member that is nil leaves the output as
 * it is. Each of these returns false, with a usage error that names the member, when its
 * value is not acceptable. */

/** Text. It is borrowed from the table.
 *
 * @param table  Index of the table; the same below.
 */
bool pgaii_lua_read_text(lua_State *L, int table, const char *name, const char **out,
                         pgai_error *error);

/** A whole number; one beyond the range of @p out becomes the nearest in it. */
bool pgaii_lua_read_integer(lua_State *L, int table, const char *name, int64_t *out,
                            pgai_error *error);

/** Seconds above 0, as milliseconds; false or math.huge: PGAI_FOREVER. */
bool pgaii_lua_read_seconds(lua_State *L, int table, const char *name, int64_t *out,
                            pgai_error *error);

/** A number, of which the core says what is acceptable. */
bool pgaii_lua_read_number(lua_State *L, int table, const char *name, double *out,
                           pgai_error *error);

/** A boolean. */
bool pgaii_lua_read_flag(lua_State *L, int table, const char *name, int *out,
                         pgai_error *error);

/** Text on the stack, at @p index; it is borrowed. It must not be nil, and hold no NUL.
 */
bool pgaii_lua_read_value(lua_State *L, int index, const char *name, const char **out,
                          pgai_error *error);

/** Push what holds the texts of a list, which borrows them.
 *
 * @param list  Index of the list, counted from the bottom.
 * @param item  What one of them is, for a message.
 * @return the texts, as many as the list is long; NULL: one is not acceptable.
 */
const char **
pgaii_lua_push_texts(lua_State *L, int list, const char *item, pgai_error *error);

/** The time at @p index, in milliseconds; an error is raised if it is not a number. */
int64_t pgaii_lua_check_time(lua_State *L, int index);

#endif
