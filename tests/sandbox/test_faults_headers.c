/* Faults of header lines and of framing, as they arrive. */
#include "support/unit.h"

#include <stdlib.h>

#include "sandbox/faulty.h"

static void test_framing(void **state)
{
    static const struct {
        const char *rule;
        const char *header;
    } cases[] = {
        {"{\"fault\":\"length_huge\"}", "Content-Length: 9223372036854775807\r\n"},
        {"{\"fault\":\"length_negative\"}", "Content-Length: -1\r\n"},
        {"{\"fault\":\"http10\"}", "HTTP/1.0 200 OK\r\n"},
    };
    http_response response;
    const char *first;

    for (size_t i = 0; i < COUNT(cases); i++) {
        response = faulty_list_to_the_end(*state, cases[i].rule);
        assert_non_null(strstr(response.bytes, cases[i].header));
        assert_int_equal(response.ending, HTTP_FIN);
        http_response_clear(&response);
    }
    response = faulty_list(*state, "{\"fault\":\"length_twice\"}");
    first = strstr(response.bytes, "Content-Length: ");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "Content-Length: "));
    http_response_clear(&response);
    response = faulty_list_to_the_end(*state, "{\"fault\":\"close_delimited\"}");
    assert_null(http_header(&response, "Content-Length"));
    assert_true(response.body_length > 100);
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
    response = faulty_list_to_the_end(*state, "{\"fault\":\"length_more\",\"by\":3}");
    assert_int_equal(strtol(http_header(&response, "Content-Length"), NULL, 10),
                     (long)response.body_length + 3);
    http_response_clear(&response);
    response = faulty_list_to_the_end(*state, "{\"fault\":\"length_less\",\"by\":3}");
    assert_int_equal(strtol(http_header(&response, "Content-Length"), NULL, 10),
                     (long)response.body_length - 3);
    http_response_clear(&response);
}

static bool has(const http_response *response, const char *bytes, size_t length)
{
    return memmem(response->bytes, response->length, bytes, length) != NULL;
}

static bool ends_with(const http_response *response, const char *bytes)
{
    size_t length = strlen(bytes);

    return response->length >= length &&
           memcmp(response->bytes + response->length - length, bytes, length) == 0;
}

static void test_chunks(void **state)
{
    static const struct {
        const char *form;
        const char *end;
        const char *text;
    } cases[] = {
        {"whole", "}\r\n0\r\n\r\n", "\r\n\r\n64\r\n{\"data\":["},
        {"last_lf_missing", "}\r\n0\r\n\r", "\r\n64\r\n"},
        {"last_line_missing", "}\r\n0\r\n", "\r\n64\r\n"},
        {"last_chunk_missing", "}\r\n", "\r\n64\r\n"},
        {"size_garbage", "}\r\n0\r\n\r\n", "\r\n\r\nten\r\n{\"data\""},
        {"size_negative", "}\r\n0\r\n\r\n", "\r\n\r\n-5\r\n{\"data\""},
        {"size_huge", "}\r\n0\r\n\r\n", "\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{\"data\""},
        {"length_too", "}\r\n0\r\n\r\n", "\r\nContent-Length: "},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char rule[80];
        http_response response;

        snprintf(rule, sizeof(rule),
                 "{\"fault\":\"chunked\",\"form\":\"%s\",\"bytes\":100}", cases[i].form);
        response = i == 0 ? faulty_list_and_close(*state, rule)
                          : faulty_list_to_the_end(*state, rule);
        assert_int_equal(response.ending, HTTP_FIN);
        assert_string_equal(http_header(&response, "Transfer-Encoding"), "chunked");
        assert_true(ends_with(&response, cases[i].end));
        assert_non_null(strstr(response.bytes, cases[i].text));
        assert_true(i == 7 || !http_header(&response, "Content-Length"));
        http_response_clear(&response);
    }
}

/* Each doubtful line in the head, as the only length, and among the trailers. */
static void test_doubtful_lines(void **state)
{
#define BYTES(text) text, sizeof(text) - 1
    static const struct {
        const char *form;
        const char *extra;
        size_t extra_length;
        const char *only;
        size_t only_length;
    } cases[] = {
        {"folded", BYTES("\r\nX-Doubt:\r\n "), BYTES("\r\nContent-Length:\r\n ")},
        {"folded_first", BYTES("\r\n X-Doubt: "), BYTES("\r\n Content-Length: ")},
        {"no_colon", BYTES("\r\nX-Doubt "), BYTES("\r\nContent-Length ")},
        {"blank_before_colon", BYTES("\r\nX-Doubt : "), BYTES("\r\nContent-Length : ")},
        {"tab_before_colon", BYTES("\r\nX-Doubt\t: "), BYTES("\r\nContent-Length\t: ")},
        {"blank_in_name", BYTES("\r\nX Doubt: "), BYTES("\r\nContent Length: ")},
        {"tab_in_name", BYTES("\r\nX\tDoubt: "), BYTES("\r\nContent\tLength: ")},
        {"cr_in_name", BYTES("\r\nX\r-Doubt: "), BYTES("\r\nContent\r-Length: ")},
        {"nul_in_name", BYTES("\r\nX\0Doubt: "), BYTES("\r\nContent\0Length: ")},
        {"odd_byte_in_name",
         BYTES("\r\nX\xC3\xB6"
               "Doubt: "),
         BYTES("\r\nContent\xC3\xB6Length: ")},
        {"cr_twice", BYTES("\r\r\n"), BYTES("\r\r\n")},
        {"empty_name", BYTES("\r\n: "), BYTES("\r\n: ")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char rule[128];
        http_response response;

        snprintf(rule, sizeof(rule), "{\"fault\":\"header_line\",\"form\":\"%s\"}",
                 cases[i].form);
        response = faulty_list_and_close(*state, rule);
        assert_true(has(&response, cases[i].extra, cases[i].extra_length));
        assert_non_null(http_header(&response, "Content-Length"));
        http_response_clear(&response);
        snprintf(rule, sizeof(rule),
                 "{\"fault\":\"header_line\",\"form\":\"%s\",\"of\":\"length\"}",
                 cases[i].form);
        response = faulty_list_to_the_end(*state, rule);
        assert_true(has(&response, cases[i].only, cases[i].only_length));
        assert_int_equal(response.ending, HTTP_FIN);
        http_response_clear(&response);
        snprintf(rule, sizeof(rule),
                 "{\"fault\":\"header_line\",\"form\":\"%s\",\"place\":\"trailer\"}",
                 cases[i].form);
        response = faulty_list_and_close(*state, rule);
        assert_true(has(&response, cases[i].extra, cases[i].extra_length));
        assert_true(has(&response, BYTES("}\r\n0\r\n")));
        assert_true(ends_with(&response, "\r\n\r\n"));
        http_response_clear(&response);
    }
#undef BYTES
}

static void test_a_line_before_the_first_header(void **state)
{
    faulty_assert(*state, "{\"fault\":\"header_line\",\"form\":\"folded_first\"}",
                  "HTTP/1.1 200 OK\r\n X-Doubt: ");
}

static void test_redirects(void **state)
{
    faulty_assert(*state, "{\"fault\":\"redirect\"}", "\r\nLocation: /v1/moved\r\n");
    faulty_assert(*state, "{\"fault\":\"redirect\",\"code\":308}", "HTTP/1.1 308 ");
    faulty_assert(*state, "{\"fault\":\"redirect\",\"to\":\"other_host\",\"port\":8080}",
                  "\r\nLocation: http://localhost:8080/v1/contacts\r\n");
    faulty_assert(*state, "{\"fault\":\"redirect\",\"to\":\"http\"}",
                  "\r\nLocation: http://api.pipelinegeneration.ai/v1/contacts\r\n");
    faulty_assert(*state, "{\"fault\":\"redirect\",\"to\":\"loop\"}",
                  "\r\nLocation: " FAULTY_LIST "\r\n");
}

static void test_odd_headers(void **state)
{
    http_response response =
        faulty_list(*state, "{\"fault\":\"header_flood\",\"lines\":1000}");

    assert_non_null(strstr(response.bytes, "X-Flood-999: "));
    http_response_clear(&response);
    response = faulty_list(*state, "{\"fault\":\"long_line\",\"bytes\":70000}");
    assert_true(response.length > 70000);
    http_response_clear(&response);
    response = faulty_list(*state, "{\"fault\":\"header_nul\"}");
    assert_non_null(memmem(response.bytes, response.length, "X-Nul: a\0b\r\n", 12));
    http_response_clear(&response);
    faulty_assert(*state, "{\"fault\":\"bare_lf\"}", "X-Bare: LF\n");
    response =
        faulty_list_and_close(*state, "{\"fault\":\"bare_lf\",\"place\":\"trailer\"}");
    assert_true(ends_with(&response, "\r\n0\r\nX-Bare: LF\nX-After: CRLF\r\n\r\n"));
    http_response_clear(&response);
    faulty_assert(*state, "{\"fault\":\"status_garbage\"}", "HTTP/1.1 abc ");
    faulty_assert(*state, "{\"fault\":\"type_html\"}", "Content-Type: text/html");
    faulty_assert(*state, "{\"fault\":\"encoding_wrong\"}", "Content-Encoding: gzip");
    faulty_assert(*state, "{\"fault\":\"encoding_wrong\",\"form\":\"empty\"}",
                  "Content-Encoding: \r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_doubtful_lines),
        cmocka_unit_test(test_a_line_before_the_first_header),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_odd_headers),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
