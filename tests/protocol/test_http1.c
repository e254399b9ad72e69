/* HTTP/1.1 for programs with sockets of their own. */
#include <stdbool.h>
#include <stdlib.h>

#include <pgai/http1.h>

#include "support/unit.h"

#define LINE "\r\n"
#define OK_LINE "HTTP/1.1 200 OK" LINE
#define CHUNKED OK_LINE "Transfer-Encoding: chunked" LINE LINE

enum { MIB = 1024 * 1024 };

static const char interim[] = "HTTP/1.1 103 Early Hints" LINE "Link: x" LINE LINE;
static const char plain[] =
    OK_LINE "Content-Type: application/json" LINE "X-A: one" LINE "x-a:  two " LINE
            "X-Folded: a" LINE " b" LINE "Content-Length: 5" LINE LINE "hello";
static const char in_chunks[] =
    OK_LINE "Transfer-Encoding: Chunked" LINE LINE "5;x=y" LINE "hello" LINE "0006 " LINE
            " world" LINE "0" LINE "X-Trailer: 1" LINE LINE;
static const char until_closed[] = "HTTP/1.0 200 OK\n\nhello";

static const pgai_header headers[] = {{{"x-api-key", 9}, {"test_key_0", 10}},
                                      {{"accept", 6}, {"application/json", 16}}};
static const pgai_request get_c1 = {.method = "GET",
                                    .url = "https://h.test/v1/contacts/c1",
                                    .target = "/v1/contacts/c1",
                                    .host = "h.test",
                                    .port = 443,
                                    .tls = 1,
                                    .headers = headers,
                                    .header_count = 2};
static pgai_http1 *http;

static int setup(void **state)
{
    (void)state;
    return pgai_http1_new(&http, NULL) == PGAI_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pgai_http1_free(http);
    return 0;
}

/* Give a response in pieces of @p size bytes. */
static pgai_http1_step give(const char *text, size_t length, size_t size)
{
    pgai_http1_step step = PGAI_HTTP1_MORE;

    for (size_t at = 0; at < length; at += size) {
        size_t left = length - at;

        step = pgai_http1_receive(http, text + at, left < size ? left : size);
    }
    return step;
}

static pgai_http1_step give_anew(const char *text, size_t size)
{
    pgai_http1_begin(http, &get_c1);
    return give(text, strlen(text), size);
}

static pgai_text body(void)
{
    return pgai_http1_response(http)->body;
}

static void requests_are_written(void **state)
{
    pgai_request request = get_c1;

    (void)state;
    assert_text(pgai_http1_begin(http, &request),
                "GET /v1/contacts/c1 HTTP/1.1" LINE "host: h.test" LINE
                "x-api-key: test_key_0" LINE "accept: application/json" LINE LINE);
    request.method = "POST";
    request.host = "::1";
    request.port = 8443;
    request.header_count = 0;
    request.body = (pgai_text){"{}\r\n", 4};
    assert_text(pgai_http1_begin(http, &request),
                "POST /v1/contacts/c1 HTTP/1.1" LINE "host: [::1]:8443" LINE
                "content-length: 4" LINE LINE "{}\r\n");
    request.tls = 0;
    request.port = 80;
    request.body = (pgai_text){"", 0};
    assert_text(pgai_http1_begin(http, &request),
                "POST /v1/contacts/c1 HTTP/1.1" LINE "host: [::1]" LINE
                "content-length: 0" LINE LINE);
}

static void refuse_to_write(const pgai_request *request)
{
    const pgai_failure *failure;

    assert_null(pgai_http1_begin(http, request).data);
    failure = pgai_http1_failure(http);
    assert_int_equal(failure->status, PGAI_PROTOCOL);
    assert_int_equal(failure->sent, 0);
    assert_int_equal(failure->permanent, 1);
    assert_contains(failure->message, "control byte");
}

static void no_line_can_be_smuggled_in(void **state)
{
    static const char *const values[] = {"a\r\nx-b: c", "a\n", "\r", "a\x01"};
    pgai_request request = get_c1;
    pgai_header header = {{"x-a", 3}, {"a\0b", 3}};

    (void)state;
    request.headers = &header;
    request.header_count = 1;
    refuse_to_write(&request);
    for (size_t i = 0; i < COUNT(values); i++) {
        header.value = (pgai_text){values[i], strlen(values[i])};
        refuse_to_write(&request);
        request.target = values[i];
        refuse_to_write(&request);
        request.target = get_c1.target;
    }
    header.value = (pgai_text){"a\tb", 3};
    assert_non_null(pgai_http1_begin(http, &request).data);
}

static void responses_are_read_however_they_are_split(void **state)
{
    const pgai_response *response;
    char text[sizeof(interim) + sizeof(plain)];

    (void)state;
    snprintf(text, sizeof(text), "%s%s", interim, plain);
    for (size_t size = 1; size <= strlen(text); size++) {
        assert_int_equal(give_anew(text, size), PGAI_HTTP1_WHOLE);
        response = pgai_http1_response(http);
        assert_int_equal(response->status, 200);
        assert_int_equal(response->header_count, 5);
        assert_text(response->headers[1].name, "X-A");
        assert_text(response->headers[1].value, "one");
        assert_text(response->headers[2].value, "two");
        assert_text(response->body, "hello");
        assert_true(pgai_http1_reusable(http));
    }
    pgai_http1_begin(http, &get_c1);
    assert_int_equal(pgai_http1_response(http)->status, 0);
    for (size_t size = 1; size <= strlen(in_chunks); size++) {
        assert_int_equal(give_anew(in_chunks, size), PGAI_HTTP1_WHOLE);
        assert_text(body(), "hello world");
        assert_int_equal(pgai_http1_response(http)->header_count, 1);
        assert_true(pgai_http1_reusable(http));
    }
}

static void a_body_can_end_with_its_connection(void **state)
{
    (void)state;
    for (size_t size = 1; size <= strlen(until_closed); size++) {
        assert_int_equal(give_anew(until_closed, size), PGAI_HTTP1_MORE);
        assert_int_equal(pgai_http1_end(http, NULL), PGAI_HTTP1_WHOLE);
        assert_text(body(), "hello");
        assert_false(pgai_http1_reusable(http));
    }
    give_anew(until_closed, 3);
    assert_int_equal(pgai_http1_end(http, "reset"), PGAI_HTTP1_FAILED);
    assert_string_equal(pgai_http1_failure(http)->message,
                        "it ended inside the body: reset");
}

static void cut_responses_are_none(void **state)
{
    static const char *const texts[] = {plain, in_chunks};
    const pgai_failure *failure;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t kept = 0; kept < strlen(texts[i]); kept++) {
            pgai_http1_begin(http, &get_c1);
            assert_int_equal(give(texts[i], kept, 7), PGAI_HTTP1_MORE);
            assert_int_equal(pgai_http1_end(http, NULL), PGAI_HTTP1_FAILED);
            assert_int_equal(pgai_http1_began(http), kept > 0);
            failure = pgai_http1_failure(http);
            assert_int_equal(failure->status, PGAI_CONNECTION_LOST);
            assert_int_equal(failure->sent, 1);
            assert_contains(failure->message, "it ended inside the ");
        }
    }
}

static void some_responses_have_no_body(void **state)
{
    (void)state;
    assert_int_equal(give_anew("HTTP/1.1 204 No Content" LINE LINE, 3), PGAI_HTTP1_WHOLE);
    assert_int_equal(body().length, 0);
    assert_true(pgai_http1_reusable(http));
    assert_int_equal(give_anew("HTTP/1.1 304 X" LINE "Content-Length: 9" LINE LINE, 3),
                     PGAI_HTTP1_WHOLE);
    assert_true(pgai_http1_reusable(http));
    give_anew("HTTP/1.1 204 X" LINE "Content-Length: 9" LINE LINE, 3);
    assert_false(pgai_http1_reusable(http));
    give_anew("HTTP/1.1 304 X" LINE "Transfer-Encoding: chunked" LINE LINE, 3);
    assert_false(pgai_http1_reusable(http));
    assert_int_equal(give_anew(OK_LINE "Content-Length: 0" LINE LINE, 3),
                     PGAI_HTTP1_WHOLE);
    assert_int_equal(body().length, 0);
    assert_true(pgai_http1_reusable(http));
}

static void connections_are_kept_only_when_that_is_safe(void **state)
{
    static const char *const texts[] = {
        "HTTP/1.0 200 OK" LINE "Content-Length: 2" LINE LINE "{}",
        OK_LINE "Content-Length: 2" LINE "Connection: te, Close" LINE LINE "{}",
        OK_LINE "Content-Length: 2" LINE LINE "{}and more",
        OK_LINE "Content-Length: 2" LINE "Transfer-Encoding: chunked" LINE LINE "2" LINE
                "{}" LINE "0" LINE LINE,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t size = 1; size < 100; size += 98) {
            assert_int_equal(give_anew(texts[i], size), PGAI_HTTP1_WHOLE);
            assert_text(body(), "{}");
            assert_false(pgai_http1_reusable(http));
        }
    }
}

static void assert_refused(const char *text, pgai_status status, const char *words)
{
    const pgai_failure *failure = pgai_http1_failure(http);

    assert_int_equal(give_anew(text, 5), PGAI_HTTP1_FAILED);
    assert_int_equal(failure->status, status);
    assert_int_equal(failure->sent, 1);
    assert_contains(failure->message, words);
    assert_int_equal(pgai_http1_receive(http, plain, strlen(plain)), PGAI_HTTP1_FAILED);
    assert_int_equal(pgai_http1_end(http, NULL), PGAI_HTTP1_FAILED);
}

/* It may be tried again, unless it is larger than anybody takes. */
static void refused(const char *text, pgai_status status, const char *words)
{
    assert_refused(text, status, words);
    assert_int_equal(pgai_http1_failure(http)->permanent, status == PGAI_TOO_LARGE);
}

static void what_is_no_http_is_refused(void **state)
{
    static const char *const lines[] = {"HTTP/2 200" LINE,
                                        "HTTP/1.1 20" LINE,
                                        "HTTP/1.1 2000 OK" LINE,
                                        "HTTP/1.1  200" LINE,
                                        "http/1.1 200 OK" LINE,
                                        "<html>" LINE,
                                        "HTTP/1.1 099 X" LINE,
                                        "HTTP/1.2 200 OK" LINE,
                                        "HTTP/1.1 200\tOK" LINE,
                                        "HTTP/1.1 20x OK" LINE,
                                        LINE};
    static const char *const lengths[] = {"-1", "5x", "", "0x5", "5, 5", "5 5"};
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++)
        refused(lines[i], PGAI_PROTOCOL, "status");
    for (size_t i = 0; i < COUNT(lengths); i++) {
        snprintf(text, sizeof(text), OK_LINE "Content-Length: %s" LINE LINE, lengths[i]);
        refused(text, PGAI_PROTOCOL, "Length");
    }
    refused(OK_LINE "Content-Length: 5" LINE "Content-Length: 6" LINE LINE "hello!",
            PGAI_PROTOCOL, "Length");
    refused(OK_LINE "Transfer-Encoding: gzip, chunked" LINE LINE, PGAI_PROTOCOL,
            "transfer encoding");
    refused(OK_LINE "Transfer-Encoding: chunked" LINE
                    "Transfer-Encoding: chunked" LINE LINE,
            PGAI_PROTOCOL, "transfer encoding");
}

static void only_a_body_as_it_is_is_taken(void **state)
{
    static const char *const fine[] = {"", " ", "identity", "Identity"};
    static const char *const codings[] = {"gzip",           "br",    "UTF-8",
                                          "identity, gzip", "gzip,", ","};
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT(fine); i++) {
        snprintf(text, sizeof(text),
                 OK_LINE "Content-Encoding:%s" LINE "Content-Length: 1" LINE LINE "x",
                 fine[i]);
        assert_int_equal(give_anew(text, 9), PGAI_HTTP1_WHOLE);
    }
    for (size_t i = 0; i < COUNT(codings); i++) {
        snprintf(text, sizeof(text), OK_LINE "Content-Encoding: %s" LINE LINE,
                 codings[i]);
        assert_refused(text, PGAI_PROTOCOL, "Content-Encoding");
        assert_true(pgai_http1_failure(http)->permanent);
    }
}

static void what_others_may_take_for_a_line_end_is_refused(void **state)
{
    static const char nul[] = OK_LINE "X: \0" LINE LINE;
    static const char in_trailer[] = CHUNKED "0" LINE "X: \0" LINE LINE;

    (void)state;
    pgai_http1_begin(http, &get_c1);
    assert_int_equal(give(nul, sizeof(nul) - 1, 4), PGAI_HTTP1_FAILED);
    assert_contains(pgai_http1_failure(http)->message, "header line");
    pgai_http1_begin(http, &get_c1);
    assert_int_equal(give(in_trailer, sizeof(in_trailer) - 1, 4), PGAI_HTTP1_FAILED);
    assert_contains(pgai_http1_failure(http)->message, "header line");
    refused(OK_LINE "X: a\rTransfer-Encoding: chunked" LINE LINE, PGAI_PROTOCOL,
            "header line");
    refused(OK_LINE "X: a\r" LINE LINE, PGAI_PROTOCOL, "header line");
    refused("HTTP/1.1 200 OK\rX: a" LINE LINE, PGAI_PROTOCOL, "status");
    refused(CHUNKED "5\r;" LINE, PGAI_PROTOCOL, "size");
    refused(CHUNKED "5;\rx" LINE, PGAI_PROTOCOL, "CR");
}

static void header_lines_that_can_be_read_in_two_ways_are_refused(void **state)
{
    static const char *const lines[] = {"Transfer-Encoding : chunked",
                                        "Content-Length\t: 3", "Content-Length 5", ": a",
                                        " X: a"};
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        snprintf(text, sizeof(text), OK_LINE "%s" LINE "Content-Length: 5" LINE LINE,
                 lines[i]);
        refused(text, PGAI_PROTOCOL, "header line");
        snprintf(text, sizeof(text), CHUNKED "0" LINE "%s" LINE LINE, lines[i]);
        refused(text, PGAI_PROTOCOL, "header line");
    }
}

static void bad_chunks_are_refused(void **state)
{
    static const char *const sizes[] = {"x", "5 x", "-5", "", ";"};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char text[128];

        snprintf(text, sizeof(text), CHUNKED "%s" LINE "hello" LINE "0" LINE LINE,
                 sizes[i]);
        refused(text, PGAI_PROTOCOL, "a chunk without a size");
    }
    refused(CHUNKED "5" LINE "hello!" LINE "0" LINE LINE, PGAI_PROTOCOL,
            "longer than its size");
}

/* The text, and then a piece again and again, until it is refused; how many times that
 * took. */
static size_t flood(const char *text, const char *piece, size_t most)
{
    size_t length = strlen(piece);
    size_t times = 0;

    give_anew(text, 1000);
    while (times < most && pgai_http1_receive(http, piece, length) == PGAI_HTTP1_MORE)
        times++;
    return times;
}

static void must_be_too_large(void)
{
    assert_int_equal(pgai_http1_end(http, NULL), PGAI_HTTP1_FAILED);
    assert_int_equal(pgai_http1_failure(http)->status, PGAI_TOO_LARGE);
    assert_true(pgai_http1_failure(http)->permanent);
}

static void what_is_too_large_is_refused_before_it_has_come(void **state)
{
    static char kilobyte[1025];
    static char chunk[16 + 1024];

    (void)state;
    memset(kilobyte, 'e', sizeof(kilobyte) - 1);
    snprintf(chunk, sizeof(chunk), "1;%.1000s" LINE "x" LINE, kilobyte);
    assert_int_equal(flood(OK_LINE, "X: y" LINE, 1000), 255);
    must_be_too_large();
    assert_int_equal(flood(OK_LINE "X: ", kilobyte, 1000), 63);
    must_be_too_large();
    assert_in_range(flood("", "HTTP/1.1 100 Continue" LINE LINE, 1000), 120, 128);
    must_be_too_large();
    assert_in_range(flood(CHUNKED, chunk, 1000), 60, 66);
    must_be_too_large();
    assert_in_range(flood(CHUNKED "0" LINE, "X: y" LINE, 1000), 250, 256);
    must_be_too_large();
    assert_int_equal(flood(OK_LINE LINE, kilobyte, 10000), 8 * 1024);
    must_be_too_large();
    assert_int_equal(flood(CHUNKED, "1" LINE "x" LINE, 100000), 100000);
}

/* However it comes: in one piece, or in many. */
static void too_large_with(const char *before, char filler, const char *after)
{
    size_t length = strlen(before) + 70000 + strlen(after);
    char *text = malloc(length + 1);

    strcpy(text, before);
    memset(text + strlen(before), filler, 70000);
    strcpy(text + strlen(before) + 70000, after);
    for (size_t size = 1000; size <= length; size += length - 1000) {
        pgai_http1_begin(http, &get_c1);
        assert_int_equal(give(text, length, size), PGAI_HTTP1_FAILED);
        must_be_too_large();
    }
    free(text);
}

static void long_lines_are_refused_however_they_come(void **state)
{
    (void)state;
    too_large_with("", 'x', LINE);
    too_large_with(OK_LINE "X: ", 'x', LINE LINE);
    too_large_with(CHUNKED, '0', "5" LINE "hello" LINE "0" LINE LINE);
    too_large_with(CHUNKED "5", ' ', LINE "hello" LINE "0" LINE LINE);
    too_large_with(CHUNKED "5;", 'x', LINE "hello" LINE "0" LINE LINE);
    too_large_with(CHUNKED "5" LINE "hello", 'x', LINE "0" LINE LINE);
    too_large_with(CHUNKED "0" LINE "X: ", 'x', LINE LINE);
}

static void announced_sizes_are_refused_at_once(void **state)
{

    (void)state;
    refused(OK_LINE "Content-Length: 8388609" LINE LINE, PGAI_TOO_LARGE, "8 MiB");
    refused(OK_LINE "Content-Length: 999999999999999999" LINE LINE, PGAI_TOO_LARGE,
            "8 MiB");
    assert_int_equal(give_anew(OK_LINE "Content-Length: 8388608" LINE LINE, 9),
                     PGAI_HTTP1_MORE);
    refused(CHUNKED "800001" LINE, PGAI_TOO_LARGE, "8 MiB");
    refused(CHUNKED "ffffffffffffffffffffffffffffffffffffffffffffff" LINE, PGAI_TOO_LARGE,
            "8 MiB");
    assert_int_equal(give_anew(CHUNKED "0000000000000000000000800000" LINE, 9),
                     PGAI_HTTP1_MORE);
}

static void chunks_together_have_the_maximum_of_a_body(void **state)
{
    char *half = malloc(4 * MIB);

    (void)state;
    memset(half, 'x', 4 * MIB);
    give_anew(CHUNKED, 1000);
    for (int i = 0; i < 2; i++) {
        pgai_http1_receive(http, "400000" LINE, 8);
        assert_int_equal(pgai_http1_receive(http, half, 4 * MIB), PGAI_HTTP1_MORE);
        pgai_http1_receive(http, LINE, 2);
    }
    assert_int_equal(pgai_http1_receive(http, "1" LINE, 3), PGAI_HTTP1_FAILED);
    must_be_too_large();
    free(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_written),
        cmocka_unit_test(no_line_can_be_smuggled_in),
        cmocka_unit_test(responses_are_read_however_they_are_split),
        cmocka_unit_test(a_body_can_end_with_its_connection),
        cmocka_unit_test(cut_responses_are_none),
        cmocka_unit_test(some_responses_have_no_body),
        cmocka_unit_test(connections_are_kept_only_when_that_is_safe),
        cmocka_unit_test(what_is_no_http_is_refused),
        cmocka_unit_test(only_a_body_as_it_is_is_taken),
        cmocka_unit_test(what_others_may_take_for_a_line_end_is_refused),
        cmocka_unit_test(header_lines_that_can_be_read_in_two_ways_are_refused),
        cmocka_unit_test(bad_chunks_are_refused),
        cmocka_unit_test(what_is_too_large_is_refused_before_it_has_come),
        cmocka_unit_test(long_lines_are_refused_however_they_come),
        cmocka_unit_test(announced_sizes_are_refused_at_once),
        cmocka_unit_test(chunks_together_have_the_maximum_of_a_body),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
