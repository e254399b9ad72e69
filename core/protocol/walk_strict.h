#ifndef PGAI_PROTOCOL_WALK_STRICT_H
#define PGAI_PROTOCOL_WALK_STRICT_H

#include "protocol/walk.h"

/** Take in what is over. NULL: see the walk's state; else a page with contacts, which the
 * caller owns. */
pgai_page *pgaii_walk_strict_take(pgai_walk *walk, int64_t now);

/** End the walk as the windows tell: complete, or with PGAI_INCOMPLETE. */
void pgaii_walk_strict_end(pgai_walk *walk);

/** Count the contacts of a page that is returned, but for those that are gone.
 * @return false: it has none. */
bool pgaii_walk_strict_count(pgai_walk *walk, pgai_page *page);

/** The call that the walk waits for first; NULL: none is out. */
pgai_call *pgaii_walk_strict_first(pgai_walk *walk);

/** Where the walk stands behind the first @p used contacts of the page that was returned
 * last. */
void pgaii_walk_strict_cursor(const pgai_walk *walk, size_t used, pgaii_cursor *out);

/** Why the walk cannot prove that nothing is missing. Static. */
const char *pgaii_walk_strict_reason(const pgai_walk *walk);

#endif
