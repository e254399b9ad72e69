/* Texts, written as JSON. */
#include "protocol/json.h"
#include "protocol/text.h"
#include "support/unit.h"

static void strings_are_escaped(void **state)
{
    pgaii_buffer out;

    (void)state;
    pgaii_buffer_init(&out, 100);
    assert_true(pgaii_json_add_string(&out, pgaii_text("a\"\\\n\x01\xC3\xA9")));
    assert_string_equal(out.data, "\"a\\\"\\\\\\n\\u0001\xC3\xA9\"");
    assert_false(pgaii_json_add_string(&out, pgaii_text("\xFF")));
    pgaii_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
