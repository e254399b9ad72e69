#include "protocol/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* The form: pgai1.POSITION.LIMIT.LAST.CHECK, numbers decimal, hashes in hex. The 1 is the
 * version; the check tells a cursor that was cut or mistyped from a whole one. */
static unsigned check_of(const pgaii_cursor *cursor)
{
    char text[80];

    snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 ".%" PRIx64, cursor->position,
             cursor->limit, cursor->last);
    return (unsigned)(pgaii_text_hash(pgaii_text(text)) & 0xFFFF);
}

void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE])
{
    snprintf(out, PGAI_CURSOR_SIZE, "pgai1.%" PRId64 ".%" PRId64 ".%" PRIx64 ".%04x",
             cursor->position, cursor->limit, cursor->last, check_of(cursor));
}

pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error)
{
    char again[PGAI_CURSOR_SIZE];
    pgaii_cursor cursor;

    /* Read leniently, then compare with what these numbers are written as. */
    if (sscanf(text, "pgai1.%18" SCNd64 ".%18" SCNd64 ".%16" SCNx64, &cursor.position,
               &cursor.limit, &cursor.last) == 3 &&
        cursor.position >= 0 && cursor.limit >= 1) {
        pgaii_cursor_write(&cursor, again);
        if (strcmp(again, text) == 0) {
            *out = cursor;
            return PGAI_OK;
        }
    }
    return pgaii_fail(
        error, PGAI_USAGE,
        "cursor is not one that a walk gave, or it was damaged; pass it unchanged, "
        "or leave it out to begin anew");
}
