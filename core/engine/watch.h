#ifndef PGAI_ENGINE_WATCH_H
#define PGAI_ENGINE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

/** One descriptor that is readable when there is something to do: an epoll or a kqueue
 * that holds libcurl's sockets, a timer, and what other threads wake it by.
 *
 * A forked child may only close one that it inherited: an epoll is also the parent's, and
 * a kqueue is not there any more.
 */
typedef struct pgaii_watch {
    int fd;           /**< the descriptor; -1: it is not open */
    int timer;        /**< descriptors of their own with an epoll; -1 with a kqueue */
    int event;        /**< written to by pgaii_watch_wake() */
    unsigned process; /**< pgaii_process_generation() of the one that opened it */
    int64_t armed_at; /**< when the timer fires; INT64_MAX: never */
    bool woken;       /**< by pgaii_watch_wake(), until the owner forgets it */
} pgaii_watch;

/** How one that is not open begins. */
#define PGAII_WATCH_CLOSED ((pgaii_watch){-1, -1, -1, 0, INT64_MAX, false})

/** How many sockets are told of at once, so that a turn ends. */
enum { PGAII_WATCH_MOST = 8 };

/** A socket that something happened on. */
typedef struct pgaii_happened {
    curl_socket_t socket;
    int mask; /**< CURL_CSELECT_IN, _OUT, _ERR */
} pgaii_happened;

/** Open all of it, as descriptors that programs started later do not inherit.
 *
 * @return false: there are no descriptors left, or there is no memory; it is not open. */
bool pgaii_watch_open(pgaii_watch *watch);

/** Close it; one that is not open is left alone. */
void pgaii_watch_close(pgaii_watch *watch);

/** CURLMOPT_SOCKETFUNCTION: watch a socket, or no more. A number may come again as
 * another socket. */
int pgaii_watch_socket(CURL *easy, curl_socket_t socket, int what, void *watch,
                       void *known);

/** What happened, without waiting; what there is no room for comes the next time. A timer
 * that fired is armed no more. @return how many are in @p out. */
size_t pgaii_watch_take(pgaii_watch *watch, pgaii_happened out[PGAII_WATCH_MOST]);

/** Be readable at a time, or sooner: a timer is only ever armed sooner, since that is a
 * system call, and who is woken too soon can arm it again. INT64_MAX: not by time at all.
 */
void pgaii_watch_until(pgaii_watch *watch, int64_t at_ms);

/** When the timer fires; a time that is over: now; INT64_MAX: never. It is for
 * pgaii_watch_until(), which knows when that is needed. */
void pgaii_watch_set_timer(const pgaii_watch *watch, int64_t at_ms);

/** Be readable now. Any thread, and signal handlers. */
void pgaii_watch_wake(const pgaii_watch *watch);

/** Wait until it is readable, until a time, or until a signal comes.
 *
 * @return whether it is readable. */
bool pgaii_watch_wait(const pgaii_watch *watch, int64_t until_ms);

#endif
