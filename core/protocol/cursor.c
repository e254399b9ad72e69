/* Where a walk stands, as text. */
#include "protocol/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* The form: pgai1.POSITION.LIMIT.LAST[.TOTAL.SIGN].CHECK, numbers decimal, hashes in hex.
 * TOTAL and SIGN are left out when there is neither. The 1 is the version; the check
 * detects a cursor that was cut or misspelt. */
void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE])
{
    static const char version[] = "pgai1.";
    size_t length;

    snprintf(out, PGAI_CURSOR_SIZE, "%s%" PRId64 ".%" PRId64 ".%" PRIx64, version,
             cursor->position, cursor->limit, cursor->last);
    length = strlen(out);
    if (cursor->total >= 0 || cursor->sign != PGAII_SIGN_NONE)
        snprintf(out + length, PGAI_CURSOR_SIZE - length, ".%" PRId64 ".%d",
                 cursor->total, cursor->sign);
    length = strlen(out);
    snprintf(out + length, PGAI_CURSOR_SIZE - length, ".%04x",
             (unsigned)(pgaii_text_hash(pgaii_text(out + strlen(version))) & 0xFFFF));
}

pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error)
{
    char again[PGAI_CURSOR_SIZE];
    pgaii_cursor cursor = {.total = -1};
    pgaii_cursor known = {.total = -1};

    /* Read leniently, then compare with how these numbers would be written. Without a
     * total and a sign, the check is read in their place. */
    if (sscanf(text, "pgai1.%18" SCNd64 ".%18" SCNd64 ".%16" SCNx64 ".%18" SCNd64 ".%1d",
               &known.position, &known.limit, &known.last, &known.total,
               &known.sign) >= 3 &&
        known.position >= 0 && known.limit >= 1) {
        cursor.position = known.position;
        cursor.limit = known.limit;
        cursor.last = known.last;
        pgaii_cursor_write(&cursor, again);
        if (strcmp(again, text) == 0) {
            *out = cursor;
            return PGAI_OK;
        }
        pgaii_cursor_write(&known, again);
        if (strcmp(again, text) == 0 && known.sign >= 0 && known.sign < PGAII_SIGNS) {
            *out = known;
            return PGAI_OK;
        }
    }
    return pgaii_fail(error, PGAI_USAGE,
                      "cursor does not come from a walk, or is damaged; pass it "
                      "unchanged, or leave it out to start at the first page");
}
