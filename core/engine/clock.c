/* The clock, and randomness. */
#include "engine/clock.h"

#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int64_t pgaii_clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct timespec pgaii_clock_in(int seconds)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += seconds;
    return time;
}

int pgaii_clock_timer(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
}

void pgaii_clock_timer_set(int timer, int64_t at_ms)
{
    /* All zero would disarm it. */
    struct itimerspec at = {.it_value = {.tv_nsec = 1}};

    if (at_ms > 0)
        at.it_value =
            (struct timespec){(time_t)(at_ms / 1000), (long)(at_ms % 1000) * 1000000};
    if (at_ms == INT64_MAX)
        at.it_value = (struct timespec){0, 0};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

uint64_t pgaii_clock_seed(void)
{
    uint64_t seed;
    struct timespec now;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == (ssize_t)sizeof(seed))
        return seed;
    /* Soon after a machine starts there is no entropy yet. The seed only spreads waits,
     * so the time and the process are good enough. */
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_nsec * 4294967291u ^ (uint64_t)now.tv_sec ^
           (uint64_t)getpid() << 32;
}
