/* Faults of time and of connections: late, in pieces, cut, or not at all. */
#include "sandbox/fault.h"

enum {
    MAX_WAIT_MS = 600000, /* no test waits longer than ten minutes */
    MAX_BYTES = PGAII_SANDBOX_MAX_RESPONSE_BODY, /* beyond the end of any response */
    UNASKED_MS =
        10 /* a client has read its response by then, and its connection is idle */
};

static void
apply_accept_close(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->delivery.ending = PGAII_END_CLOSE;
}

static void apply_latency(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    int64_t delay = call->values[0];
    int64_t jitter = call->values[1];

    delay += (int64_t)(call->random % (uint64_t)(2 * jitter + 1)) - jitter;
    exchange->delivery.delay_ms = delay > 0 ? delay : 0;
}

static void
end_after(pgaii_sandbox_exchange *exchange, int64_t bytes, pgaii_sandbox_ending ending)
{
    exchange->delivery.bytes = (size_t)bytes;
    exchange->delivery.ending = ending;
}

static void apply_cut(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    end_after(exchange, call->values[0], PGAII_END_CLOSE);
}

static void apply_reset(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    end_after(exchange, call->values[0], PGAII_END_RESET);
}

static void apply_stall(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    end_after(exchange, call->values[0], PGAII_END_HOLD);
}

static void
apply_close_after_request(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    end_after(exchange, 0, PGAII_END_CLOSE);
}

static void
apply_close_idle(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->delivery.ending = PGAII_END_CLOSE;
}

static void apply_drip(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->delivery.first = (size_t)call->values[0];
    exchange->delivery.each = (size_t)call->values[0];
    exchange->delivery.pause_ms = call->values[1];
}

static void apply_split(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->delivery.first = (size_t)call->values[0];
    exchange->delivery.pause_ms = call->values[1];
}

static void apply_unasked(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    int status = (int)call->values[1];
    pgaii_sandbox_response *response = &exchange->unasked;

    pgaii_sandbox_response_start(response);
    if (status < 300)
        pgaii_sandbox_response_json(response, status,
                                    "{\"id\":\"00000000-0000-4000-8000-000000000000\","
                                    "\"first_name\":\"Nobody\",\"last_name\":\"Asked\"}");
    else
        pgaii_sandbox_response_error(response, status, pgaii_reason(status));
    response->keep_alive = call->values[2] == 1;
    exchange->has_unasked = true;
    exchange->delivery.pause_ms = call->values[0];
    if (!response->keep_alive)
        exchange->delivery.ending = PGAII_END_CLOSE;
}

const pgaii_fault pgaii_faults_transport[] = {
    {"accept_close",
     PGAII_AT_ACCEPT,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_accept_close},
    {"latency",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("ms", 0, MAX_WAIT_MS), PGAII_NUMBER("jitter", 0, MAX_WAIT_MS, 0)},
     apply_latency},
    {"cut",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, MAX_BYTES)},
     apply_cut},
    {"reset",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, MAX_BYTES)},
     apply_reset},
    {"stall",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, MAX_BYTES)},
     apply_stall},
    {"drip",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("bytes", 1, MAX_BYTES), PGAII_NEEDED("ms", 1, MAX_WAIT_MS)},
     apply_drip},
    {"split",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 1, MAX_BYTES), PGAII_NUMBER("ms", 1, MAX_WAIT_MS, 2)},
     apply_split},
    {"close_after_request",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_close_after_request},
    {"close_idle",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_close_idle},
    {"unasked",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("ms", 0, MAX_WAIT_MS, UNASKED_MS), PGAII_NUMBER("code", 200, 599, 404),
      PGAII_CHOICE("end", "close|stay")},
     apply_unasked},
    {0},
};
