#ifndef PGAI_CLIENT_TRANSFER_H
#define PGAI_CLIENT_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/protocol.h>

#include "client/handle.h"
#include "client/watch.h"
#include "protocol/buffer.h"

/** Sends the requests of one session, one after the other, and keeps its connections
 * between them.
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

/** Send a request and wait for its answer.
 *
 * A request with @c once leaves at most once, whatever libcurl does; others libcurl may
 * send again on a new connection, when the kept one turns out to be dead.
 *
 * @param[out] answer  Borrowed until the next exchange; filled on true.
 * @param[out] failure Its message is borrowed alike; filled on false.
 * @return whether a whole answer came. The transfer can be used again in either case,
 * unless the watch saw a fork.
 */
bool pgaii_transfer_exchange(pgaii_transfer *transfer, const pgai_request *request,
                             pgaii_watch *watch, pgai_answer *answer,
                             pgai_failure *failure);

/** The body of the last answer, for whom wants to take it over. */
pgaii_buffer *pgaii_transfer_body(pgaii_transfer *transfer);

/** Wait until a time of pgaii_clock_now_ms(), without a request.
 *
 * @return false: the watch ended it.
 */
bool pgaii_transfer_wait(pgaii_transfer *transfer, int64_t until_ms, pgaii_watch *watch);

/** Make a wait in the transfer look at its watch now; from any thread. */
void pgaii_transfer_wake(pgaii_transfer *transfer);

/** In a forked child: let go of the parent's connections without touching them. Under the
 * lock of the process. */
void pgaii_transfer_abandon(pgaii_transfer *transfer);

/** Close the connections and free the transfer; NULL is allowed. */
void pgaii_transfer_free(pgaii_transfer *transfer);

#endif
