/* Waits that block, and what ends them before their time. */
#include "client/watch.h"

#include "engine/clock.h"
#include "engine/process.h"

void pgaii_watch_init(pgaii_watch *watch, pgai_interrupt interrupt, void *data,
                      const atomic_bool *closed)
{
    watch->interrupt = interrupt;
    watch->data = data;
    watch->closed = closed;
    watch->generation = pgaii_process_generation();
    watch->asked_ms = pgaii_clock_now_ms();
}

static bool is_interrupted(pgaii_watch *watch, bool quiet)
{
    int64_t now = pgaii_clock_now_ms();

    if (!quiet && now - watch->asked_ms < PGAII_MULTI_SLICE_MS)
        return false;
    watch->asked_ms = now;
    return watch->interrupt(watch->data) != 0;
}

bool pgaii_watch_stops(pgaii_watch *watch, bool quiet)
{
    if (atomic_load(watch->closed))
        return true;
    /* The interrupt runs foreign code, which may fork: ask about that last. */
    return (watch->interrupt && is_interrupted(watch, quiet)) ||
           pgaii_watch_forked(watch);
}

bool pgaii_watch_forked(const pgaii_watch *watch)
{
    return watch->generation != pgaii_process_generation();
}

void pgaii_watch_exchange(pgaii_watch *watch, pgaii_multi *multi,
                          pgaii_exchange *exchange)
{
    bool stops = exchange->ending != PGAII_UNDER_WAY || pgaii_watch_stops(watch, false);

    while (!stops) {
        pgaii_multi_work(multi);
        if (exchange->ending != PGAII_UNDER_WAY)
            return;
        stops = pgaii_watch_stops(watch, !pgaii_multi_poll(multi, PGAII_MULTI_SLICE_MS));
    }
    /* What came with a fork is left as it is, to be abandoned. */
    if (exchange->ending == PGAII_UNDER_WAY && pgaii_watch_forked(watch))
        exchange->ending = PGAII_FORKED;
}

bool pgaii_watch_until(pgaii_watch *watch, pgaii_multi *multi, int64_t until_ms)
{
    int64_t left = until_ms - pgaii_clock_now_ms();

    while (left > 0) {
        if (pgaii_watch_stops(watch, !pgaii_multi_poll(multi, left)))
            return false;
        left = until_ms - pgaii_clock_now_ms();
    }
    return true;
}
