#ifndef PGAI_PROTOCOL_PLAN_H
#define PGAI_PROTOCOL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/protocol.h>

/** What was asked for. */
typedef struct pgaii_asked {
    pgai_call *call;
    int64_t number; /* of the page, or of the contact in its page */
    bool fed;       /* of strict walks: its response was taken in */
    bool dropped;   /* it is not wanted any more, but its driver may hold the call */
} pgaii_asked;

/** What a walk has asked for, what is wanted in its order. All zero is an empty plan. */
typedef struct pgaii_plan {
    pgaii_asked *asked;
    size_t count;
    size_t capacity;
} pgaii_plan;

/** Add a call after all others, as one that was made ahead.
 *
 * @param call    Owned by the plan from now on; also freed on failure.
 * @param end_at  When all of it has to be over; INT64_MAX: never.
 * @return PGAI_OK; PGAI_NO_MEMORY: nothing has changed.
 */
pgai_status pgaii_plan_add(pgaii_plan *plan, pgai_call *call, int64_t number,
                           int64_t end_at, pgai_error *error);

/** A call whose driver was not told yet that it is over: number @p index of those, from
 * 0; NULL: there are no more. */
pgai_call *pgaii_plan_call(const pgaii_plan *plan, size_t index);

/** How many are wanted. */
size_t pgaii_plan_wanted(const pgaii_plan *plan);

/** For how many of those a request was sent. */
size_t pgaii_plan_sent(const pgaii_plan *plan);

/** The first that is wanted; NULL: none is. Valid until the plan changes. */
pgaii_asked *pgaii_plan_head(pgaii_plan *plan);

/** The last that was asked for, if another may follow: it is wanted, and none that is
 * wanted has failed; else NULL. */
const pgaii_asked *pgaii_plan_tail(const pgaii_plan *plan);

/** Add to the statistics what the calls that are there have done so far. */
void pgaii_plan_spent(const pgaii_plan *plan, pgai_walk_stats *stats);

/** Free the call of the first, whose driver was told that it is over, and count it
 * in the statistics. */
void pgaii_plan_shift(pgaii_plan *plan, pgai_walk_stats *stats);

/** The same for any other. */
void pgaii_plan_forget(pgaii_plan *plan, pgaii_asked *asked, pgai_walk_stats *stats);

/** Want one no more. A call that is not over ends as PGAI_CANCELLED, and stays until its
 * driver was told. */
void pgaii_plan_drop(pgaii_plan *plan, pgaii_asked *asked, int64_t now,
                     pgai_walk_stats *stats);

/** Want none of them any more. */
void pgaii_plan_drop_all(pgaii_plan *plan, int64_t now, pgai_walk_stats *stats);

/** Free dropped calls, as far as their driver was told that they ended. */
void pgaii_plan_sweep(pgaii_plan *plan, pgai_walk_stats *stats);

/** Free all calls. */
void pgaii_plan_clear(pgaii_plan *plan);

#endif
