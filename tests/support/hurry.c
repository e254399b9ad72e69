/* Preloaded: time passes PGAI_TEST_SPEED times as fast, on clocks and in waits, for all
 * programs that are started with it. */
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

enum { SECOND = 1000000000 };

static long speed(void)
{
    const char *given = getenv("PGAI_TEST_SPEED");

    return given ? atol(given) : 1;
}

static struct timespec of_nanoseconds(__int128 time)
{
    return (struct timespec){(time_t)(time / SECOND), (long)(time % SECOND)};
}

static __int128 nanoseconds(const struct timespec *time)
{
    return (__int128)time->tv_sec * SECOND + time->tv_nsec;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int result = NEXT(clock_gettime)(clock, out);

    /* The time of day since a moment not long ago, so that it is a date. */
    const __int128 since = clock == CLOCK_REALTIME ? (__int128)1700000000 * SECOND : 0;

    if (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC)
        *out = of_nanoseconds(since + (nanoseconds(out) - since) * speed());
    return result;
}

/* Rounded up: who comes back too early asks again at once. */
static int shorter(int ms)
{
    return ms <= 0 ? ms : (int)((ms + speed() - 1) / speed());
}

int poll(struct pollfd *fds, nfds_t count, int ms)
{
    return NEXT(poll)(fds, count, shorter(ms));
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int ms)
{
    return NEXT(epoll_wait)(epoll, events, most, shorter(ms));
}

int timerfd_settime(int timer, int flags, const struct itimerspec *at,
                    struct itimerspec *before)
{
    struct itimerspec sooner = *at;

    sooner.it_value = of_nanoseconds(nanoseconds(&at->it_value) / speed());
    return NEXT(timerfd_settime)(timer, flags, &sooner, before);
}
