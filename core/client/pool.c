/* What clients made from one another share: the route to the service, and its
 * connections. */
#include "client/pool.h"

#include <stdlib.h>
#include <string.h>

#include "engine/process.h"
#include "protocol/memory.h"

/* Most clients serve one thread, or a few. */
enum { FIRST_SLOTS = 4 };

typedef struct slot {
    pgaii_multi *multi;
    bool busy;
} slot;

struct pgaii_pool {
    pgaii_route route;
    atomic_bool closed;
    /* What follows is used under the lock of the process. */
    size_t owners;
    slot *slots;
    size_t count;
    size_t capacity;
};

pgaii_pool *pgaii_pool_new(pgaii_route *route)
{
    pgaii_pool *pool = pgaii_new(sizeof(*pool));

    if (!pool)
        return NULL;
    pool->route = *route;
    memset(route, 0, sizeof(*route));
    atomic_init(&pool->closed, false);
    pool->owners = 1;
    return pool;
}

void pgaii_pool_share(pgaii_pool *pool)
{
    pgaii_process_lock(NULL);
    pool->owners++;
    pgaii_process_unlock(NULL);
}

static void abandon_inherited(pgaii_pool *pool)
{
    size_t kept = 0;

    for (size_t i = 0; i < pool->count; i++) {
        if (pgaii_multi_inherited(pool->slots[i].multi))
            pgaii_multi_abandon(pool->slots[i].multi);
        else
            pool->slots[kept++] = pool->slots[i];
    }
    pool->count = kept;
}

static size_t remove_owner(pgaii_pool *pool)
{
    size_t left;

    pgaii_process_lock(NULL);
    left = --pool->owners;
    if (left == 0)
        abandon_inherited(pool);
    pgaii_process_unlock(NULL);
    return left;
}

void pgaii_pool_release(pgaii_pool *pool)
{
    if (!pool || remove_owner(pool) > 0)
        return;
    for (size_t i = 0; i < pool->count; i++)
        pgaii_multi_free(pool->slots[i].multi);
    pgaii_route_clear(&pool->route);
    free(pool->slots);
    free(pool);
}

const pgaii_route *pgaii_pool_route(const pgaii_pool *pool)
{
    return &pool->route;
}

const atomic_bool *pgaii_pool_closed(const pgaii_pool *pool)
{
    return &pool->closed;
}

/* Always the first idle one, so that few callers use few connections, which then stay
 * alive. */
static pgaii_multi *take_idle(pgaii_pool *pool)
{
    pgaii_multi *multi = NULL;

    pgaii_process_lock(NULL);
    abandon_inherited(pool);
    for (size_t i = 0; i < pool->count && !multi; i++) {
        if (!pool->slots[i].busy) {
            pool->slots[i].busy = true;
            multi = pool->slots[i].multi;
        }
    }
    pgaii_process_unlock(NULL);
    return multi;
}

static bool add_busy(pgaii_pool *pool, pgaii_multi *multi)
{
    bool room;

    pgaii_process_lock(NULL);
    room = pgaii_grow((void **)&pool->slots, &pool->capacity, pool->count + 1,
                      sizeof(*pool->slots), FIRST_SLOTS);
    if (room)
        pool->slots[pool->count++] = (slot){multi, true};
    pgaii_process_unlock(NULL);
    return room;
}

pgaii_multi *pgaii_pool_take(pgaii_pool *pool, pgai_failure *failure)
{
    pgaii_multi *multi = take_idle(pool);

    if (multi)
        return multi;
    multi = pgaii_multi_new(&pool->route, NULL, failure);
    if (multi && !add_busy(pool, multi)) {
        pgaii_multi_free(multi);
        multi = NULL;
        *failure = (pgai_failure){.status = PGAI_NO_MEMORY, .permanent = 1};
    }
    return multi;
}

void pgaii_pool_give(pgaii_pool *pool, pgaii_multi *multi)
{
    pgaii_process_lock(NULL);
    abandon_inherited(pool);
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->slots[i].multi == multi)
            pool->slots[i].busy = false;
    }
    pgaii_process_unlock(NULL);
}

void pgaii_pool_close(pgaii_pool *pool)
{
    atomic_store(&pool->closed, true);
    pgaii_process_lock(NULL);
    /* In a forked child, a call that waited in the parent has no thread to wake; only the
     * parent can wake it. */
    abandon_inherited(pool);
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->slots[i].busy)
            pgaii_multi_wake(pool->slots[i].multi);
    }
    pgaii_process_unlock(NULL);
}
