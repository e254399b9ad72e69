#ifndef PGAI_PROTOCOL_CURSOR_H
#define PGAI_PROTOCOL_CURSOR_H

#include <stdint.h>

#include <pgai/error.h>
#include <pgai/options.h>

/** Where a walk stands: before the contact at @c position, counted from 0 over all pages.
 */
typedef struct pgaii_cursor {
    int64_t position;
    int64_t limit; /* contacts a page, from 1 */
    uint64_t last; /* hash of the id before it; 0: none */
} pgaii_cursor;

/** Write a cursor as text. */
void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE]);

/** Read it back. @return PGAI_OK; PGAI_USAGE: the text is no cursor, or damaged. */
pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error);

#endif
