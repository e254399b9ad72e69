/* JSON changed as text. */
#include "support/unit.h"

#include "protocol/text.h"
#include "sandbox/json_text.h"

enum { MAX_TEXT = 4096 };

static pgaii_buffer start(const char *text)
{
    pgaii_buffer buffer;

    pgaii_buffer_init(&buffer, MAX_TEXT);
    assert_true(pgaii_buffer_add_string(&buffer, text));
    return buffer;
}

static void test_members_are_found(void **state)
{
    static const char text[] =
        "{\"a\": \"x,}\\\"]\", \"b\":{\"c\":[1,{\"d\":2}]},\"e\":3}";
    pgai_text json = pgaii_text(text);
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {{"a", "\"x,}\\\"]\""}, {"b", "{\"c\":[1,{\"d\":2}]}"}, {"e", "3"}};
    pgaii_span span;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        span = pgaii_json_member(json, 0, cases[i].name);
        assert_int_equal(span.length, strlen(cases[i].value));
        assert_memory_equal(text + span.start, cases[i].value, span.length);
    }
    assert_int_equal(pgaii_json_member(json, 0, "c").length, 0);
    span = pgaii_json_member(json, 0, "b");
    assert_int_equal(pgaii_json_member(json, span.start, "c").length, 11);
}

static void test_members_are_set_and_added(void **state)
{
    pgaii_buffer json = start("{\"data\":[{\"a\":1},{\"a\":2}]}");

    (void)state;
    assert_true(pgaii_json_set(&json, 9, "a", pgaii_text("\"longer\"")));
    assert_true(pgaii_json_set(&json, 9, "b", pgaii_text("null")));
    assert_true(pgaii_json_add(&json, 9, "a", pgaii_text("7")));
    assert_string_equal(json.data,
                        "{\"data\":[{\"a\":\"longer\",\"b\":null,\"a\":7},{\"a\":2}]}");
    pgaii_buffer_clear(&json);
    json = start("{}");
    assert_true(pgaii_json_set(&json, 0, "a", pgaii_text("1")));
    assert_string_equal(json.data, "{\"a\":1}");
    pgaii_buffer_clear(&json);
}

static void test_what_is_no_object_is_left_alone(void **state)
{
    static const char *const texts[] = {"", "[1]", "not json", "{\"a", "{\"a\":", "{"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        pgaii_buffer json = start(texts[i]);

        assert_true(pgaii_json_set(&json, 0, "x", pgaii_text("1")));
        assert_string_equal(json.data, texts[i]);
        assert_int_equal(pgaii_json_member(pgaii_text(texts[i]), 0, "x").length, 0);
        pgaii_buffer_clear(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_are_found),
        cmocka_unit_test(test_members_are_set_and_added),
        cmocka_unit_test(test_what_is_no_object_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
