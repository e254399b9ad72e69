/* Cursors, written and read again. */
#include "protocol/cursor.h"
#include "support/unit.h"

static void a_cursor_is_read_as_it_was_written(void **state)
{
    static const pgaii_cursor cases[] = {
        {0, 1, 0, -1, PGAII_SIGN_NONE},
        {117, 50, 0xFEDCBA9876543210u, 0, PGAII_SIGN_NONE},
        {117, 50, 0xFEDCBA9876543210u, -1, PGAII_SIGN_MOVED},
        {117, 50, 0x1234, 1000, PGAII_SIGN_FELL},
        {999999999999999999, 1000000, UINT64_MAX, 999999999999999999, PGAII_SIGN_PASSED}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PGAI_CURSOR_SIZE];
        pgaii_cursor cursor;

        pgaii_cursor_write(&cases[i], text);
        assert_int_equal(pgaii_cursor_read(&cursor, text, NULL), PGAI_OK);
        assert_true(cursor.position == cases[i].position &&
                    cursor.limit == cases[i].limit && cursor.last == cases[i].last &&
                    cursor.total == cases[i].total && cursor.sign == cases[i].sign);
    }
}

/* As it was written before cursors told a total. */
static void a_cursor_without_a_total_is_read(void **state)
{
    const pgaii_cursor cursor = {117, 50, 0xABCDEF, -1, PGAII_SIGN_NONE};
    char text[PGAI_CURSOR_SIZE];

    (void)state;
    pgaii_cursor_write(&cursor, text);
    assert_string_equal(text, "pgai1.117.50.abcdef.0a65");
}

static void any_other_text_is_refused(void **state)
{
    const pgaii_cursor cursor = {117, 50, 0xABCDEF, 1000, PGAII_SIGN_FELL};
    const char *const others[] = {"",
                                  "x",
                                  "pgai1",
                                  "pgai2.117.50.abcdef.0000",
                                  "117",
                                  "pgai1.-1.50.0.0000",
                                  "pgai1.117.0.0.0000",
                                  "eyJwYWdlIjoxfQ=="};
    char text[PGAI_CURSOR_SIZE];
    pgaii_cursor out;

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(pgaii_cursor_read(&out, others[i], NULL), PGAI_USAGE);
    pgaii_cursor_write(&cursor, text);
    for (size_t i = 0; i < strlen(text); i++) {
        char kept = text[i];

        text[i] = kept == '1' ? '2' : '1';
        assert_int_equal(pgaii_cursor_read(&out, text, NULL), PGAI_USAGE);
        text[i] = '\0';
        assert_int_equal(pgaii_cursor_read(&out, text, NULL), PGAI_USAGE);
        text[i] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_is_read_as_it_was_written),
        cmocka_unit_test(a_cursor_without_a_total_is_read),
        cmocka_unit_test(any_other_text_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
