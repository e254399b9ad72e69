#include "support/unit.h"

#include "sandbox/faulty.h"

static void test_statuses_and_their_bodies(void **state)
{
    static const int codes[] = {400, 401, 402, 403, 404, 408, 409, 413, 422,
                                421, 425, 429, 500, 502, 503, 504, 520};
    http_answer answer;

    for (size_t i = 0; i < COUNT(codes); i++) {
        char rule[64];

        snprintf(rule, sizeof(rule), "{\"fault\":\"status\",\"code\":%d}", codes[i]);
        answer = faulty_list(*state, rule);
        assert_int_equal(answer.status, codes[i]);
        assert_memory_equal(answer.body, "{\"error\": \"", 11);
        http_answer_clear(&answer);
    }
    faulty_assert(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"html\"}",
                  "<title>502 Bad Gateway</title>");
    faulty_assert(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"text\"}",
                  "\r\n\r\n502 Bad Gateway\n");
    answer =
        faulty_list(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"empty\"}");
    assert_string_equal(answer.body, "");
    assert_null(http_header(&answer, "Content-Type"));
    http_answer_clear(&answer);
}

/* A status in place of the service: nothing is created. */
static void test_a_refused_create_creates_nothing(void **state)
{
    http_answer answer = faulty_ask(*state, "{\"fault\":\"status\",\"code\":503}", "POST",
                                    "/v1/contacts", FAULTY_CREATE);

    assert_int_equal(answer.status, 503);
    assert_int_equal(faulty_created(*state), 0);
    http_answer_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses_and_their_bodies),
        cmocka_unit_test(test_a_refused_create_creates_nothing),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
