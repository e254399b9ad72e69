/* Where a walk stands, as text. */
#include "protocol/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* The form: pgai1.POSITION.LIMIT.LAST.TOTAL.SIGN.END.CHECK, numbers decimal, hashes in
 * hex. The 1 is the version; the check detects a cursor that was cut or misspelt. */
static const char version[] = "pgai1.";

void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE])
{
    size_t length;

    snprintf(out, PGAI_CURSOR_SIZE,
             "%s%" PRId64 ".%" PRId64 ".%" PRIx64 ".%" PRId64 ".%d.%" PRId64, version,
             cursor->position, cursor->limit, cursor->last, cursor->total, cursor->sign,
             cursor->end);
    length = strlen(out);
    snprintf(out + length, PGAI_CURSOR_SIZE - length, ".%04x",
             (unsigned)(pgaii_text_hash(pgaii_text(out + strlen(version))) & 0xFFFF));
}

pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error)
{
    char again[PGAI_CURSOR_SIZE];
    pgaii_cursor cursor;

    /* Read leniently, then compare with how these numbers would be written. */
    if (sscanf(text,
               "pgai1.%18" SCNd64 ".%18" SCNd64 ".%16" SCNx64 ".%18" SCNd64
               ".%1d.%18" SCNd64,
               &cursor.position, &cursor.limit, &cursor.last, &cursor.total, &cursor.sign,
               &cursor.end) == 6 &&
        cursor.position >= 0 && cursor.limit >= 1 && cursor.total >= -1 &&
        cursor.sign >= 0 && cursor.sign < PGAII_SIGNS && cursor.end >= -1) {
        pgaii_cursor_write(&cursor, again);
        if (strcmp(again, text) == 0) {
            *out = cursor;
            return PGAI_OK;
        }
    }
    return pgaii_fail(error, PGAI_USAGE,
                      "cursor does not come from a walk, or is damaged; pass it "
                      "unchanged, or leave it out to start at the first page");
}
