#ifndef PGAI_CLIENT_POOL_H
#define PGAI_CLIENT_POOL_H

#include <stdatomic.h>
#include <stdbool.h>

#include <pgai/protocol.h>

#include "engine/multi.h"
#include "engine/route.h"

/** What a client shares with those made from it, also with those of another key: the way
 * to the service, multis with their connections, and whether it was closed. Any
 * thread.
 *
 * A call borrows a multi for each request or wait, so that N calls at once make N
 * multis, and later calls find those with live connections.
 */
typedef struct pgaii_pool pgaii_pool;

/** Make a pool with one owner.
 *
 * @param route    Its contents are taken over, and it is left empty.
 * @return NULL: no memory, and nothing was taken over.
 */
pgaii_pool *pgaii_pool_new(pgaii_route *route);

/** Add an owner. */
void pgaii_pool_share(pgaii_pool *pool);

/** Remove an owner; the last one frees the pool. No multi may be borrowed then. NULL
 * is allowed. */
void pgaii_pool_release(pgaii_pool *pool);

/** The way to the service; it lives as long as the pool. */
const pgaii_route *pgaii_pool_route(const pgaii_pool *pool);

/** Whether the pool was closed; it lives as long as the pool. */
const atomic_bool *pgaii_pool_closed(const pgaii_pool *pool);

/** Borrow a multi.
 *
 * In a forked child, those of the parent are abandoned first.
 *
 * @param[out] failure Filled when NULL is returned.
 */
pgaii_multi *pgaii_pool_take(pgaii_pool *pool, pgai_failure *failure);

/** Give a multi back. It may be one from before a fork, which is abandoned. */
void pgaii_pool_give(pgaii_pool *pool, pgaii_multi *multi);

/** Close the pool forever, and wake all that wait in its multis. */
void pgaii_pool_close(pgaii_pool *pool);

#endif
