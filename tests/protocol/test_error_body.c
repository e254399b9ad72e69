/* What is read from the bodies of refusals. */
#include "protocol/error.h"
#include "protocol/error_body.h"
#include "protocol/text.h"
#include "support/unit.h"

static void
read_error(const char *body, const char *message, const char *code, const char *details)
{
    pgai_error error;

    pgaii_error_init(&error);
    assert_true(pgaii_error_body_read(pgaii_text(body), "k3y", &error));
    assert_string_equal(error.message, message);
    assert_string_equal(error.code, code);
    assert_string_equal(error.details, details);
}

static void error_bodies_of_each_shape(void **state)
{
    (void)state;
    read_error("{\"error\":\"Contact not found\"}", "Contact not found", "", "");
    read_error("{\"error\": \"Validation error\", \"details\": [\"Missing: \\\"a\\\"\"]}",
               "Validation error", "", "[\"Missing: \\\"a\\\"\"]");
    read_error("{\"error\":{\"type\":\"t\",\"code\":\"forbidden\",\"message\":\"m\","
               "\"details\":{\"a\":1}}}",
               "m", "forbidden", "{\"a\":1}");
    read_error("{\"message\":\"m\",\"code\":\"c\"}", "m", "c", "");
    read_error("{\"error\":5,\"message\":\"m\"}", "m", "", "");
    read_error("\"just text\"", "just text", "", "");
    read_error("{\"error\":null}", "", "", "");
    read_error("[1]", "", "", "");
    read_error("{\"err\\u006Fr\":\"e\", \"error\":\"f\\u00e9\\ud83d\"}",
               "f\xC3\xA9\xEF\xBF\xBD", "", "");
    read_error("{\"error\":\"e\",\"details\":[ 1.50, \"a\\/ \\u00e9\" ,{ } ]}", "e", "",
               "[1.50,\"a/ \xC3\xA9\",{}]");
}

static void the_key_is_kept_out(void **state)
{
    pgai_error error;

    (void)state;
    read_error(
        "{\"error\":{\"code\":\"k3y\",\"message\":\"no k3y\",\"details\":[\"k3y\"]}}",
        "no [key]", "[key]", "[\"[key]\"]");
    read_error("{\"error\":\"no \\u006b3y\",\"details\":{\"k\\u0033y\":\"\\u006b3y\"}}",
               "no [key]", "", "{\"[key]\":\"[key]\"}");
    pgaii_error_init(&error);
    assert_true(pgaii_error_body_read(
        pgaii_text("{\"error\":\"a\\\"b\",\"details\":\"a\\\"b\"}"), "a\"b", &error));
    assert_string_equal(error.message, "[key]");
    assert_string_equal(error.details, "\"[key]\"");
}

static void details_are_whole_or_not_there(void **state)
{
    char body[4000];
    pgai_error error;

    (void)state;
    snprintf(body, sizeof(body), "{\"error\":\"e\",\"details\":\"%01500d\"}", 7);
    pgaii_error_init(&error);
    assert_true(pgaii_error_body_read(pgaii_text(body), NULL, &error));
    assert_string_equal(error.message, "e");
    assert_string_equal(error.details, "");
}

static void what_is_not_json_is_left_to_others(void **state)
{
    pgai_error error;

    (void)state;
    pgaii_error_init(&error);
    assert_false(pgaii_error_body_read(pgaii_text("<html>"), NULL, &error));
    assert_false(pgaii_error_body_read(pgaii_text(""), NULL, &error));
    assert_false(pgaii_error_body_read(pgaii_text("{\"error\":\"e\"} x"), NULL, &error));
    assert_false(pgaii_error_body_read(pgaii_text("{\"error\":\"e\""), NULL, &error));
    assert_string_equal(error.message, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_bodies_of_each_shape),
        cmocka_unit_test(the_key_is_kept_out),
        cmocka_unit_test(details_are_whole_or_not_there),
        cmocka_unit_test(what_is_not_json_is_left_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
