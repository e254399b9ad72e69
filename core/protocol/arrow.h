#ifndef PGAI_PROTOCOL_ARROW_H
#define PGAI_PROTOCOL_ARROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/arrow.h>

#include "protocol/buffer.h"

/** One a documented field, and `extra`. */
enum { PGAII_ARROW_COLUMNS = PGAI_FIELD_COUNT + 1 };

/** A column of text that is being filled. */
typedef struct pgaii_arrow_column {
    pgaii_buffer data;
    int32_t *offsets;     /* where each text begins, and where the last one ends */
    unsigned char *valid; /* a bit a row, the least significant one first */
    int64_t nulls;
} pgaii_arrow_column;

/** Rows that are being gathered for an array. */
typedef struct pgaii_arrow {
    pgaii_arrow_column column[PGAII_ARROW_COLUMNS];
    size_t rows;
    size_t offsets; /* for how many each column has room */
    size_t valid;   /* the same, in bytes */
} pgaii_arrow;

/** No rows; allocates nothing. */
void pgaii_arrow_init(pgaii_arrow *rows);

/** Add a contact. @return PGAI_OK; PGAI_NO_MEMORY or PGAI_TOO_LARGE, and all can only be
 * cleared. */
pgai_status
pgaii_arrow_add(pgaii_arrow *rows, const pgai_contact *contact, pgai_error *error);

/** The same for all contacts of a page. */
pgai_status
pgaii_arrow_add_page(pgaii_arrow *rows, const pgai_page *page, pgai_error *error);

/** How many bytes of text there are. */
size_t pgaii_arrow_size(const pgaii_arrow *rows);

/** Make the rows an array, without a copy, and be as after init.
 *
 * @return PGAI_OK; PGAI_NO_MEMORY, and all can only be cleared. */
pgai_status
pgaii_arrow_take(pgaii_arrow *rows, struct ArrowArray *out, pgai_error *error);

/** Free the rows; they are then as after init. */
void pgaii_arrow_clear(pgaii_arrow *rows);

#endif
