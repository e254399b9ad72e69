/* A watch by kqueue, on macOS and the BSDs. */
#include "engine/watch.h"

#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/clock.h"
#include "engine/process.h"

/* Of the timer and of what wakes: of no socket, since their kinds differ. */
enum { TIMER = 1, EVENT = 2 };

/* A filter is told what to do; what it had already is told again. */
static bool tell(const pgaii_watch *watch, uintptr_t which, int filter, unsigned flags,
                 unsigned notes, int64_t data)
{
    struct kevent change;

    EV_SET(&change, which, (short)filter, (unsigned short)flags, notes, data, NULL);
    return kevent(watch->fd, &change, 1, NULL, 0, NULL) == 0;
}

bool pgaii_watch_open(pgaii_watch *watch)
{
    watch->armed_at = INT64_MAX;
    watch->process = pgaii_process_generation();
    watch->fd = kqueue();
    if (watch->fd >= 0 && fcntl(watch->fd, F_SETFD, FD_CLOEXEC) == 0 &&
        tell(watch, EVENT, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0))
        return true;
    pgaii_watch_close(watch);
    return false;
}

/* A forked child does not inherit it, and the number may be another descriptor there. */
void pgaii_watch_close(pgaii_watch *watch)
{
    if (watch->fd >= 0 && watch->process == pgaii_process_generation())
        close(watch->fd);
    watch->fd = -1;
    watch->armed_at = INT64_MAX;
}

int pgaii_watch_socket(CURL *easy, curl_socket_t socket, int what, void *data,
                       void *known)
{
    const pgaii_watch *watch = data;
    uintptr_t which = (uintptr_t)socket;
    bool in = what != CURL_POLL_REMOVE && what & CURL_POLL_IN;
    bool out = what != CURL_POLL_REMOVE && what & CURL_POLL_OUT;

    (void)easy;
    (void)known;
    /* What is not there cannot be deleted, and need not be. */
    if (!in)
        tell(watch, which, EVFILT_READ, EV_DELETE, 0, 0);
    if (!out)
        tell(watch, which, EVFILT_WRITE, EV_DELETE, 0, 0);
    return (in && !tell(watch, which, EVFILT_READ, EV_ADD, 0, 0)) ||
                   (out && !tell(watch, which, EVFILT_WRITE, EV_ADD, 0, 0))
               ? -1
               : 0;
}

static int mask_of(const struct kevent *event)
{
    return (event->filter == EVFILT_READ ? CURL_CSELECT_IN : CURL_CSELECT_OUT) |
           (event->flags & EV_ERROR ? CURL_CSELECT_ERR : 0);
}

size_t pgaii_watch_take(pgaii_watch *watch, pgaii_happened out[PGAII_WATCH_MOST])
{
    struct kevent events[PGAII_WATCH_MOST];
    const struct timespec at_once = {0, 0};
    int came = kevent(watch->fd, NULL, 0, events, PGAII_WATCH_MOST, &at_once);
    size_t count = 0;

    for (int i = 0; i < came; i++) {
        const struct kevent *event = &events[i];

        if (event->filter == EVFILT_TIMER)
            watch->armed_at = INT64_MAX;
        else if (event->filter == EVFILT_USER)
            watch->woken = true;
        else
            out[count++] = (pgaii_happened){(curl_socket_t)event->ident, mask_of(event)};
    }
    return count;
}

void pgaii_watch_set_timer(const pgaii_watch *watch, int64_t at_ms)
{
    int64_t left = at_ms == INT64_MAX ? 0 : at_ms - pgaii_clock_now_ms();

    if (at_ms == INT64_MAX)
        tell(watch, TIMER, EVFILT_TIMER, EV_DELETE, 0, 0);
    else
        tell(watch, TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, left > 0 ? left : 0);
}

void pgaii_watch_wake(const pgaii_watch *watch)
{
    tell(watch, EVENT, EVFILT_USER, 0, NOTE_TRIGGER, 0);
}
