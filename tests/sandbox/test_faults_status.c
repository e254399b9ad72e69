/* Refusals and their bodies. */
#include "support/unit.h"

#include "sandbox/faulty.h"

static void test_statuses_and_their_bodies(void **state)
{
    static const int codes[] = {400, 401, 402, 403, 404, 408, 409, 413, 422,
                                421, 425, 429, 500, 502, 503, 504, 520};
    http_response response;

    for (size_t i = 0; i < COUNT(codes); i++) {
        char rule[64];

        snprintf(rule, sizeof(rule), "{\"fault\":\"status\",\"code\":%d}", codes[i]);
        response = faulty_list(*state, rule);
        assert_int_equal(response.status, codes[i]);
        assert_memory_equal(response.body, "{\"error\": \"", 11);
        http_response_clear(&response);
    }
    faulty_assert(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"html\"}",
                  "<title>502 Bad Gateway</title>");
    faulty_assert(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"text\"}",
                  "\r\n\r\n502 Bad Gateway\n");
    response =
        faulty_list(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"empty\"}");
    assert_string_equal(response.body, "");
    assert_null(http_header(&response, "Content-Type"));
    http_response_clear(&response);
}

/* A status in place of the service: nothing is created. */
static void test_a_refused_create_creates_nothing(void **state)
{
    http_response response = faulty_ask(*state, "{\"fault\":\"status\",\"code\":503}",
                                        "POST", "/v1/contacts", FAULTY_CREATE);

    assert_int_equal(response.status, 503);
    assert_int_equal(faulty_created(*state), 0);
    http_response_clear(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses_and_their_bodies),
        cmocka_unit_test(test_a_refused_create_creates_nothing),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
