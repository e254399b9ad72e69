#ifndef PGAI_ENGINE_MULTI_H
#define PGAI_ENGINE_MULTI_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/protocol.h>

#include "engine/exchange.h"
#include "engine/watch.h"

/** How long a wait lasts before what may end it is looked at again. Short enough for a
 * person who pressed Ctrl-C, and for a signal that comes just before the wait begins. */
enum { PGAII_MULTI_SLICE_MS = 200 };

/** Sends requests over one libcurl multi handle, several at once, and keeps its
 * connections between them.
 *
 * One thread at a time, any thread. A child of the process in which it was made may only
 * abandon it.
 */
typedef struct pgaii_multi pgaii_multi;

/** Make one; no connection yet.
 *
 * @param route        Borrowed; must outlive the multi.
 * @param watch        Open, and borrowed in the same way: it then tells when there is
 * work, and nobody polls. NULL: pgaii_multi_poll() and pgaii_multi_wake() do.
 * @param[out] failure Filled when NULL is returned.
 */
pgaii_multi *
pgaii_multi_new(const pgaii_route *route, pgaii_watch *watch, pgai_failure *failure);

/** Begin an exchange; nothing is sent yet.
 *
 * A request with @c once leaves at most once, whatever libcurl does; others libcurl may
 * send again on a new connection, when the kept one turns out to be dead.
 *
 * @param request      Copied.
 * @param[out] failure Filled when NULL is returned.
 * @return an exchange of the multi, given back with pgaii_multi_end(); it may be
 * over already.
 */
pgaii_exchange *
pgaii_multi_begin(pgaii_multi *multi, const pgai_request *request, pgai_failure *failure);

/** Send and receive what can be without waiting; exchanges that are done get their
 * ending. With a watch, a turn is bounded: the rest of what happened comes the next time.
 */
void pgaii_multi_work(pgaii_multi *multi);

/** Send the requests of exchanges that were begun, as far as that can be done without
 * waiting, and do what is due by time.
 *
 * @return whether one got its ending: no socket will tell of that. */
bool pgaii_multi_kick(pgaii_multi *multi);

/** When the multi wants to work even if nothing comes, with a watch. INT64_MAX: never. */
int64_t pgaii_multi_due_at(const pgaii_multi *multi);

/** Wait until there is something to do, at most @p most_ms and one slice.
 *
 * @return false: nothing came; the time is over, or a signal cut it short.
 */
bool pgaii_multi_poll(pgaii_multi *multi, int64_t most_ms);

/** Give an exchange back; one that is in progress is abandoned. Its response, or the
 * message of its failure, stays until the next begins. */
void pgaii_multi_end(pgaii_multi *multi, pgaii_exchange *exchange);

/** Whether it belongs to a process that this one was forked from. */
bool pgaii_multi_inherited(const pgaii_multi *multi);

/** End a poll now; from any thread. */
void pgaii_multi_wake(pgaii_multi *multi);

/** In a forked child: abandon the parent's connections without touching them. Under the
 * lock of the process. Its exchanges can still be looked at. */
void pgaii_multi_abandon(pgaii_multi *multi);

/** Close the connections and free the multi and its exchanges; NULL is allowed. */
void pgaii_multi_free(pgaii_multi *multi);

#endif
