/* A watch by epoll, on Linux. */
#include "engine/watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static bool add(const pgaii_watch *watch, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};

    return fd >= 0 && epoll_ctl(watch->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool pgaii_watch_open(pgaii_watch *watch)
{
    watch->armed_at = INT64_MAX;
    watch->fd = epoll_create1(EPOLL_CLOEXEC);
    watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    watch->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (watch->fd >= 0 && add(watch, watch->timer) && add(watch, watch->event))
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
    close_one(&watch->fd);
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
        epoll_ctl(watch->fd, EPOLL_CTL_DEL, socket, NULL);
        return 0;
    }
    event.events =
        (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(watch->fd, EPOLL_CTL_MOD, socket, &event) == 0)
        return 0;
    return epoll_ctl(watch->fd, EPOLL_CTL_ADD, socket, &event);
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
    int came = epoll_wait(watch->fd, events, PGAII_WATCH_MOST, 0);
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

void pgaii_watch_set_timer(const pgaii_watch *watch, int64_t at_ms)
{
    /* All zero would disarm it. */
    struct itimerspec at = {.it_value = {.tv_nsec = 1}};

    if (at_ms > 0)
        at.it_value =
            (struct timespec){(time_t)(at_ms / 1000), (long)(at_ms % 1000) * 1000000};
    if (at_ms == INT64_MAX)
        at.it_value = (struct timespec){0, 0};
    timerfd_settime(watch->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

void pgaii_watch_wake(const pgaii_watch *watch)
{
    const uint64_t one = 1;
    ssize_t written = write(watch->event, &one, sizeof(one));

    /* It fails only where it is as readable as can be. */
    (void)written;
}
