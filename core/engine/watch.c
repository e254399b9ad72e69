/* One descriptor that is readable when there is something to do. */
#include "engine/watch.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine/clock.h"

static bool add(const pgaii_watch *watch, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};

    return fd >= 0 && epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool pgaii_watch_open(pgaii_watch *watch)
{
    watch->armed_at = INT64_MAX;
    watch->epoll = epoll_create1(EPOLL_CLOEXEC);
    watch->timer = pgaii_clock_timer();
    watch->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (watch->epoll >= 0 && add(watch, watch->timer) && add(watch, watch->event))
        return true;
    pgaii_watch_close(watch);
    return false;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void pgaii_watch_close(pgaii_watch *watch)
{
    close_one(&watch->epoll);
    close_one(&watch->timer);
    close_one(&watch->event);
    watch->armed_at = INT64_MAX;
}

int pgaii_watch_socket(CURL *easy, curl_socket_t socket, int what, void *data,
                       void *known)
{
    const pgaii_watch *watch = data;
    struct epoll_event event = {.data = {.fd = socket}};

    (void)easy;
    (void)known;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(watch->epoll, EPOLL_CTL_DEL, socket, NULL);
        return 0;
    }
    event.events =
        (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(watch->epoll, EPOLL_CTL_MOD, socket, &event) == 0)
        return 0;
    return epoll_ctl(watch->epoll, EPOLL_CTL_ADD, socket, &event);
}

static int mask_of(uint32_t events)
{
    return (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
           (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
           (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

/* So that it is not readable any more. */
static void empty(int fd)
{
    uint64_t count;

    while (read(fd, &count, sizeof(count)) > 0)
        ;
}

size_t pgaii_watch_take(pgaii_watch *watch, pgaii_happened out[PGAII_WATCH_MOST])
{
    struct epoll_event events[PGAII_WATCH_MOST];
    int came = epoll_wait(watch->epoll, events, PGAII_WATCH_MOST, 0);
    size_t count = 0;

    for (int i = 0; i < came; i++) {
        int fd = events[i].data.fd;

        if (fd == watch->timer || fd == watch->event)
            empty(fd);
        else
            out[count++] = (pgaii_happened){fd, mask_of(events[i].events)};
        if (fd == watch->timer)
            watch->armed_at = INT64_MAX;
        watch->woken = watch->woken || fd == watch->event;
    }
    return count;
}

void pgaii_watch_until(pgaii_watch *watch, int64_t at_ms)
{
    bool never = at_ms == INT64_MAX;

    if (never ? watch->armed_at == INT64_MAX : at_ms >= watch->armed_at)
        return;
    pgaii_clock_timer_set(watch->timer, at_ms);
    watch->armed_at = at_ms;
}

void pgaii_watch_wake(const pgaii_watch *watch)
{
    const uint64_t one = 1;
    ssize_t written = write(watch->event, &one, sizeof(one));

    /* It fails only where it is as readable as can be. */
    (void)written;
}

bool pgaii_watch_wait(const pgaii_watch *watch, int64_t until_ms)
{
    struct pollfd one = {.fd = watch->epoll, .events = POLLIN};
    int64_t left = until_ms == INT64_MAX ? -1 : until_ms - pgaii_clock_now_ms();

    if (until_ms != INT64_MAX && left < 0)
        left = 0;
    return poll(&one, 1, left < INT_MAX ? (int)left : INT_MAX) > 0;
}
