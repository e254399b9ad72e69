/* Faults of header lines, and redirects. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/fault.h"
#include "sandbox/service.h"

enum { TO_SAME_HOST, TO_OTHER_HOST, TO_HTTP, TO_LOOP };

/* `other_host` differs from the sandbox by name but is loopback too, so that a test can
 * listen there for the key, which must never come. Without a port it is the discard
 * service's. */
static void apply_redirect(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
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
    pgaii_fault_response_status(exchange, (int)call->values[1], 0);
    pgaii_sandbox_response_header(&exchange->response, "Location", target);
}

static void
apply_header_flood(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_printf(&exchange->response.headers,
                            "X-Flood-%" PRId64 ": there is more to come\r\n", i);
}

static void
apply_long_line(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer *headers = &exchange->response.headers;

    pgaii_buffer_add_string(headers, "X-Long: ");
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_add(headers, "x", 1);
    pgaii_buffer_add_string(headers, "\r\n");
}

#define PLACE_WORDS "head|trailer"
enum { IN_HEAD, IN_TRAILER };

/* Where lines of that place go. Only a response in chunks has trailers. */
static pgaii_buffer *lines_of(pgaii_sandbox_exchange *exchange, int64_t place)
{
    pgaii_sandbox_response *response = &exchange->response;

    if (place == IN_HEAD)
        return &response->headers;
    if (response->chunk_bytes == 0) {
        response->chunk_bytes = PGAII_SANDBOX_MAX_RESPONSE_BODY;
        response->no_length = true;
    }
    return &response->trailers;
}

static void
apply_header_nul(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const char line[] = "X-Nul: a\0b\r\n";

    pgaii_buffer_add(lines_of(exchange, call->values[0]), line, sizeof(line) - 1);
}

static void apply_bare_lf(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer_add_string(lines_of(exchange, call->values[0]),
                            "X-Bare: LF\nX-After: CRLF\r\n");
}

#define DOUBT_WORDS                                                                      \
    "folded|folded_first|no_colon|blank_before_colon|tab_before_colon|blank_in_name|"    \
    "tab_in_name|cr_in_name|nul_in_name|odd_byte_in_name|cr_twice|empty_name"
enum { FOLDED_FIRST = 1, EMPTY_NAME = 11 };

/* One line that readers disagree on: the body's length under the name X-Doubt, or as the
 * response's only Content-Length. Readers that drop that line need the connection's end.
 */
static void
apply_header_line(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const struct {
        const char *start;
        pgai_text joint; /* of the two words of the name */
        const char *colon;
        const char *end;
    } forms[] = {
        {"", {"-", 1}, ":\r\n ", "\r\n"}, {" ", {"-", 1}, ": ", "\r\n"},
        {"", {"-", 1}, " ", "\r\n"},      {"", {"-", 1}, " : ", "\r\n"},
        {"", {"-", 1}, "\t: ", "\r\n"},   {"", {" ", 1}, ": ", "\r\n"},
        {"", {"\t", 1}, ": ", "\r\n"},    {"", {"\r-", 2}, ": ", "\r\n"},
        {"", {"\0", 1}, ": ", "\r\n"},    {"", {"\xC3\xB6", 2}, ": ", "\r\n"},
        {"", {"-", 1}, ": ", "\r\r\n"},   {"", {"", 0}, ": ", "\r\n"},
    };
    int64_t form = call->values[0];
    bool length = call->values[1] == 1;
    pgaii_buffer *lines = lines_of(exchange, call->values[2]);
    bool nameless = form == EMPTY_NAME;

    if (call->values[2] == IN_HEAD && form == FOLDED_FIRST)
        lines = &exchange->response.first;
    pgaii_buffer_add_string(lines, forms[form].start);
    pgaii_buffer_add_string(lines, nameless ? "" : length ? "Content" : "X");
    pgaii_buffer_add(lines, forms[form].joint.data, forms[form].joint.length);
    pgaii_buffer_add_string(lines, nameless ? "" : length ? "Length" : "Doubt");
    pgaii_buffer_printf(lines, "%s%zu%s", forms[form].colon,
                        exchange->response.body.length, forms[form].end);
    if (length) {
        exchange->response.no_length = true;
        exchange->delivery.ending = PGAII_END_CLOSE;
    }
}

static void
apply_status_garbage(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.version = "HTTP/1.1 abc";
}

static void
apply_type_html(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.content_type = "text/html; charset=utf-8";
}

static void
apply_encoding_wrong(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const char *const codings[] = {"gzip", "UTF-8", ""};

    pgaii_sandbox_response_header(&exchange->response, "Content-Encoding",
                                  codings[call->values[0]]);
}

enum { MAX_FLOOD = 1000000, MAX_LINE_BYTES = 16 * 1024 * 1024 };

const pgaii_fault pgaii_faults_headers[] = {
    {"redirect",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("to", "same_host|other_host|http|loop"),
      PGAII_NUMBER("code", 300, 399, 302), PGAII_NUMBER("port", 1, 65535, 9)},
     apply_redirect},
    {"header_flood",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("lines", 1, MAX_FLOOD, 10000)},
     apply_header_flood},
    {"long_line",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NUMBER("bytes", 1, MAX_LINE_BYTES, 1000000)},
     apply_long_line},
    {"header_nul",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("place", PLACE_WORDS)},
     apply_header_nul},
    {"bare_lf",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("place", PLACE_WORDS)},
     apply_bare_lf},
    {"header_line",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("form", DOUBT_WORDS), PGAII_CHOICE("of", "extra|length"),
      PGAII_CHOICE("place", PLACE_WORDS)},
     apply_header_line},
    {"status_garbage",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_status_garbage},
    {"type_html", PGAII_AT_RESPONSE, PGAII_SANDBOX_ANY_OPERATION, {{0}}, apply_type_html},
    {"encoding_wrong",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("form", "gzip|unknown|empty")},
     apply_encoding_wrong},
    {0},
};
