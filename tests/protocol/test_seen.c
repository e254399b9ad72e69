/* The ids that a walk remembers. */
#include "protocol/seen.h"
#include "support/unit.h"

static void ids_of_the_last_pages_are_known(void **state)
{
    pgaii_seen seen;

    (void)state;
    pgaii_seen_init(&seen, 7);
    for (uint64_t page = 0; page < 10; page++) {
        assert_true(pgaii_seen_begin(&seen, 50));
        for (uint64_t i = 1; i <= 50; i++)
            assert_false(pgaii_seen_add(&seen, page * 50 + i));
    }
    assert_true(pgaii_seen_begin(&seen, 50));
    assert_true(pgaii_seen_add(&seen, 500));
    assert_true(pgaii_seen_add(&seen, 351));
    assert_false(pgaii_seen_add(&seen, 350));
    pgaii_seen_clear(&seen);
}

static void ids_that_collide_are_told_apart(void **state)
{
    pgaii_seen seen;

    (void)state;
    pgaii_seen_init(&seen, 7);
    assert_true(pgaii_seen_begin(&seen, 300));
    for (uint64_t i = 1; i <= 300; i++)
        assert_false(pgaii_seen_add(&seen, i << 20 | 5));
    for (uint64_t i = 1; i <= 300; i++)
        assert_true(pgaii_seen_add(&seen, i << 20 | 5));
    pgaii_seen_clear(&seen);
}

/* Hashes that agree in all bits which a table could go by: without a multiplier that
 * nobody foresees, they would stand in one row, and each be compared with all before it.
 */
static void hashes_that_were_made_to_meet_are_spread(void **state)
{
    enum { IDS = 20000, MAX_ROW = 200 };
    static const int shifts[] = {0, 20, 44};

    (void)state;
    for (size_t i = 0; i < COUNT(shifts); i++) {
        const pgaii_seen_page *page;
        pgaii_seen seen;
        size_t row = 0;
        size_t longest = 0;

        pgaii_seen_init(&seen, 0x9D5C0FB1A2E37C45u);
        assert_true(pgaii_seen_begin(&seen, IDS));
        for (uint64_t n = 1; n <= IDS; n++)
            assert_false(pgaii_seen_add(&seen, n << shifts[i]));
        page = &seen.pages[seen.newest];
        for (size_t at = 0; at < page->capacity; at++) {
            row = page->hashes[at] ? row + 1 : 0;
            longest = row > longest ? row : longest;
        }
        assert_in_range(longest, 1, MAX_ROW);
        pgaii_seen_clear(&seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_the_last_pages_are_known),
        cmocka_unit_test(ids_that_collide_are_told_apart),
        cmocka_unit_test(hashes_that_were_made_to_meet_are_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
