/* Calls that block: each is driven to its end, one request or wait at a time. */
#include "client/driver.h"

#include "client/watch.h"
#include "engine/clock.h"
#include "protocol/call.h"
#include "protocol/error.h"

/* A watch begins anew with each request and wait, so that a child forked in between goes
 * on under its own generation. */
static void begin_watch(const pgai_client *client, pgaii_watch *watch)
{
    pgaii_watch_init(watch, client->interrupt, client->interrupt_data,
                     pgaii_pool_closed(client->pool));
}

static void send_request(const pgai_client *client, pgai_call *call)
{
    pgai_failure failure;
    pgai_response response;
    pgaii_watch watch;
    pgaii_multi *multi = pgaii_pool_take(client->pool, &failure);
    pgaii_exchange *exchange = NULL;

    begin_watch(client, &watch);
    if (multi)
        exchange = pgaii_multi_begin(multi, pgai_call_request(call), &failure);
    if (exchange) {
        pgaii_watch_exchange(&watch, multi, exchange);
        pgaii_multi_end(multi, exchange);
    }
    if (exchange && pgaii_exchange_result(exchange, &response, &failure))
        pgaii_call_feed_take(call, pgaii_clock_now_ms(), &response,
                             &exchange->incoming.body);
    else
        pgai_call_fail(call, pgaii_clock_now_ms(), &failure);
    pgaii_pool_give(client->pool, multi);
}

static void wait_for_turn(const pgai_client *client, pgai_call *call)
{
    pgai_failure failure = {.status = PGAI_CANCELLED};
    pgaii_watch watch;
    pgaii_multi *multi = pgaii_pool_take(client->pool, &failure);

    begin_watch(client, &watch);
    if (!multi || (!pgaii_watch_until(&watch, multi, pgai_call_wait_until(call)) &&
                   !pgaii_watch_forked(&watch)))
        pgai_call_cancel(call, pgaii_clock_now_ms(), failure.status);
    pgaii_pool_give(client->pool, multi);
}

pgai_status pgaii_drive(const pgai_client *client, pgai_call *call, pgai_error *error)
{
    for (;;) {
        switch (pgai_call_next(call, pgaii_clock_now_ms())) {
        case PGAI_STEP_SEND:
            send_request(client, call);
            break;
        case PGAI_STEP_WAIT:
            wait_for_turn(client, call);
            break;
        case PGAI_STEP_DONE:
            return PGAI_OK;
        case PGAI_STEP_RESPONSE: /* Never: each request is answered or fails above. */
        case PGAI_STEP_FAILED:
        default:
            return pgaii_error_copy(error, pgai_call_error(call));
        }
    }
}
