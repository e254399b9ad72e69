/* Faults of bodies, as they arrive. */
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
        http_response response = faulty_list(*state, cases[i].rule);
        json_t *tree = faulty_body(&response);
        char *value = json_dumps(json_object_get(contact_of(tree), cases[i].field),
                                 JSON_ENCODE_ANY | JSON_COMPACT);

        assert_non_null(tree);
        assert_non_null(value);
        assert_string_equal(value, cases[i].value);
        free(value);
        json_decref(tree);
        http_response_clear(&response);
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
        http_response response = faulty_list(*state, cases[i].rule);
        json_t *tree = faulty_body(&response);

        assert_int_equal(response.status, 200);
        assert_true(response.whole);
        assert_non_null(strstr(response.bytes, cases[i].text));
        assert_null(tree);
        http_response_clear(&response);
    }
}

static void test_missing_data(void **state)
{
    http_response response = faulty_list(*state, "{\"fault\":\"missing_data\"}");

    assert_memory_equal(response.body, "{\"pagination\":{\"page\":2,", 24);
    http_response_clear(&response);
    response = faulty_ask(*state, "{\"fault\":\"missing_data\"}", "POST", "/v1/contacts",
                          FAULTY_CREATE);
    assert_string_equal(response.body, "{}");
    http_response_clear(&response);
}

static void test_a_long_string_is_ten_megabytes(void **state)
{
    http_response response = faulty_list(*state, "{\"fault\":\"long_string\"}");

    assert_true(response.whole);
    assert_true(response.body_length > 10 * 1024 * 1024);
    http_response_clear(&response);
}

/* What the service would have said does not matter, and nothing is done. */
static void test_broken_bodies(void **state)
{
    static const struct {
        const char *form;
        const char *start; /* of one contact, or of anything */
        bool in_list;      /* a list has the contact among its data */
        bool valid;
    } cases[] = {
        {"items", "[{},{},", false, false},
        {"objects", "{\"data\":[{},{},", false, false},
        {"extras", "{\"id\":\"c1\",\"x1\":0,\"x2\":0,", true, false},
        {"deep", "[[[[", false, false},
        {"escapes", "{\"id\":\"c1\",\"first_name\":\"\\u00e9\\u00e9", true, false},
        {"text", "{\"id\":\"c1\",\"first_name\":\"xxx", true, false},
        {"valid_items", "{\"data\":[{},{},", false, true},
        {"valid_extras", "{\"id\":\"c1\",\"x1\":0,", true, true},
        {"valid_escapes", "{\"id\":\"c1\",\"first_name\":\"\\u00e9", true, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char rule[80];
        http_response get;
        http_response list;
        json_t *tree;

        snprintf(rule, sizeof(rule),
                 "{\"fault\":\"broken_body\",\"form\":\"%s\",\"bytes\":5000}",
                 cases[i].form);
        get = faulty_ask(*state, rule, "GET", "/v1/contacts/x", NULL);
        list = faulty_list(*state, rule);
        assert_int_equal(get.status, 200);
        assert_in_range(get.body_length, cases[i].valid ? 4800 : 5000, 5000);
        assert_in_range(list.body_length, cases[i].valid ? 4800 : 5000, 5000);
        assert_ptr_equal(strstr(get.body, cases[i].start), get.body);
        assert_ptr_equal(strstr(list.body, cases[i].start),
                         list.body + (cases[i].in_list ? strlen("{\"data\":[") : 0));
        tree = faulty_body(&get);
        assert_true(!tree == !cases[i].valid);
        json_decref(tree);
        tree = faulty_body(&list);
        assert_true(!tree == !cases[i].valid);
        assert_true(!tree ||
                    json_object_get(json_object_get(tree, "pagination"), "total"));
        json_decref(tree);
        http_response_clear(&get);
        http_response_clear(&list);
    }
}

static void test_broken_bodies_are_eight_megabytes_and_errors_too(void **state)
{
    http_response response =
        faulty_ask(*state, "{\"fault\":\"broken_body\",\"code\":503}", "POST",
                   "/v1/contacts", FAULTY_CREATE);

    assert_int_equal(response.status, 503);
    assert_int_equal(response.body_length, 8 * 1024 * 1024 - 64 * 1024);
    assert_int_equal(faulty_created(*state), 0);
    http_response_clear(&response);
}

/* Body faults must be right for one contact as for a page, in any combination. */
static void test_bodies_of_creates(void **state)
{
    http_response response =
        faulty_ask(*state,
                   "[{\"fault\":\"wrong_id\"},{\"fault\":\"newer_shape\"},"
                   "{\"fault\":\"bom\"},{\"fault\":\"depth\",\"n\":2}]",
                   "POST", "/v1/contacts", FAULTY_CREATE);
    json_t *tree = json_loads(response.body + 3, 0, NULL);

    assert_non_null(tree);
    assert_string_equal(json_string_value(json_object_get(tree, "id")),
                        "00000000-0000-4000-8000-000000000000");
    json_decref(tree);
    http_response_clear(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies_that_decode),
        cmocka_unit_test(test_bodies_that_do_not_decode),
        cmocka_unit_test(test_missing_data),
        cmocka_unit_test(test_a_long_string_is_ten_megabytes),
        cmocka_unit_test(test_broken_bodies),
        cmocka_unit_test(test_broken_bodies_are_eight_megabytes_and_errors_too),
        cmocka_unit_test(test_bodies_of_creates),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
