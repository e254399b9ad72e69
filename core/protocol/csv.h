#ifndef PGAI_PROTOCOL_CSV_H
#define PGAI_PROTOCOL_CSV_H

#include <stdbool.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** Append a cell, quoted if it has to be (RFC 4180).
 *
 * @param first  It is the first one of its row; before the others goes a comma.
 * @param escape_formulas Put a `'` before what a spreadsheet might take for a formula.
 */
void pgaii_csv_add(pgaii_buffer *out, pgai_text cell, bool first, bool escape_formulas);

/** Append an empty cell that is seen even where a row has no other. */
void pgaii_csv_add_nothing(pgaii_buffer *out);

/** Append the end of a row. */
void pgaii_csv_end_row(pgaii_buffer *out);

#endif
