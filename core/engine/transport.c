/* Several requests in progress, for programs that drive calls on their own. */
#include <pgai/transport.h>

#include <stdlib.h>

#include "engine/clock.h"
#include "engine/multi.h"
#include "engine/process.h"
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
    pgaii_multi *multi; /* NULL: none in this process yet */
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
    if (status == PGAI_OK)
        *out = transport;
    else
        free(transport);
    return status;
}

/* In a forked child: leave the parent's connections, and begin without any. */
static void abandon_inherited(pgai_transport *transport)
{
    if (!transport->multi || !pgaii_multi_inherited(transport->multi))
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

static pgaii_multi *multi_of(pgai_transport *transport, pgai_failure *failure)
{
    abandon_inherited(transport);
    if (!transport->multi)
        transport->multi = pgaii_multi_new(&transport->route, NULL, failure);
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
    return transport->last_id;
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

uint64_t pgai_transport_wait(pgai_transport *transport, int64_t until_ms)
{
    pgai_failure failure;
    pgaii_multi *multi = multi_of(transport, &failure);
    int64_t now = pgaii_clock_now_ms();
    int64_t slice = now + PGAII_MULTI_SLICE_MS;
    int64_t end = until_ms < slice ? until_ms : slice;
    uint64_t id = tell_one(transport);
    bool came = multi != NULL;

    while (!id && came) {
        pgaii_multi_work(multi);
        id = tell_one(transport);
        now = pgaii_clock_now_ms();
        came = !id && now < end && pgaii_multi_poll(multi, end - now);
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

    abandon_inherited(transport);
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

    abandon_inherited(transport);
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
}

int64_t pgai_transport_now_ms(void)
{
    return pgaii_clock_now_ms();
}

void pgai_transport_free(pgai_transport *transport)
{
    if (!transport)
        return;
    abandon_inherited(transport);
    pgaii_multi_free(transport->multi);
    pgaii_route_clear(&transport->route);
    free(transport->slots);
    free(transport);
}
