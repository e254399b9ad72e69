/* Faults of creates, which are kept though the client may not hear so. */
#include "sandbox/fault.h"

static void apply_drop(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->delivery.bytes = (size_t)call->values[0];
    exchange->delivery.ending = call->values[1] == 0 ? PGAII_END_CLOSE : PGAII_END_RESET;
}

static void apply_5xx(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_fault_response_status(exchange, (int)call->values[0], call->values[1]);
}

static void apply_slow(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->delivery.delay_ms = call->values[0];
}

static void apply_no_body(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    pgaii_buffer_reset(&exchange->response.body);
}

static void apply_as_200(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.status = 200;
}

const pgaii_fault pgaii_faults_create[] = {
    {"commit_then_drop",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_CREATE,
     {PGAII_NUMBER("k", 0, PGAII_SANDBOX_MAX_RESPONSE_BODY, 0),
      PGAII_CHOICE("end", "close|reset")},
     apply_drop},
    {"commit_then_5xx",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_CREATE,
     {PGAII_NUMBER("code", 500, 599, 500), PGAII_CHOICE("body", PGAII_BODY_WORDS)},
     apply_5xx},
    {"slow_commit",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_CREATE,
     {PGAII_NEEDED("ms", 0, 600000)},
     apply_slow},
    {"created_without_body",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_CREATE,
     {{0}},
     apply_no_body},
    {"created_as_200", PGAII_AT_SUCCESS, PGAII_SANDBOX_CREATE, {{0}}, apply_as_200},
    {0},
};
