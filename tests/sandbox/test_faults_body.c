#include "support/unit.h"

#include <stdlib.h>

#include <jansson.h>

#include "sandbox/faulty.h"

/* The first contact of a page, or the only one, or NULL when the body is not JSON. */
static json_t *contact_of(json_t *tree)
{
    json_t *data = json_object_get(tree, "data");

    return data ? json_array_get(data, 0) : tree;
}

/* Bodies that are JSON all the same, and what they have at the contact. */
static void test_bodies_that_decode(void **state)
{
    static const struct {
        const char *rule;
        const char *field;
        const char *value;
    } cases[] = {
        {"{\"fault\":\"nul\"}", "first_name", "\"a\\u0000b\""},
        {"{\"fault\":\"duplicate_keys\"}", "first_name", "\"the last\""},
        {"{\"fault\":\"depth\",\"n\":3}", "nested", "[[[]]]"},
        {"{\"fault\":\"wrong_types\"}", "first_name", "42"},
        {"{\"fault\":\"wrong_types\"}", "last_name", "true"},
        {"{\"fault\":\"null_everywhere\"}", "id", "null"},
        {"{\"fault\":\"null_everywhere\"}", "company", "null"},
        {"{\"fault\":\"long_string\",\"bytes\":3}", "first_name", "\"xxx\""},
        {"{\"fault\":\"wrong_id\"}", "id", "\"00000000-0000-4000-8000-000000000000\""},
        {"{\"fault\":\"newer_shape\"}", "full_name", "\"Sarah Connor\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        http_answer answer = faulty_list(*state, cases[i].rule);
        json_t *tree = faulty_body(&answer);
        char *value = json_dumps(json_object_get(contact_of(tree), cases[i].field),
                                 JSON_ENCODE_ANY | JSON_COMPACT);

        assert_non_null(tree);
        assert_non_null(value);
        assert_string_equal(value, cases[i].value);
        free(value);
        json_decref(tree);
        http_answer_clear(&answer);
    }
}

static void test_bodies_that_do_not_decode(void **state)
{
    static const struct {
        const char *rule;
        const char *text;
    } cases[] = {
        {"{\"fault\":\"broken_utf8\"}", "\"first_name\":\"Jos\xE9 \xC3(\""},
        {"{\"fault\":\"lone_surrogate\"}", "\"first_name\":\"cut \\ud83d\""},
        {"{\"fault\":\"nul\",\"form\":\"raw\"}", "\"first_name\":\"a"},
        {"{\"fault\":\"depth\",\"n\":3000}", "\"nested\":[[[["},
        {"{\"fault\":\"huge_number\"}", "\"score\":1e400"},
        {"{\"fault\":\"big_integer\"}", "\"score\":9223372036854775808"},
        {"{\"fault\":\"empty_body\"}", "\r\nContent-Length: 0\r\n"},
        {"{\"fault\":\"not_json\"}", "\r\n\r\nFatal error"},
        {"{\"fault\":\"bom\"}", "\r\n\r\n\xEF\xBB\xBF{\"data\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        http_answer answer = faulty_list(*state, cases[i].rule);
        json_t *tree = faulty_body(&answer);

        assert_int_equal(answer.status, 200);
        assert_true(answer.whole);
        assert_non_null(strstr(answer.bytes, cases[i].text));
        assert_null(tree);
        http_answer_clear(&answer);
    }
}

static void test_missing_data(void **state)
{
    http_answer answer = faulty_list(*state, "{\"fault\":\"missing_data\"}");

    assert_memory_equal(answer.body, "{\"pagination\":{\"page\":2,", 24);
    http_answer_clear(&answer);
    answer = faulty_ask(*state, "{\"fault\":\"missing_data\"}", "POST", "/v1/contacts",
                        FAULTY_CREATE);
    assert_string_equal(answer.body, "{}");
    http_answer_clear(&answer);
}

static void test_a_long_string_is_ten_megabytes(void **state)
{
    http_answer answer = faulty_list(*state, "{\"fault\":\"long_string\"}");

    assert_true(answer.whole);
    assert_true(answer.body_length > 10 * 1024 * 1024);
    http_answer_clear(&answer);
}

/* Body faults must be right for one contact as for a page, in any combination. */
static void test_bodies_of_creates(void **state)
{
    http_answer answer =
        faulty_ask(*state,
                   "[{\"fault\":\"wrong_id\"},{\"fault\":\"newer_shape\"},"
                   "{\"fault\":\"bom\"},{\"fault\":\"depth\",\"n\":2}]",
                   "POST", "/v1/contacts", FAULTY_CREATE);
    json_t *tree = json_loads(answer.body + 3, 0, NULL);

    assert_non_null(tree);
    assert_string_equal(json_string_value(json_object_get(tree, "id")),
                        "00000000-0000-4000-8000-000000000000");
    json_decref(tree);
    http_answer_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies_that_decode),
        cmocka_unit_test(test_bodies_that_do_not_decode),
        cmocka_unit_test(test_missing_data),
        cmocka_unit_test(test_a_long_string_is_ten_megabytes),
        cmocka_unit_test(test_bodies_of_creates),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
