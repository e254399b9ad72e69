/* Requests as the sandbox reads them, and those it refuses. */
#include "support/unit.h"

#include <stdlib.h>

#include "protocol/text.h"
#include "sandbox/request.h"

static const char two[] = "POST /v1/contacts?a=1&b= HTTP/1.1\r\n"
                          "Host: x\r\nX-API-Key: \t secret \r\nContent-Length: 5\r\n\r\n"
                          "helloGET / HTTP/1.1\r\n\r\n";

static void test_a_request_is_read_to_its_end(void **state)
{
    size_t first = strlen(two) - strlen("GET / HTTP/1.1\r\n\r\n");
    pgaii_sandbox_request request;

    (void)state;
    assert_int_equal(pgaii_sandbox_request_read(pgaii_text(two), &request), first);
    assert_int_equal(request.refused, 0);
    assert_text(request.method, "POST");
    assert_text(request.target, "/v1/contacts?a=1&b=");
    assert_text(request.path, "/v1/contacts");
    assert_text(request.query, "a=1&b=");
    assert_text(request.api_key, "secret");
    assert_text(request.body, "hello");
    assert_true(request.keep_alive);
    assert_int_equal(pgaii_sandbox_request_read(pgaii_text(two + first), &request), 18);
    assert_text(request.path, "/");
    assert_null(request.query.data);
    assert_null(request.api_key.data);
}

static void test_a_part_of_a_request_is_not_one(void **state)
{
    size_t first = strlen(two) - strlen("GET / HTTP/1.1\r\n\r\n");
    pgaii_sandbox_request request;

    (void)state;
    for (size_t length = 0; length < first; length++)
        assert_int_equal(pgaii_sandbox_request_read((pgai_text){two, length}, &request),
                         0);
}

static void test_bad_requests_are_refused(void **state)
{
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"nonsense\r\n\r\n", 400},
        {"GET v1 HTTP/1.1\r\n\r\n", 400},
        {"GET  /v1 HTTP/1.1\r\n\r\n", 400},
        {"GET /\x01 HTTP/1.1\r\n\r\n", 400},
        {"GET /\xC3\xA9 HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 413},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgaii_sandbox_request request;

        assert_int_equal(pgaii_sandbox_request_read(pgaii_text(cases[i].text), &request),
                         strlen(cases[i].text));
        assert_int_equal(request.refused, cases[i].status);
        assert_false(request.keep_alive);
    }
}

static void test_what_cannot_be_http_is_known_by_its_first_byte(void **state)
{
    (void)state;
    assert_true(pgaii_sandbox_request_may_begin(pgaii_text("")));
    assert_true(pgaii_sandbox_request_may_begin(pgaii_text("G")));
    assert_true(pgaii_sandbox_request_may_begin(pgaii_text("\r\nGET")));
    assert_false(pgaii_sandbox_request_may_begin(pgaii_text("\x16\x03\x01\x02")));
    assert_false(pgaii_sandbox_request_may_begin(pgaii_text("\x80\x2E\x01")));
    assert_false(pgaii_sandbox_request_may_begin((pgai_text){"\0", 1}));
}

static void test_a_head_without_end_is_refused(void **state)
{
    size_t length = PGAII_MAX_REQUEST_HEAD + 1;
    char *text = malloc(length);
    pgaii_sandbox_request request;

    (void)state;
    memset(text, 'x', length);
    assert_int_equal(pgaii_sandbox_request_read((pgai_text){text, length - 1}, &request),
                     0);
    assert_int_equal(pgaii_sandbox_request_read((pgai_text){text, length}, &request),
                     length);
    assert_int_equal(request.refused, 431);
    free(text);
}

static void test_keeping_alive_follows_version_and_header(void **state)
{
    static const struct {
        const char *text;
        bool kept;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgaii_sandbox_request request;

        assert_true(pgaii_sandbox_request_read(pgaii_text(cases[i].text), &request) > 0);
        assert_int_equal(request.refused, 0);
        assert_int_equal(request.keep_alive, cases[i].kept);
    }
}

static void test_query_values(void **state)
{
    pgai_text query = pgaii_text("page=1&limit=&page=22&flag&pages=3");

    (void)state;
    assert_text(pgaii_query_value(query, "page"), "22");
    assert_text(pgaii_query_value(query, "limit"), "");
    assert_int_equal(pgaii_query_page(query), 22);
    assert_int_equal(pgaii_query_page(pgaii_text("limit=3")), 1);
    assert_text(pgaii_query_value(query, "flag"), "");
    assert_null(pgaii_query_value(query, "absent").data);
    assert_null(pgaii_query_value((pgai_text){NULL, 0}, "page").data);
}

static void test_percent_decoding(void **state)
{
    static const char *const broken[] = {"%", "a%4", "%zz", "%4g"};
    pgaii_buffer out;

    (void)state;
    pgaii_buffer_init(&out, 100);
    assert_true(pgaii_percent_decode(pgaii_text("a%2Fb%c3%A9+"), &out));
    assert_string_equal(out.data, "a/b\xC3\xA9+");
    for (size_t i = 0; i < COUNT(broken); i++)
        assert_false(pgaii_percent_decode(pgaii_text(broken[i]), &out));
    pgaii_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_is_read_to_its_end),
        cmocka_unit_test(test_a_part_of_a_request_is_not_one),
        cmocka_unit_test(test_bad_requests_are_refused),
        cmocka_unit_test(test_what_cannot_be_http_is_known_by_its_first_byte),
        cmocka_unit_test(test_a_head_without_end_is_refused),
        cmocka_unit_test(test_keeping_alive_follows_version_and_header),
        cmocka_unit_test(test_query_values),
        cmocka_unit_test(test_percent_decoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
