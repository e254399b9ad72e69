/* Headers and bodies as they arrive: what is none, and what is too much. */
#include "protocol/incoming.h"
#include "support/unit.h"

static pgaii_incoming incoming;

static int setup(void **state)
{
    (void)state;
    pgaii_incoming_init(&incoming, false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgaii_incoming_clear(&incoming);
    return 0;
}

static bool take(const char *line)
{
    return pgaii_incoming_header(&incoming, line, strlen(line));
}

static pgaii_incoming_trouble trouble_after(const char *first, const char *second)
{
    pgaii_incoming_reset(&incoming);
    assert_true(take("HTTP/1.1 200 OK\r\n"));
    if (take(first))
        take(second);
    return incoming.trouble;
}

static pgaii_incoming_trouble trouble_at_end(const char *first, const char *second)
{
    if (trouble_after(first, second) == PGAII_INCOMING_FINE)
        take("\r\n");
    return incoming.trouble;
}

static void headers_are_split_and_trimmed(void **state)
{
    pgai_response response;

    (void)state;
    assert_true(take("HTTP/1.1 201 Created\r\n"));
    assert_true(take("X-One:  two words \r\n"));
    assert_true(take("x-empty:\n"));
    assert_true(take("X-Folded: a \r\n"));
    assert_true(take("\tb\r\n"));
    assert_true(take("  c\r\n"));
    assert_false(incoming.ended);
    assert_true(take("\r\n"));
    assert_true(incoming.ended);
    assert_true(pgaii_incoming_body(&incoming, "{}", 2));

    pgaii_incoming_response(&incoming, &response);
    assert_int_equal(response.status, 201);
    assert_int_equal(response.header_count, 3);
    assert_memory_equal(response.headers[0].name.data, "X-One", 5);
    assert_int_equal(response.headers[0].value.length, 9);
    assert_memory_equal(response.headers[0].value.data, "two words", 9);
    assert_int_equal(response.headers[1].value.length, 0);
    assert_text(response.headers[2].value, "a  \tb   c");
    assert_int_equal(response.body.length, 2);
}

static void an_interim_response_is_no_response(void **state)
{
    pgai_response response;

    (void)state;
    assert_true(take("HTTP/1.1 103 Early Hints\r\n"));
    assert_true(take("Link: x\r\n"));
    assert_true(take("\r\n"));
    assert_false(incoming.ended);
    assert_true(take("HTTP/2 200\r\n"));
    assert_true(take("\r\n"));
    assert_true(incoming.ended);
    pgaii_incoming_response(&incoming, &response);
    assert_int_equal(response.status, 200);
    assert_int_equal(response.header_count, 0);
}

static void trailers_are_not_headers(void **state)
{
    pgai_response response;

    (void)state;
    assert_true(take("HTTP/1.1 200 OK\r\n"));
    assert_true(take("\r\n"));
    assert_true(take("Content-Length: 1\r\n"));
    assert_true(take("Content-Length: 2\r\n"));
    assert_true(take("\r\n"));
    pgaii_incoming_response(&incoming, &response);
    assert_int_equal(response.header_count, 0);
}

static void lengths_that_differ_are_refused(void **state)
{
    (void)state;
    assert_int_equal(trouble_after("Content-Length: 5\r\n", "content-length: 5\r\n"),
                     PGAII_INCOMING_FINE);
    assert_int_equal(trouble_after("Content-Length: 5\r\nx: y\r\n", "\r\n"),
                     PGAII_INCOMING_BAD_LINE);
    assert_int_equal(trouble_at_end("Content-Length: 5\r\n", "CONTENT-LENGTH: 6\r\n"),
                     PGAII_INCOMING_BAD_LENGTH);
    assert_int_equal(trouble_at_end("Content-Length: 5\r\n", " 6\r\n"),
                     PGAII_INCOMING_BAD_LENGTH);
    assert_int_equal(trouble_at_end("Content-Length:\r\n", " 5\r\n"),
                     PGAII_INCOMING_FINE);
    assert_int_equal(incoming.length, 5);
    assert_int_equal(trouble_after("Content-Length: 5, 5\r\n", "\r\n"),
                     PGAII_INCOMING_BAD_LENGTH);
    assert_int_equal(trouble_after("Content-Length: -1\r\n", "\r\n"),
                     PGAII_INCOMING_BAD_LENGTH);
    assert_int_equal(trouble_after("Content-Length:\r\n", "\r\n"),
                     PGAII_INCOMING_BAD_LENGTH);
}

/* In the head, and in trailers. */
static void what_is_no_header_line_is_refused(void **state)
{
    static const char *const lines[] = {"no colon here\r\n", "Content-Length 10\r\n",
                                        ": x\r\n",           "x : y\r\n",
                                        "x y: z\r\n",        "x\t: y\r\n",
                                        "X\r-Y: z\r\n",      "x: y\rz: w\r\n",
                                        "\x7F: x\r\n",       "\x01x: y\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_int_equal(trouble_after("x: y\r\n", lines[i]), PGAII_INCOMING_BAD_LINE);
        assert_int_equal(trouble_after("\r\n", lines[i]), PGAII_INCOMING_BAD_LINE);
    }
    /* There is no line to go on with; of trailers none is. */
    assert_int_equal(trouble_after(" x: y\r\n", "\r\n"), PGAII_INCOMING_BAD_LINE);
    assert_int_equal(trouble_after("\r\n", " x: y\r\n"), PGAII_INCOMING_BAD_LINE);
    assert_int_equal(trouble_after("x: y\r\n", " a\rb\r\n"), PGAII_INCOMING_BAD_LINE);
    pgaii_incoming_reset(&incoming);
    assert_true(take("HTTP/1.1 200 OK\r\n"));
    assert_false(pgaii_incoming_header(&incoming, "a: b\0c\r\n", 8));
    assert_int_equal(incoming.trouble, PGAII_INCOMING_BAD_LINE);
}

static void a_status_line_needs_a_status(void **state)
{
    static const char *const lines[] = {"HTTP/1.1\r\n",     "HTTP/1.1 \r\n",
                                        "HTTP/1.1 20\r\n",  "HTTP/1.1 abc\r\n",
                                        "HTTP/1.1 099\r\n", "\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        pgaii_incoming_reset(&incoming);
        assert_false(take(lines[i]));
        assert_int_equal(incoming.trouble, PGAII_INCOMING_BAD_STATUS);
    }
}

static void header_lines_are_counted_over_all_blocks(void **state)
{
    size_t lines = 0;

    (void)state;
    while (take("HTTP/1.1 100 Continue\r\n") && take("\r\n"))
        lines += 2;
    assert_int_equal(lines, PGAII_MAX_HEADER_LINES);
    assert_int_equal(incoming.trouble, PGAII_INCOMING_HEADERS_TOO_LARGE);
}

static void header_bytes_are_counted_with_trailers(void **state)
{
    static char line[1024];
    size_t bytes = 0;

    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[1] = ':';
    assert_true(take("HTTP/1.1 200 OK\r\n"));
    assert_true(take("\r\n"));
    while (take(line))
        bytes += sizeof(line) - 1;
    assert_in_range(bytes, PGAII_MAX_HEADER_BYTES - 2 * sizeof(line),
                    PGAII_MAX_HEADER_BYTES);
    assert_int_equal(incoming.trouble, PGAII_INCOMING_HEADERS_TOO_LARGE);
}

static void a_body_has_a_maximum(void **state)
{
    static char piece[64 * 1024];
    size_t bytes = 0;
    pgai_failure failure;

    (void)state;
    while (pgaii_incoming_body(&incoming, piece, sizeof(piece)))
        bytes += sizeof(piece);
    assert_int_equal(bytes, PGAII_MAX_BODY_BYTES);
    pgaii_incoming_failure(&incoming, &failure);
    assert_int_equal(failure.status, PGAI_TOO_LARGE);
    assert_true(failure.permanent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(headers_are_split_and_trimmed, setup, teardown),
        cmocka_unit_test_setup_teardown(an_interim_response_is_no_response, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(trailers_are_not_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(lengths_that_differ_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_header_line_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_status_line_needs_a_status, setup, teardown),
        cmocka_unit_test_setup_teardown(header_lines_are_counted_over_all_blocks, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(header_bytes_are_counted_with_trailers, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_body_has_a_maximum, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
