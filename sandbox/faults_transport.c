#include "sandbox/fault.h"

enum {
    WAIT_MAX_MS = 600000,              /* no test waits longer than ten minutes */
    BYTES_MAX = PGAII_ANSWER_BODY_MAX, /* beyond the end of any answer */
    UNASKED_MS = 10 /* a client has read its answer by then, and laid the connection by */
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
end_after(pgaii_sandbox_exchange *exchange, int64_t bytes, pgaii_ending ending)
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
    pgaii_answer *answer = &exchange->unasked;

    pgaii_answer_start(answer);
    if (status < 300)
        pgaii_answer_json(answer, status,
                          "{\"id\":\"00000000-0000-4000-8000-000000000000\","
                          "\"first_name\":\"Nobody\",\"last_name\":\"Asked\"}");
    else
        pgaii_answer_error(answer, status, pgaii_reason(status));
    answer->keep_alive = call->values[2] == 1;
    exchange->has_unasked = true;
    exchange->delivery.pause_ms = call->values[0];
    if (!answer->keep_alive)
        exchange->delivery.ending = PGAII_END_CLOSE;
}

const pgaii_fault pgaii_faults_transport[] = {
    {"accept_close",
     PGAII_AT_ACCEPT,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_accept_close},
    {"latency",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("ms", 0, WAIT_MAX_MS), PGAII_NUMBER("jitter", 0, WAIT_MAX_MS, 0)},
     apply_latency},
    {"cut",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, BYTES_MAX)},
     apply_cut},
    {"reset",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, BYTES_MAX)},
     apply_reset},
    {"stall",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 0, BYTES_MAX)},
     apply_stall},
    {"drip",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("bytes", 1, BYTES_MAX), PGAII_NEEDED("ms", 1, WAIT_MAX_MS)},
     apply_drip},
    {"split",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("k", 1, BYTES_MAX), PGAII_NUMBER("ms", 1, WAIT_MAX_MS, 2)},
     apply_split},
    {"close_after_request",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_close_after_request},
    {"close_idle", PGAII_AT_ANSWER, PGAII_SANDBOX_ANY_OPERATION, {{0}}, apply_close_idle},
    {"unasked",
     PGAII_AT_ANSWER,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("ms", 0, WAIT_MAX_MS, UNASKED_MS), PGAII_NUMBER("code", 200, 599, 404),
      PGAII_CHOICE("end", "close|stay")},
     apply_unasked},
    {0},
};
