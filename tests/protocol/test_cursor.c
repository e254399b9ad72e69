/* Cursors, written and read again. */
#include "protocol/cursor.h"
#include "support/unit.h"

static void a_cursor_is_read_as_it_was_written(void **state)
{
    static const pgaii_cursor cases[] = {
        {0, 1, {0}, -1, PGAII_SIGN_NONE, -1},
        {117, 50, {0xFEDCBA9876543210u}, 0, PGAII_SIGN_NONE, 0},
        {117, 50, {0xFEDCBA9876543210u}, -1, PGAII_SIGN_MOVED, 1000},
        {117, 50, {0x1234, 0x5678, 1}, 1000, PGAII_SIGN_PROVEN, -1},
        {PGAII_MAX_POSITION,
         PGAII_MAX_POSITION,
         {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         PGAII_MAX_POSITION,
         PGAII_SIGN_PASSED,
         PGAII_MAX_POSITION}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PGAI_CURSOR_SIZE];
        pgaii_cursor cursor;

        pgaii_cursor_write(&cases[i], text);
        assert_int_equal(pgaii_cursor_read(&cursor, text, NULL), PGAI_OK);
        assert_true(cursor.position == cases[i].position &&
                    cursor.limit == cases[i].limit && cursor.total == cases[i].total &&
                    cursor.sign == cases[i].sign && cursor.end == cases[i].end);
        assert_memory_equal(cursor.seam, cases[i].seam, sizeof(cursor.seam));
    }
}

static void any_other_text_is_refused(void **state)
{
    const pgaii_cursor cursor = {117, 50, {0xABCDEF, 2}, 1000, PGAII_SIGN_FELL, 150};
    const char *const others[] = {"",
                                  "x",
                                  "pgai1",
                                  "pgai2.117.50.abcdef.0000",
                                  "117",
                                  "pgai1.-1.50.-1.0.-1.0.0000",
                                  "pgai1.117.0.-1.0.-1.0.0000",
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
        cmocka_unit_test(any_other_text_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
