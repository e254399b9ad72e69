#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "service.h"

enum { TO_SAME_HOST, TO_OTHER_HOST, TO_HTTP, TO_LOOP };

/* `other_host` differs from the sandbox by name but is loopback too, so that a test can
 * listen there for what must never come: the key. Without a port it is the discard
 * service's. */
static void apply_redirect(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    int64_t port = call->values[2];
    char target[256];
    pgai_text asked = exchange->request->target;

    switch (call->values[0]) {
    case TO_OTHER_HOST:
        snprintf(target, sizeof(target), "http://localhost:%" PRId64 "%s/contacts", port,
                 PGAII_SERVICE_BASE);
        break;
    case TO_HTTP:
        snprintf(target, sizeof(target),
                 "http://api.pipelinegeneration.ai" PGAII_SERVICE_BASE "/contacts");
        break;
    case TO_LOOP:
        snprintf(target, sizeof(target), "%.*s",
                 asked.length < sizeof(target) ? (int)asked.length : 1, asked.data);
        break;
    default:
        snprintf(target, sizeof(target), PGAII_SERVICE_BASE "/moved");
        break;
    }
    pgaii_fault_answer_status(exchange, (int)call->values[1], 0);
    pgaii_answer_header(&exchange->answer, "Location", target);
}

static void apply_header_flood(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_printf(&exchange->answer.headers,
                            "X-Flood-%" PRId64 ": there is more to come\r\n", i);
}

static void apply_long_line(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer *headers = &exchange->answer.headers;

    pgaii_buffer_add_string(headers, "X-Long: ");
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_add(headers, "x", 1);
    pgaii_buffer_add_string(headers, "\r\n");
}

static void apply_header_nul(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    static const char line[] = "X-Nul: a\0b\r\n";

    (void)call;
    pgaii_buffer_add(&exchange->answer.headers, line, sizeof(line) - 1);
}

static void apply_bare_lf(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    pgaii_buffer_add_string(&exchange->answer.headers, "X-Bare: LF\n");
}

static void apply_status_garbage(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->answer.version = "HTTP/1.1 abc";
}

static void apply_type_html(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->answer.content_type = "text/html; charset=utf-8";
}

static void apply_encoding_wrong(pgaii_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    pgaii_answer_header(&exchange->answer, "Content-Encoding", "gzip");
}

enum { FLOOD_MAX = 1000000, LINE_MAX_BYTES = 16 * 1024 * 1024 };

const pgaii_fault pgaii_faults_headers[] = {
    {"redirect",
     PGAII_AT_REQUEST,
     PGAII_ANY_OPERATION,
     {PGAII_CHOICE("to", "same_host|other_host|http|loop"),
      PGAII_NUMBER("code", 300, 399, 302), PGAII_NUMBER("port", 1, 65535, 9)},
     apply_redirect},
    {"header_flood",
     PGAII_AT_ANSWER,
     PGAII_ANY_OPERATION,
     {PGAII_NUMBER("lines", 1, FLOOD_MAX, 10000)},
     apply_header_flood},
    {"long_line",
     PGAII_AT_ANSWER,
     PGAII_ANY_OPERATION,
     {PGAII_NUMBER("bytes", 1, LINE_MAX_BYTES, 1000000)},
     apply_long_line},
    {"header_nul", PGAII_AT_ANSWER, PGAII_ANY_OPERATION, {{0}}, apply_header_nul},
    {"bare_lf", PGAII_AT_ANSWER, PGAII_ANY_OPERATION, {{0}}, apply_bare_lf},
    {"status_garbage", PGAII_AT_ANSWER, PGAII_ANY_OPERATION, {{0}}, apply_status_garbage},
    {"type_html", PGAII_AT_ANSWER, PGAII_ANY_OPERATION, {{0}}, apply_type_html},
    {"encoding_wrong", PGAII_AT_ANSWER, PGAII_ANY_OPERATION, {{0}}, apply_encoding_wrong},
    {0},
};
