/* The clock, and randomness. */
#include "engine/clock.h"

#include <sys/random.h>
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

uint64_t pgaii_clock_seed(void)
{
    uint64_t seed;
    struct timespec now;

    if (getentropy(&seed, sizeof(seed)) == 0)
        return seed;
    /* The seed only spreads waits, so the time and the process are good enough. */
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_nsec * 4294967291u ^ (uint64_t)now.tv_sec ^
           (uint64_t)getpid() << 32;
}
