#include "protocol/seen.h"
#include "support/unit.h"

static void ids_of_the_last_pages_are_known(void **state)
{
    pgaii_seen seen = {0};

    (void)state;
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
    pgaii_seen seen = {0};

    (void)state;
    assert_true(pgaii_seen_begin(&seen, 300));
    for (uint64_t i = 1; i <= 300; i++)
        assert_false(pgaii_seen_add(&seen, i << 20 | 5));
    for (uint64_t i = 1; i <= 300; i++)
        assert_true(pgaii_seen_add(&seen, i << 20 | 5));
    pgaii_seen_clear(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_the_last_pages_are_known),
        cmocka_unit_test(ids_that_collide_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
