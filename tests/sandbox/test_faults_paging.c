/* Faults of lists, as they arrive. */
#include "support/unit.h"

#include <stdlib.h>

#include <jansson.h>

#include "sandbox/faulty.h"

static void assert_pagination(pgai_sandbox *sandbox, const char *rule,
                              const char *expected, size_t count)
{
    http_response response = faulty_list(sandbox, rule);
    json_t *tree = faulty_body(&response);
    char *text = json_dumps(json_object_get(tree, "pagination"), JSON_COMPACT);

    assert_string_equal(text, expected);
    assert_int_equal(json_array_size(json_object_get(tree, "data")), count);
    free(text);
    json_decref(tree);
    http_response_clear(&response);
}

static void test_paging(void **state)
{
    const char *right = "{\"page\":2,\"limit\":2,\"total\":1000}";

    assert_pagination(*state, "[]", right, 2);
    assert_pagination(*state, "{\"fault\":\"clamp_limit\",\"limit\":1}",
                      "{\"page\":2,\"limit\":1,\"total\":1000}", 1);
    assert_pagination(*state, "{\"fault\":\"empty_page\"}", right, 0);
    assert_pagination(*state, "{\"fault\":\"empty_page\",\"page\":2}", right, 0);
    assert_pagination(*state, "{\"fault\":\"empty_page\",\"page\":3}", right, 2);
    assert_pagination(*state, "{\"fault\":\"short_page\"}", right, 1);
    assert_pagination(*state, "{\"fault\":\"short_page\",\"drop\":9}", right, 0);
    assert_pagination(*state, "{\"fault\":\"total_missing\"}", "{\"page\":2,\"limit\":2}",
                      2);
    assert_pagination(*state, "{\"fault\":\"total_wrong\",\"by\":-1}",
                      "{\"page\":2,\"limit\":2,\"total\":999}", 2);
    assert_pagination(*state, "{\"fault\":\"total_wrong\",\"by\":-5000}",
                      "{\"page\":2,\"limit\":2,\"total\":0}", 2);
    assert_pagination(*state, "{\"fault\":\"wrong_page\"}",
                      "{\"page\":3,\"limit\":2,\"total\":1000}", 2);
}

static void test_a_total_that_drifts(void **state)
{
    faulty_add(*state, "{\"fault\":\"total_drifting\",\"by\":10}");
    for (int i = 1; i <= 3; i++) {
        http_response response =
            http_once(pgai_sandbox_url(*state), "GET", FAULTY_LIST, "sandbox_key", NULL);
        char expected[32];

        snprintf(expected, sizeof(expected), "\"total\":%d}", 1000 + 10 * i);
        assert_non_null(strstr(response.body, expected));
        http_response_clear(&response);
    }
}

static void test_the_same_page_for_ever(void **state)
{
    http_response first =
        faulty_ask(*state, "[]", "GET", "/v1/contacts?page=1&limit=2", NULL);
    http_response second = faulty_list(*state, "{\"fault\":\"same_page\"}");
    char *end = strstr(first.body, "\"pagination\"");

    assert_non_null(end);
    assert_memory_equal(first.body, second.body, (size_t)(end - first.body));
    assert_non_null(strstr(second.body, "\"page\":2"));
    http_response_clear(&first);
    http_response_clear(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_a_total_that_drifts),
        cmocka_unit_test(test_the_same_page_for_ever),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
