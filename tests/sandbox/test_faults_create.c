/* Faults of creates: which contacts are kept. */
#include "support/unit.h"

#include "sandbox/faulty.h"

static void test_commits_that_the_client_does_not_hear_of(void **state)
{
    static const struct {
        const char *rule;
        size_t length;
        int status;
        http_ending ending;
    } cases[] = {
        {"{\"fault\":\"commit_then_drop\"}", 0, 0, HTTP_FIN},
        {"{\"fault\":\"commit_then_drop\",\"k\":20}", 20, 201, HTTP_FIN},
        {"{\"fault\":\"commit_then_drop\",\"k\":20,\"end\":\"reset\"}", 20, 201,
         HTTP_RST},
        {"{\"fault\":\"commit_then_5xx\"}", 0, 500, HTTP_KEPT},
        {"{\"fault\":\"commit_then_5xx\",\"code\":503,\"body\":\"html\"}", 0, 503,
         HTTP_KEPT},
        {"{\"fault\":\"created_without_body\"}", 0, 201, HTTP_KEPT},
        {"{\"fault\":\"created_as_200\"}", 0, 200, HTTP_KEPT},
        {"{\"fault\":\"slow_commit\",\"ms\":1}", 0, 201, HTTP_KEPT},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        http_response response =
            faulty_ask(*state, cases[i].rule, "POST", "/v1/contacts", FAULTY_CREATE);

        assert_int_equal(response.status, cases[i].status);
        assert_int_equal(response.ending, cases[i].ending);
        if (cases[i].ending != HTTP_KEPT)
            assert_int_equal(response.length, cases[i].length);
        assert_int_equal(faulty_created(*state), 1);
        http_response_clear(&response);
    }
}

/* A fault of success leaves a refusal alone. */
static void test_refusals_are_not_committed(void **state)
{
    http_response response = faulty_ask(*state, "{\"fault\":\"commit_then_drop\"}",
                                        "POST", "/v1/contacts", "{}");

    assert_int_equal(response.status, 400);
    assert_int_equal(faulty_created(*state), 0);
    http_response_clear(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commits_that_the_client_does_not_hear_of),
        cmocka_unit_test(test_refusals_are_not_committed),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
