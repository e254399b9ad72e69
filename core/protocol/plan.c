/* What a walk has asked for, and the calls that ask. */
#include "protocol/plan.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/call.h"
#include "protocol/error.h"
#include "protocol/memory.h"

/* Room for the usual number of calls in flight. */
enum { FIRST_CALLS = 4 };

pgai_status pgaii_plan_add(pgaii_plan *plan, pgai_call *call, int64_t number,
                           int64_t end_at, pgai_error *error)
{
    if (!pgaii_grow((void **)&plan->asked, &plan->capacity, plan->count + 1,
                    sizeof(*plan->asked), FIRST_CALLS)) {
        pgai_call_free(call);
        return pgaii_fail_memory(error);
    }
    call->ahead = true;
    call->end_at = end_at;
    plan->asked[plan->count++] = (pgaii_asked){.call = call, .number = number};
    return PGAI_OK;
}

pgai_call *pgaii_plan_call(const pgaii_plan *plan, size_t index)
{
    for (size_t i = 0; i < plan->count; i++) {
        pgai_call *call = plan->asked[i].call;

        if (!call->told && index-- == 0)
            return call;
    }
    return NULL;
}

size_t pgaii_plan_wanted(const pgaii_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++)
        count += !plan->asked[i].dropped;
    return count;
}

size_t pgaii_plan_sent(const pgaii_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++)
        count += !plan->asked[i].dropped && plan->asked[i].call->stats.requests > 0;
    return count;
}

pgaii_asked *pgaii_plan_head(pgaii_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->asked[i].dropped)
            return &plan->asked[i];
    }
    return NULL;
}

const pgaii_asked *pgaii_plan_tail(const pgaii_plan *plan)
{
    const pgaii_asked *tail = NULL;

    for (size_t i = 0; i < plan->count; i++) {
        const pgaii_asked *at = &plan->asked[i];

        if (at->dropped)
            continue;
        if (at->call->state == PGAII_CALL_FAILED)
            return NULL;
        tail = at;
    }
    return tail;
}

static void add_spent(pgai_walk_stats *stats, const pgaii_call_stats *spent)
{
    stats->requests += spent->requests;
    stats->retries += spent->requests > 1 ? spent->requests - 1 : 0;
    stats->waited_pacing_ms += spent->waited_ms[PGAI_WAIT_PACING];
    stats->waited_limited_ms += spent->waited_ms[PGAI_WAIT_LIMITED];
    stats->waited_backoff_ms += spent->waited_ms[PGAI_WAIT_BACKOFF];
}

void pgaii_plan_spent(const pgaii_plan *plan, pgai_walk_stats *stats)
{
    for (size_t i = 0; i < plan->count; i++)
        add_spent(stats, &plan->asked[i].call->stats);
}

void pgaii_plan_forget(pgaii_plan *plan, pgaii_asked *asked, pgai_walk_stats *stats)
{
    add_spent(stats, &asked->call->stats);
    pgai_call_free(asked->call);
    plan->count--;
    memmove(asked, asked + 1,
            (size_t)(plan->asked + plan->count - asked) * sizeof(*asked));
}

void pgaii_plan_shift(pgaii_plan *plan, pgai_walk_stats *stats)
{
    pgaii_plan_forget(plan, pgaii_plan_head(plan), stats);
}

void pgaii_plan_drop(pgaii_plan *plan, pgaii_asked *asked, int64_t now,
                     pgai_walk_stats *stats)
{
    if (asked->call->told) {
        pgaii_plan_forget(plan, asked, stats);
    } else {
        pgai_call_cancel(asked->call, now, PGAI_CANCELLED);
        asked->dropped = true;
    }
}

void pgaii_plan_drop_all(pgaii_plan *plan, int64_t now, pgai_walk_stats *stats)
{
    pgaii_asked *at;

    while ((at = pgaii_plan_head(plan)))
        pgaii_plan_drop(plan, at, now, stats);
}

void pgaii_plan_sweep(pgaii_plan *plan, pgai_walk_stats *stats)
{
    for (size_t i = plan->count; i > 0; i--) {
        pgaii_asked *at = &plan->asked[i - 1];

        if (at->dropped && at->call->told)
            pgaii_plan_forget(plan, at, stats);
    }
}

void pgaii_plan_clear(pgaii_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        pgai_call_free(plan->asked[i].call);
    free(plan->asked);
}
