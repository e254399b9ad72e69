/* One descriptor that is readable when there is something to do. */
#include "engine/watch.h"

#include <limits.h>
#include <poll.h>

#include "engine/clock.h"

void pgaii_watch_until(pgaii_watch *watch, int64_t at_ms)
{
    bool never = at_ms == INT64_MAX;

    if (never ? watch->armed_at == INT64_MAX : at_ms >= watch->armed_at)
        return;
    pgaii_watch_set_timer(watch, at_ms);
    watch->armed_at = at_ms;
}

bool pgaii_watch_wait(const pgaii_watch *watch, int64_t until_ms)
{
    struct pollfd one = {.fd = watch->fd, .events = POLLIN};
    int64_t left = until_ms == INT64_MAX ? -1 : until_ms - pgaii_clock_now_ms();

    if (until_ms != INT64_MAX && left < 0)
        left = 0;
    return poll(&one, 1, left < INT_MAX ? (int)left : INT_MAX) > 0;
}
