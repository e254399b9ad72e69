#include <pgai/transport.h>

#include <stdlib.h>

#include "client/clock.h"
#include "client/process.h"
#include "client/transfer.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/session.h"
#include "protocol/versioned.h"

/* Room for what a small program has under way at once. */
enum { FIRST_EXCHANGES = 8 };

struct pgai_transport {
    pgaii_route route;
    pgaii_transfer *transfer;   /* NULL: none in this process yet */
    unsigned generation;        /* of the process that it belongs to */
    pgaii_exchange **exchanges; /* not yet released; some may be of an older process */
    size_t inherited;           /* so many of them, the first ones */
    size_t count;
    size_t capacity;
    uint64_t last_id;
};

static pgai_status
find_route(const pgai_transport_options *options, pgaii_route *out, pgai_error *error)
{
    const char *base_url = options->base_url;
    pgai_status status = pgaii_session_check_user_agent(options->user_agent, error);
    pgaii_url url;

    if (status != PGAI_OK)
        return status;
    if (!base_url)
        base_url = pgaii_process_variable("PGAI_BASE_URL");
    status = pgaii_url_init(&url, base_url ? base_url : pgaii_session_base_url, error);
    if (status != PGAI_OK)
        return status;
    status = pgaii_route_find(&url, options->ca, options->proxy, options->user_agent, out,
                              error);
    pgaii_url_clear(&url);
    return status;
}

pgai_status pgai_transport_new(const pgai_transport_options *options,
                               pgai_transport **out, pgai_error *error)
{
    pgai_transport_options given = PGAI_TRANSPORT_OPTIONS_INIT;
    pgai_transport *transport;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    status = pgaii_process_start(error);
    if (status == PGAI_OK && options)
        status = pgaii_versioned_read(&given, sizeof(given), options,
                                      PGAII_FIRST_SIZE(pgai_transport_options, ca),
                                      "options", error);
    if (status != PGAI_OK)
        return status;
    transport = pgaii_new(sizeof(*transport));
    if (!transport)
        return pgaii_fail_memory(error);
    transport->generation = pgaii_process_generation();
    status = find_route(&given, &transport->route, error);
    if (status == PGAI_OK)
        *out = transport;
    else
        free(transport);
    return status;
}

/* In a forked child: leave the parent's connections, and begin without any. */
static void abandon_inherited(pgai_transport *transport)
{
    if (transport->generation == pgaii_process_generation())
        return;
    transport->generation = pgaii_process_generation();
    transport->inherited = transport->count;
    for (size_t i = 0; i < transport->count; i++) {
        if (transport->exchanges[i]->ending == PGAII_UNDER_WAY)
            transport->exchanges[i]->ending = PGAII_FORKED;
    }
    if (transport->transfer) {
        pgaii_process_lock(NULL);
        pgaii_transfer_abandon(transport->transfer);
        pgaii_process_unlock(NULL);
    }
    transport->transfer = NULL;
}

static pgaii_transfer *transfer_of(pgai_transport *transport, pgai_failure *failure)
{
    abandon_inherited(transport);
    if (!transport->transfer)
        transport->transfer = pgaii_transfer_new(&transport->route, failure);
    return transport->transfer;
}

static bool make_room(pgai_transport *transport, pgai_failure *failure)
{
    if (pgaii_grow((void **)&transport->exchanges, &transport->capacity,
                   transport->count + 1, sizeof(pgaii_exchange *), FIRST_EXCHANGES))
        return true;
    *failure = (pgai_failure){.status = PGAI_NO_MEMORY, .permanent = 1};
    return false;
}

uint64_t pgai_transport_submit(pgai_transport *transport, const pgai_request *request,
                               pgai_failure *failure)
{
    pgaii_transfer *transfer = transfer_of(transport, failure);
    pgaii_exchange *exchange;

    if (!transfer || !make_room(transport, failure))
        return 0;
    exchange = pgaii_transfer_begin(transfer, request, failure);
    if (!exchange)
        return 0;
    exchange->id = ++transport->last_id;
    exchange->told = false;
    transport->exchanges[transport->count++] = exchange;
    return exchange->id;
}

static uint64_t tell_one(pgai_transport *transport)
{
    for (size_t i = 0; i < transport->count; i++) {
        pgaii_exchange *exchange = transport->exchanges[i];

        if (exchange->ending != PGAII_UNDER_WAY && !exchange->told) {
            exchange->told = true;
            return exchange->id;
        }
    }
    return 0;
}

uint64_t pgai_transport_wait(pgai_transport *transport, int64_t until_ms)
{
    pgai_failure failure;
    pgaii_transfer *transfer = transfer_of(transport, &failure);
    int64_t now = pgaii_clock_now_ms();
    int64_t slice = now + PGAII_WATCH_SLICE_MS;
    int64_t end = until_ms < slice ? until_ms : slice;
    uint64_t id = tell_one(transport);
    bool came = transfer != NULL;

    while (!id && came) {
        pgaii_transfer_work(transfer);
        id = tell_one(transport);
        now = pgaii_clock_now_ms();
        came = !id && now < end && pgaii_transfer_poll(transfer, end - now);
    }
    return id;
}

/* Where an exchange stands among those not released; their count: nowhere. */
static size_t place_of(const pgai_transport *transport, uint64_t id)
{
    size_t i = 0;

    while (i < transport->count && transport->exchanges[i]->id != id)
        i++;
    return i;
}

pgai_status pgai_transport_result(pgai_transport *transport, uint64_t id,
                                  pgai_answer *answer, pgai_failure *failure)
{
    pgaii_exchange *exchange;
    size_t place;

    abandon_inherited(transport);
    place = place_of(transport, id);
    if (place == transport->count)
        return PGAI_USAGE;
    exchange = transport->exchanges[place];
    if (exchange->ending == PGAII_UNDER_WAY)
        return PGAI_USAGE;
    return pgaii_exchange_result(exchange, answer, failure) ? PGAI_OK : failure->status;
}

/* Those of an older process belong to a transfer that was abandoned. */
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
        pgaii_transfer_end(transport->transfer, transport->exchanges[place]);
    transport->count--;
    for (size_t i = place; i < transport->count; i++)
        transport->exchanges[i] = transport->exchanges[i + 1];
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
    pgaii_transfer_free(transport->transfer);
    pgaii_route_clear(&transport->route);
    free(transport->exchanges);
    free(transport);
}
