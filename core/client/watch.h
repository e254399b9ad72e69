#ifndef PGAI_CLIENT_WATCH_H
#define PGAI_CLIENT_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <pgai/client.h>

#include "engine/multi.h"

/** What may end a call before its time. One for each call, on its thread. */
typedef struct pgaii_watch {
    pgai_interrupt interrupt; /**< NULL: none */
    void *data;
    const atomic_bool *closed; /**< set by pgai_client_cancel() */
    unsigned generation;       /**< of the process in which the call began */
    int64_t asked_ms;          /**< when the interrupt was last called */
} pgaii_watch;

/** Begin to watch; @p closed must outlive the watch. */
void pgaii_watch_init(pgaii_watch *watch, pgai_interrupt interrupt, void *data,
                      const atomic_bool *closed);

/** Whether the call must end now.
 *
 * @param quiet Nothing came since the last time: the slice is over, or a signal cut it
 * short. Then the interrupt is called; otherwise only once a slice.
 */
bool pgaii_watch_stops(pgaii_watch *watch, bool quiet);

/** Wait until an exchange is over, or the watch ends the wait: then it is under way
 * still, or of another process.
 *
 * @param multi    Its own; it can be used again, unless the watch saw a fork.
 */
void pgaii_watch_exchange(pgaii_watch *watch, pgaii_multi *multi,
                          pgaii_exchange *exchange);

/** Wait until a time of pgaii_clock_now_ms(), without a request.
 *
 * @return false: the watch ended it.
 */
bool pgaii_watch_until(pgaii_watch *watch, pgaii_multi *multi, int64_t until_ms);

/** Whether the process forked since the call began, and this is the child. */
bool pgaii_watch_forked(const pgaii_watch *watch);

#endif
