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
    http_answer answer;
    const char *first;

    for (size_t i = 0; i < COUNT(cases); i++) {
        answer = faulty_list_to_the_end(*state, cases[i].rule);
        assert_non_null(strstr(answer.bytes, cases[i].header));
        assert_int_equal(answer.ending, HTTP_FIN);
        http_answer_clear(&answer);
    }
    answer = faulty_list(*state, "{\"fault\":\"length_twice\"}");
    first = strstr(answer.bytes, "Content-Length: ");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "Content-Length: "));
    http_answer_clear(&answer);
    answer = faulty_list_to_the_end(*state, "{\"fault\":\"close_delimited\"}");
    assert_null(http_header(&answer, "Content-Length"));
    assert_true(answer.body_length > 100);
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
    answer = faulty_list_to_the_end(*state, "{\"fault\":\"length_more\",\"by\":3}");
    assert_int_equal(strtol(http_header(&answer, "Content-Length"), NULL, 10),
                     (long)answer.body_length + 3);
    http_answer_clear(&answer);
    answer = faulty_list_to_the_end(*state, "{\"fault\":\"length_less\",\"by\":3}");
    assert_int_equal(strtol(http_header(&answer, "Content-Length"), NULL, 10),
                     (long)answer.body_length - 3);
    http_answer_clear(&answer);
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
    http_answer answer =
        faulty_list(*state, "{\"fault\":\"header_flood\",\"lines\":1000}");

    assert_non_null(strstr(answer.bytes, "X-Flood-999: "));
    http_answer_clear(&answer);
    answer = faulty_list(*state, "{\"fault\":\"long_line\",\"bytes\":70000}");
    assert_true(answer.length > 70000);
    http_answer_clear(&answer);
    answer = faulty_list(*state, "{\"fault\":\"header_nul\"}");
    assert_non_null(memmem(answer.bytes, answer.length, "X-Nul: a\0b\r\n", 12));
    http_answer_clear(&answer);
    faulty_assert(*state, "{\"fault\":\"bare_lf\"}", "X-Bare: LF\n");
    faulty_assert(*state, "{\"fault\":\"status_garbage\"}", "HTTP/1.1 abc ");
    faulty_assert(*state, "{\"fault\":\"type_html\"}", "Content-Type: text/html");
    faulty_assert(*state, "{\"fault\":\"encoding_wrong\"}", "Content-Encoding: gzip");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_odd_headers),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
