/* Where a walk stands, as text. */
#include "protocol/cursor.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* The form: pgai1.POSITION.LIMIT.TOTAL.SIGN.END.SEAM.CHECK, numbers decimal; SEAM is
 * hashes in hex with a - between them. The 1 is the version; the check detects a cursor
 * that was cut or misspelt. */
static const char version[] = "pgai1.";

static size_t add_seam(const pgaii_cursor *cursor, char *out, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < PGAII_STRICT_SEAM && (i == 0 || cursor->seam[i]); i++)
        length += (size_t)snprintf(out + length, size - length, "%s%" PRIx64,
                                   i > 0 ? "-" : "", cursor->seam[i]);
    return length;
}

void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE])
{
    size_t length = (size_t)snprintf(
        out, PGAI_CURSOR_SIZE, "%s%" PRId64 ".%" PRId64 ".%" PRId64 ".%d.%" PRId64 ".",
        version, cursor->position, cursor->limit, cursor->total, cursor->sign,
        cursor->end);

    length += add_seam(cursor, out + length, PGAI_CURSOR_SIZE - length);
    snprintf(out + length, PGAI_CURSOR_SIZE - length, ".%04x",
             (unsigned)(pgaii_text_hash(pgaii_text(out + strlen(version))) & 0xFFFF));
}

static void read_seam(const char *text, pgaii_cursor *out)
{
    int used = 0;

    memset(out->seam, 0, sizeof(out->seam));
    for (size_t i = 0; i < PGAII_STRICT_SEAM; i++) {
        if (sscanf(text, "%16" SCNx64 "%n", &out->seam[i], &used) != 1 ||
            text[used] != '-')
            return;
        text += used + 1;
    }
}

static bool is_valid(const pgaii_cursor *cursor)
{
    return cursor->position >= 0 && cursor->limit >= 1 && cursor->total >= -1 &&
           cursor->sign >= PGAII_SIGN_PROVEN && cursor->sign < PGAII_SIGNS &&
           cursor->end >= -1;
}

pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error)
{
    char again[PGAI_CURSOR_SIZE];
    pgaii_cursor cursor;
    int seam = 0;

    /* Read leniently, then compare with how these numbers would be written. */
    if (sscanf(text,
               "pgai1.%18" SCNd64 ".%18" SCNd64 ".%18" SCNd64 ".%2d.%18" SCNd64 ".%n",
               &cursor.position, &cursor.limit, &cursor.total, &cursor.sign, &cursor.end,
               &seam) == 5 &&
        seam > 0 && is_valid(&cursor)) {
        read_seam(text + seam, &cursor);
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
