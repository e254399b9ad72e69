/* Windows: which page of which limit shows a place of the list. */
#include "protocol/window.h"
#include "support/unit.h"

enum { POSITIONS = 3000 };

/* By trying all limits from 1 on. */
static int64_t furthest_end(int64_t end, int64_t most)
{
    int64_t best = end;

    for (int64_t limit = 1; limit <= most; limit++) {
        int64_t shown = end > 0 ? end - 1 : 0;
        int64_t reached = (shown / limit + 1) * limit;

        best = reached > best ? reached : best;
    }
    return best;
}

static void a_window_forward_shows_the_seam_and_the_most_behind_it(void **state)
{
    (void)state;
    for (int64_t most = 1; most <= 60; most += 7) {
        for (int64_t end = 0; end <= POSITIONS; end++) {
            pgaii_window window = pgaii_window_forward(end, most);

            assert_int_equal(pgaii_window_end(window), furthest_end(end, most));
            assert_true(pgaii_window_start(window) < end || end == 0);
            assert_in_range(window.limit, 1, most);
        }
    }
}

static void a_window_back_shows_both_sides_where_any_does(void **state)
{
    (void)state;
    for (int64_t most = 1; most <= 60; most += 7) {
        for (int64_t start = 1; start <= POSITIONS; start++) {
            pgaii_window window = pgaii_window_back(start, most);
            int64_t crossed = furthest_end(start, most) > start;

            assert_in_range(window.limit, 1, most);
            assert_true(pgaii_window_start(window) < start);
            assert_true(pgaii_window_end(window) >= start + crossed);
        }
    }
}

/* Numbers as large as a service may tell. */
static void windows_far_away_stay_numbers(void **state)
{
    static const int64_t far_away = 999999999999999999;

    (void)state;
    for (int64_t most = 2; most <= 1000000; most *= 10) {
        pgaii_window forward = pgaii_window_forward(far_away, most);
        pgaii_window back = pgaii_window_back(far_away, most);

        assert_true(pgaii_window_end(forward) >= far_away);
        assert_true(pgaii_window_start(forward) < far_away);
        assert_true(pgaii_window_start(back) < far_away);
        assert_true(pgaii_window_start(back) > far_away - 2 * most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_forward_shows_the_seam_and_the_most_behind_it),
        cmocka_unit_test(a_window_back_shows_both_sides_where_any_does),
        cmocka_unit_test(windows_far_away_stay_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
