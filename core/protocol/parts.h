#ifndef PGAI_PROTOCOL_PARTS_H
#define PGAI_PROTOCOL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/options.h>
#include <pgai/page.h>

/** Whether all pages can be cut into so many ranges. @return PGAI_OK; PGAI_USAGE. */
pgai_status pgaii_parts_check(int64_t parts, pgai_error *error);

/** Fill in range number @p index, from 0, of all pages.
 *
 * @param first  The first page, which tells the total and the limit.
 * @param limit  That was asked for, if the page does not tell one.
 * @param parts  Ranges at most, from 1.
 * @return false: there are no more.
 */
bool pgaii_parts_cut(const pgai_page *first, int64_t limit, int64_t parts, size_t index,
                     pgai_part *out);

#endif
