/* Cells of CSV. */
#include "protocol/csv.h"
#include "support/unit.h"

static void assert_cell(const char *cell, size_t length, const char *expected)
{
    pgaii_buffer out;

    pgaii_buffer_init(&out, 1000);
    pgaii_csv_add(&out, (pgai_text){cell, length}, true, false);
    assert_string_equal(out.data, expected);
    pgaii_buffer_clear(&out);
}

/* Wherever it is in the cell: several bytes are looked at in one step. */
static void a_cell_is_quoted_only_if_it_has_to_be(void **state)
{
    static const char special[] = ",\r\n";
    char cell[80];
    char expected[88];

    (void)state;
    for (size_t length = 1; length < sizeof(cell); length++) {
        for (size_t at = 0; at < length; at++) {
            memset(cell, 'a', sizeof(cell));
            /* What follows the cell does not count. */
            memset(cell + length, '"', sizeof(cell) - length);
            snprintf(expected, sizeof(expected), "%.*s", (int)length, cell);
            assert_cell(cell, length, expected);
            for (size_t i = 0; i < sizeof(special) - 1; i++) {
                cell[at] = special[i];
                snprintf(expected, sizeof(expected), "\"%.*s\"", (int)length, cell);
                assert_cell(cell, length, expected);
            }
            cell[at] = '"';
            snprintf(expected, sizeof(expected), "\"%.*s%.*s\"", (int)at + 1, cell,
                     (int)(length - at), cell + at);
            assert_cell(cell, length, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_quoted_only_if_it_has_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
