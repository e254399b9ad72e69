#ifndef PGAI_PROTOCOL_VERSIONED_H
#define PGAI_PROTOCOL_VERSIONED_H

#include <stddef.h>

#include <pgai/error.h>

/** @file
 * Public structs begin with their own size and grow at the end, so that programs compiled
 * against another version work.
 */

/** The size of the first version of a struct: up to the member that was its last. This
 * stays as it is when members are added. */
#define PGAII_FIRST_SIZE(type, last) (offsetof(type, last) + sizeof(((type *)NULL)->last))

/** Read a struct that a caller gave.
 *
 * @param out   Of @p size bytes, with the defaults; those of members that an older caller
 *              does not know stay.
 * @param given Not NULL. Members that only a newer caller knows are left out.
 * @param first Its PGAII_FIRST_SIZE().
 * @param name  Of the argument, for the message.
 * @return PGAI_OK; PGAI_USAGE: it is shorter than it ever was, so not started right.
 */
pgai_status pgaii_versioned_read(void *out, size_t size, const void *given, size_t first,
                                 const char *name, pgai_error *error);

/** Fill a struct that a caller started with its _INIT, as far as the caller knows it. */
void pgaii_versioned_write(void *out, const void *value, size_t size);

#endif
