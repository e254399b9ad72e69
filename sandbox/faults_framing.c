/* Faults of where a body ends: lengths, chunks, connections that close. */
#include <inttypes.h>
#include <stdio.h>

#include "sandbox/fault.h"

static void
apply_length_twice(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    char other[24];

    snprintf(other, sizeof(other), "%" PRId64,
             (int64_t)exchange->response.body.length + call->values[0]);
    pgaii_sandbox_response_header(&exchange->response, "Content-Length", other);
}

/* A length that no body will ever fill, so the connection must end. */
static void claim_length(pgaii_sandbox_exchange *exchange, int64_t length)
{
    snprintf(exchange->response.length, sizeof(exchange->response.length), "%" PRId64,
             length);
    exchange->delivery.ending = PGAII_END_CLOSE;
}

static void
apply_length_more(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    claim_length(exchange, (int64_t)exchange->response.body.length + call->values[0]);
}

static void
apply_length_less(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    int64_t length = (int64_t)exchange->response.body.length - call->values[0];

    claim_length(exchange, length > 0 ? length : 0);
}

static void
apply_length_huge(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    claim_length(exchange, INT64_MAX);
}

static void
apply_length_negative(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    claim_length(exchange, -1);
}

static void
apply_close_delimited(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.no_length = true;
    exchange->response.keep_alive = false;
    exchange->delivery.ending = PGAII_END_CLOSE;
}

static void apply_http10(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.version = "HTTP/1.0";
    exchange->response.keep_alive = false;
    exchange->delivery.ending = PGAII_END_CLOSE;
}

static void apply_chunked(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const struct {
        const char *size;
        size_t missing;
        bool length;
    } forms[] = {
        {NULL, 0, false},                       /* whole */
        {NULL, sizeof("\n") - 1, false},        /* last_lf_missing */
        {NULL, sizeof("\r\n") - 1, false},      /* last_line_missing */
        {NULL, sizeof("0\r\n\r\n") - 1, false}, /* last_chunk_missing */
        {"ten", 0, false},                      /* size_garbage */
        {"-5", 0, false},                       /* size_negative */
        {"FFFFFFFFFFFFFFFFF", 0, false},        /* size_huge */
        {NULL, 0, true},                        /* length_too */
    };
    pgaii_sandbox_response *response = &exchange->response;

    response->chunk_bytes = (size_t)call->values[1];
    response->chunk_size = forms[call->values[0]].size;
    response->missing = forms[call->values[0]].missing;
    response->no_length = !forms[call->values[0]].length;
    if (call->values[0] != 0)
        exchange->delivery.ending = PGAII_END_CLOSE;
}

enum { MAX_OFF_BY = 1000000, CHUNK_USUAL = 1000 };

const pgaii_fault pgaii_faults_framing[] = {
    {"length_twice",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("by", -MAX_OFF_BY, MAX_OFF_BY, 1)},
     apply_length_twice},
    {"length_more",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("by", 1, MAX_OFF_BY, 1)},
     apply_length_more},
    {"length_less",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("by", 1, MAX_OFF_BY, 1)},
     apply_length_less},
    {"length_huge",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_length_huge},
    {"length_negative",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_length_negative},
    {"close_delimited",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_close_delimited},
    {"http10", PGAII_AT_RESPONSE, PGAII_SANDBOX_ANY_OPERATION, {{0}}, apply_http10},
    {"chunked",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("form", "whole|last_lf_missing|last_line_missing|last_chunk_missing|"
                           "size_garbage|size_negative|size_huge|length_too"),
      PGAII_NUMBER("bytes", 1, PGAII_SANDBOX_MAX_RESPONSE_BODY, CHUNK_USUAL)},
     apply_chunked},
    {0},
};
