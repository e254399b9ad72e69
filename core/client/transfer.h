#ifndef PGAI_CLIENT_TRANSFER_H
#define PGAI_CLIENT_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/protocol.h>

#include "client/exchange.h"
#include "client/watch.h"
#include "protocol/buffer.h"

/** Sends requests over one libcurl multi handle, several at once, and keeps its
 * connections between them.
 *
 * One thread at a time, any thread. A child of the process in which it was made may only
 * abandon it.
 */
typedef struct pgaii_transfer pgaii_transfer;

/** Make a transfer; no connection yet.
 *
 * @param route        Borrowed; must outlive the transfer.
 * @param[out] failure Filled when NULL is returned.
 */
pgaii_transfer *pgaii_transfer_new(const pgaii_route *route, pgai_failure *failure);

/** Begin an exchange; nothing is sent yet.
 *
 * A request with @c once leaves at most once, whatever libcurl does; others libcurl may
 * send again on a new connection, when the kept one turns out to be dead.
 *
 * @param request      Copied.
 * @param[out] failure Filled when NULL is returned.
 * @return an exchange of the transfer, given back with pgaii_transfer_end(); it may be
 * over already.
 */
pgaii_exchange *pgaii_transfer_begin(pgaii_transfer *transfer,
                                     const pgai_request *request, pgai_failure *failure);

/** Send and receive what can be without waiting; exchanges that are done get their
 * ending. */
void pgaii_transfer_work(pgaii_transfer *transfer);

/** Wait until there is something to do, at most @p most_ms and one slice of a watch.
 *
 * @return false: nothing came; the time is over, or a signal cut it short.
 */
bool pgaii_transfer_poll(pgaii_transfer *transfer, int64_t most_ms);

/** Give an exchange back; one that is under way is given up. Its answer, or the message
 * of its failure, stays until the next begins. */
void pgaii_transfer_end(pgaii_transfer *transfer, pgaii_exchange *exchange);

/** Send a request and wait for its answer.
 *
 * @param[out] answer  Borrowed until the next exchange; filled on true.
 * @param[out] failure Its message is borrowed alike; filled on false.
 * @return whether a whole answer came. The transfer can be used again in either case,
 * unless the watch saw a fork.
 */
bool pgaii_transfer_exchange(pgaii_transfer *transfer, const pgai_request *request,
                             pgaii_watch *watch, pgai_answer *answer,
                             pgai_failure *failure);

/** The body of the answer of pgaii_transfer_exchange(), for whom wants to take it over.
 */
pgaii_buffer *pgaii_transfer_body(pgaii_transfer *transfer);

/** Wait until a time of pgaii_clock_now_ms(), without a request.
 *
 * @return false: the watch ended it.
 */
bool pgaii_transfer_wait(pgaii_transfer *transfer, int64_t until_ms, pgaii_watch *watch);

/** Make a wait in the transfer look at its watch now; from any thread. */
void pgaii_transfer_wake(pgaii_transfer *transfer);

/** In a forked child: let go of the parent's connections without touching them. Under the
 * lock of the process. Its exchanges can still be looked at. */
void pgaii_transfer_abandon(pgaii_transfer *transfer);

/** Close the connections and free the transfer and its exchanges; NULL is allowed. */
void pgaii_transfer_free(pgaii_transfer *transfer);

#endif
