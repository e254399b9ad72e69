/* Errors: words, texts from outside, and the key that never gets in. */
#include <pgai/status.h>

#include "protocol/error.h"
#include "protocol/text.h"
#include "support/unit.h"

static void every_status_has_a_word_and_a_reason(void **state)
{
    (void)state;
    assert_string_equal(pgai_status_name(PGAI_NOT_FOUND), "not_found");
    assert_string_equal(pgai_status_name(PGAI_API_ERROR), "api");
    assert_string_equal(pgai_status_name((pgai_status)999), "unknown");
#define X(name, value, word, python, text)                                               \
    assert_int_equal(PGAI_##name, value);                                                \
    assert_string_equal(pgai_status_name(PGAI_##name), #word);                           \
    assert_true(strlen(pgai_status_text(PGAI_##name)) > 0);
    PGAI_STATUS_LIST(X)
#undef X
}

static void fail_fills_and_returns(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    memset(error.details, 'x', sizeof(error.details));
    assert_int_equal(pgaii_fail(&error, PGAI_USAGE, "limit is %d", -1), PGAI_USAGE);
    assert_int_equal(error.status, PGAI_USAGE);
    assert_string_equal(error.message, "limit is -1");
    assert_string_equal(error.details, "");
    assert_int_equal(pgaii_fail(NULL, PGAI_USAGE, "nobody listens"), PGAI_USAGE);
}

/* Of a program that was compiled when the struct was shorter. */
static void no_more_is_filled_than_the_caller_knows(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    error.struct_size = offsetof(pgai_error, code);
    memset(error.code, 'x', sizeof(error) - error.struct_size);
    assert_int_equal(pgaii_fail(&error, PGAI_USAGE, "no"), PGAI_USAGE);
    assert_string_equal(error.message, "no");
    assert_int_equal(error.struct_size, offsetof(pgai_error, code));
    for (size_t i = error.struct_size; i < sizeof(error); i++)
        assert_int_equal(((const char *)&error)[i], 'x');
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;
    char text[600];

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(text); i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[598] = '\0';
    pgaii_fail(&error, PGAI_API_ERROR, "%s", text);
    assert_int_equal(strlen(error.message), 510);
    assert_int_equal(pgaii_utf8_check(pgaii_text(error.message)), 510);
}

static void advice_comes_behind_as_a_whole_or_not_at_all(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    pgaii_fail(&error, PGAI_RATE_LIMITED, "slow down");
    pgaii_error_advise(&error, "try again in %d s", 3);
    assert_string_equal(error.message, "slow down; try again in 3 s");
    memset(error.message, 'x', sizeof(error.message) - 1);
    error.message[sizeof(error.message) - 10] = '\0';
    pgaii_error_advise(&error, "wait %d s", 100);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 10);
    pgaii_error_advise(&error, "wait %d", 3);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 2);
}

static void text_from_outside_is_made_harmless(void **state)
{
    char out[32];

    (void)state;
    assert_true(
        pgaii_error_text(out, sizeof(out), pgaii_text("a\r\nb\x1B[31m\x7F"), NULL));
    assert_string_equal(out, "a  b [31m ");
    assert_true(pgaii_error_text(out, sizeof(out), pgaii_text("bad \xC3\x28"), NULL));
    assert_string_equal(out, "bad \xEF\xBF\xBD(");
    assert_false(pgaii_error_text(out, 6, pgaii_text("abcd\xC3\xA9"), NULL));
    assert_string_equal(out, "abcd");
}

static void the_key_never_gets_through(void **state)
{
    char out[64];

    (void)state;
    pgaii_error_text(out, sizeof(out), pgaii_text("key s3cr3t, again s3cr3ts3cr3t!"),
                     "s3cr3t");
    assert_string_equal(out, "key [key], again [key][key]!");
    /* Cut where the key stands: no part of it is left. */
    pgaii_error_text(out, 8, pgaii_text("1234 s3cr3t"), "s3cr3t");
    assert_string_equal(out, "1234 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_word_and_a_reason),
        cmocka_unit_test(fail_fills_and_returns),
        cmocka_unit_test(no_more_is_filled_than_the_caller_knows),
        cmocka_unit_test(a_long_message_is_cut_at_a_character),
        cmocka_unit_test(advice_comes_behind_as_a_whole_or_not_at_all),
        cmocka_unit_test(text_from_outside_is_made_harmless),
        cmocka_unit_test(the_key_never_gets_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
