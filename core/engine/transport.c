/* Several requests in progress, for programs that drive calls on their own. */
#include <pgai/transport.h>

#include <stdlib.h>

#include "engine/clock.h"
#include "engine/multi.h"
#include "engine/process.h"
#include "engine/watch.h"
#include "protocol/error.h"
#include "protocol/memory.h"

/* Room for what a small program has in progress at once. */
enum { FIRST_SLOTS = 8 };

/* An exchange that is not yet released. */
typedef struct slot {
    pgaii_exchange *exchange;
    uint64_t id;
    bool told; /* that it is over */
} slot;

struct pgai_transport {
    pgaii_route route;
    pgaii_watch watch;
    pgaii_multi *multi;  /* NULL: none in this process yet */
    unsigned generation; /* of the process that both belong to */
    int64_t wake_at;     /* when there is work even if nothing comes */
    bool in_loop;        /* the program looks at the descriptor */
    slot *slots;
    size_t inherited; /* this many of them, the first ones, belong to an older process */
    size_t count;
    size_t capacity;
    uint64_t last_id;
};

pgai_status pgai_transport_new(const pgai_transport_options *options,
                               pgai_transport **out, pgai_error *error)
{
    pgai_transport *transport;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    transport = pgaii_new(sizeof(*transport));
    if (!transport)
        return pgaii_fail_memory(error);
    status = pgaii_route_read(options, &transport->route, error);
    if (status != PGAI_OK) {
        free(transport);
        return status;
    }
    transport->generation = pgaii_process_generation();
    transport->wake_at = INT64_MAX;
    if (pgaii_watch_open(&transport->watch)) {
        *out = transport;
        return PGAI_OK;
    }
    pgai_transport_free(transport);
    return pgaii_fail(error, PGAI_CONNECT, "%s", pgaii_sockets_none_left);
}

/* In a forked child: leave what is the parent's, and begin without connections. */
static void leave_parent(pgai_transport *transport)
{
    if (transport->generation == pgaii_process_generation())
        return;
    transport->generation = pgaii_process_generation();
    pgaii_watch_close(&transport->watch);
    if (!transport->multi)
        return;
    transport->inherited = transport->count;
    for (size_t i = 0; i < transport->count; i++) {
        pgaii_exchange *exchange = transport->slots[i].exchange;

        if (exchange->ending == PGAII_UNDER_WAY)
            exchange->ending = PGAII_FORKED;
    }
    pgaii_process_lock(NULL);
    pgaii_multi_abandon(transport->multi);
    pgaii_process_unlock(NULL);
    transport->multi = NULL;
}

/* libcurl wants something by time only for requests. What is over stays readable until it
 * was told. To set a timer costs more than all else that is done for a request, so that
 * only those who look at the descriptor get one.
 */
static void arm(pgai_transport *transport)
{
    int64_t at = INT64_MAX;

    for (size_t i = 0; i < transport->count && at > 0; i++) {
        const slot *one = &transport->slots[i];

        if (one->exchange->ending == PGAII_UNDER_WAY)
            at = pgaii_multi_due_at(transport->multi);
        else if (!one->told)
            at = 0;
    }
    transport->wake_at = at;
    if (transport->in_loop)
        pgaii_watch_until(&transport->watch, at);
}

/* In a forked child there is no watch at first. */
static bool open_watch(pgai_transport *transport)
{
    leave_parent(transport);
    if (transport->watch.fd >= 0)
        return true;
    return pgaii_watch_open(&transport->watch);
}

static pgaii_multi *multi_of(pgai_transport *transport, pgai_failure *failure)
{
    *failure = (pgai_failure){.status = PGAI_CONNECT, .message = pgaii_sockets_none_left};
    if (open_watch(transport) && !transport->multi)
        transport->multi = pgaii_multi_new(&transport->route, &transport->watch, failure);
    return transport->multi;
}

static bool make_room(pgai_transport *transport, pgai_failure *failure)
{
    if (pgaii_grow((void **)&transport->slots, &transport->capacity, transport->count + 1,
                   sizeof(*transport->slots), FIRST_SLOTS))
        return true;
    *failure = (pgai_failure){.status = PGAI_NO_MEMORY, .permanent = 1};
    return false;
}

uint64_t pgai_transport_submit(pgai_transport *transport, const pgai_request *request,
                               pgai_failure *failure)
{
    pgaii_multi *multi = multi_of(transport, failure);
    pgaii_exchange *exchange;

    if (!multi || !make_room(transport, failure))
        return 0;
    exchange = pgaii_multi_begin(multi, request, failure);
    if (!exchange)
        return 0;
    transport->slots[transport->count++] = (slot){exchange, ++transport->last_id, false};
    pgaii_multi_kick(multi);
    arm(transport);
    return transport->last_id;
}

int pgai_transport_fd(pgai_transport *transport)
{
    transport->in_loop = true;
    if (open_watch(transport))
        arm(transport);
    return transport->watch.fd;
}

int64_t pgai_transport_wake_at(const pgai_transport *transport)
{
    return transport->wake_at;
}

static uint64_t tell_one(pgai_transport *transport)
{
    for (size_t i = 0; i < transport->count; i++) {
        slot *at = &transport->slots[i];

        if (at->exchange->ending != PGAII_UNDER_WAY && !at->told) {
            at->told = true;
            return at->id;
        }
    }
    return 0;
}

/* @return whether there is something to do before the end. */
static bool wait_for_work(const pgai_transport *transport, int64_t end)
{
    int64_t due = transport->wake_at;

    return due < end
               ? pgaii_watch_wait(&transport->watch, due) || pgaii_clock_now_ms() >= due
               : pgaii_watch_wait(&transport->watch, end);
}

uint64_t pgai_transport_wait(pgai_transport *transport, int64_t until_ms)
{
    pgai_failure failure;
    pgaii_multi *multi = multi_of(transport, &failure);
    int64_t slice = pgaii_clock_now_ms() + PGAII_MULTI_SLICE_MS;
    int64_t end = until_ms < slice ? until_ms : slice;
    uint64_t id = tell_one(transport);
    bool came = multi != NULL;

    while (!id && came) {
        pgaii_multi_work(multi);
        id = tell_one(transport);
        arm(transport);
        came = !id && pgaii_clock_now_ms() < end && wait_for_work(transport, end);
    }
    return id;
}

/* The index of an exchange among those not released; their count: it is not there. */
static size_t place_of(const pgai_transport *transport, uint64_t id)
{
    size_t i = 0;

    while (i < transport->count && transport->slots[i].id != id)
        i++;
    return i;
}

pgai_status pgai_transport_result(pgai_transport *transport, uint64_t id,
                                  pgai_response *response, pgai_failure *failure)
{
    pgaii_exchange *exchange;
    size_t place;

    leave_parent(transport);
    place = place_of(transport, id);
    if (place == transport->count)
        return PGAI_USAGE;
    exchange = transport->slots[place].exchange;
    if (exchange->ending == PGAII_UNDER_WAY)
        return PGAI_USAGE;
    return pgaii_exchange_result(exchange, response, failure) ? PGAI_OK : failure->status;
}

/* Those of an older process belong to a multi that was abandoned. */
void pgai_transport_release(pgai_transport *transport, uint64_t id)
{
    size_t place;

    leave_parent(transport);
    place = place_of(transport, id);
    if (place == transport->count)
        return;
    if (place < transport->inherited)
        transport->inherited--;
    else
        pgaii_multi_end(transport->multi, transport->slots[place].exchange);
    transport->count--;
    for (size_t i = place; i < transport->count; i++)
        transport->slots[i] = transport->slots[i + 1];
    arm(transport);
}

int64_t pgai_transport_now_ms(void)
{
    return pgaii_clock_now_ms();
}

void pgai_transport_free(pgai_transport *transport)
{
    if (!transport)
        return;
    leave_parent(transport);
    pgaii_multi_free(transport->multi);
    pgaii_watch_close(&transport->watch);
    pgaii_route_clear(&transport->route);
    free(transport->slots);
    free(transport);
}
