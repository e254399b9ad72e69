#ifndef PGAI_PROTOCOL_DETAILS_H
#define PGAI_PROTOCOL_DETAILS_H

#include <stddef.h>

#include <pgai/protocol.h>

#include "protocol/plan.h"

/** A listed page whose contacts are fetched whole, several at once. All zero: none is. */
typedef struct pgaii_details {
    pgai_page *page; /* NULL: none */
    size_t next;     /* the contact that is asked for next */
    pgaii_plan gets;
} pgaii_details;

typedef enum pgaii_details_step {
    PGAII_DETAILS_CALLS, /* contacts are missing */
    PGAII_DETAILS_WHOLE, /* all are there: take the page */
    PGAII_DETAILS_FAILED /* the error says why */
} pgaii_details_step;

/** Begin to fetch the contacts of a page, which is owned from now on.
 *
 * @param first  Contacts before this one stay as they were listed.
 */
void pgaii_details_begin(pgaii_details *details, pgai_page *page, size_t first);

/** Take in the contacts that came, in their order. One that the service does not have any
 * more is marked as gone. */
pgaii_details_step
pgaii_details_take(pgaii_details *details, pgai_walk_stats *stats, pgai_error *error);

/** Ask ahead for more contacts, up to @p most in flight. A contact without an id that can
 * be asked for stays as it was listed.
 *
 * @return PGAI_OK; PGAI_NO_MEMORY.
 */
pgai_status pgaii_details_ask(pgaii_details *details, size_t most, pgai_session *session,
                              const pgai_call_options *call_options, int64_t end_at,
                              pgai_error *error);

/** Give the page to the caller. */
pgai_page *pgaii_details_give(pgaii_details *details);

/** Free all that it owns. */
void pgaii_details_clear(pgaii_details *details);

#endif
