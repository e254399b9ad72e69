#include "client/watch.h"

#include "client/clock.h"
#include "client/process.h"

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

    if (!quiet && now - watch->asked_ms < PGAII_WATCH_SLICE_MS)
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
