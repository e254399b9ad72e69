#ifndef PGAI_PROTOCOL_CURSOR_H
#define PGAI_PROTOCOL_CURSOR_H

#include <stdint.h>

#include <pgai/error.h>
#include <pgai/options.h>

#include "protocol/strict.h"

/** A sign that a walk skipped contacts. Cursors contain the numbers. */
typedef enum pgaii_sign {
    PGAII_SIGN_PROVEN = -1, /**< on the contrary: none is missing, and that is proven */
    PGAII_SIGN_NONE,
    PGAII_SIGN_FELL,   /**< the total fell: contacts that were after the position may be
                            before it */
    PGAII_SIGN_BEYOND, /**< a page holds contacts beyond its own total */
    PGAII_SIGN_PASSED, /**< fewer contacts came than positions were passed */
    PGAII_SIGN_MOVED,  /**< the contact before a cursor is not where it was */
    PGAII_SIGNS
} pgaii_sign;

/** Where a walk stands: before the contact at @c position, counted from 0 over all pages.
 */
typedef struct pgaii_cursor {
    int64_t position;
    int64_t limit;                    /* contacts a page, from 1 */
    uint64_t seam[PGAII_STRICT_SEAM]; /* hashes of ids before it, the nearest first; 0: no
                                         more. A plain walk has one */
    int64_t total; /* contacts in all, as last reported; -1: not reported */
    int sign;      /* the first sign that contacts are missing; a pgaii_sign */
    int64_t end;   /* position behind the last contact of the walk; -1: it has no end */
} pgaii_cursor;

/** Write a cursor as text. */
void pgaii_cursor_write(const pgaii_cursor *cursor, char out[PGAI_CURSOR_SIZE]);

/** Read it back. @return PGAI_OK; PGAI_USAGE: the text is not a cursor, or it is damaged.
 */
pgai_status pgaii_cursor_read(pgaii_cursor *out, const char *text, pgai_error *error);

#endif
