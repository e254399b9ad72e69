/* The ids that a strict walk remembers, against a list of them. */
#include "protocol/recent.h"
#include "support/unit.h"

#include "protocol/retry.h"

enum { SIZE = 100, IDS = 5000 };

static void the_last_ids_are_known_by_number(void **state)
{
    pgaii_recent recent;

    (void)state;
    assert_true(pgaii_recent_init(&recent, SIZE, 7));
    assert_int_equal(pgaii_recent_find(&recent, 5), 0);
    for (uint64_t id = 1; id <= IDS; id++) {
        pgaii_recent_add(&recent, id << 40 | 1);
        for (uint64_t old = 1; old <= id && id <= 300; old++) {
            bool known = old + SIZE > id;
            int64_t number = known ? (int64_t)old : 0;

            assert_int_equal(pgaii_recent_find(&recent, old << 40 | 1), number);
            assert_int_equal(pgaii_recent_hash(&recent, (int64_t)old),
                             known ? old << 40 | 1 : 0);
        }
    }
    assert_int_equal(recent.newest, IDS);
    assert_int_equal(pgaii_recent_find(&recent, (uint64_t)IDS << 40 | 1), IDS);
    assert_int_equal(pgaii_recent_find(&recent, (uint64_t)(IDS - SIZE) << 40 | 1), 0);
    assert_int_equal(pgaii_recent_hash(&recent, IDS + 1), 0);
    assert_int_equal(pgaii_recent_hash(&recent, -1), 0);
    pgaii_recent_clear(&recent);
}

/* A table of the least size is full of ids that stand in each other's way. */
static void ids_that_are_forgotten_leave_no_holes(void **state)
{
    pgaii_random random = {3};

    (void)state;
    for (size_t size = 1; size <= 9; size++) {
        uint64_t hashes[1000];
        pgaii_recent recent;

        assert_true(pgaii_recent_init(&recent, size, pgaii_random_bits(&random)));
        for (size_t i = 0; i < COUNT(hashes); i++) {
            hashes[i] = pgaii_random_bits(&random) | 1;
            pgaii_recent_add(&recent, hashes[i]);
            for (size_t j = i < size ? 0 : i - size; j <= i; j++)
                assert_int_equal(pgaii_recent_find(&recent, hashes[j]),
                                 j + size > i ? j + 1 : 0);
        }
        pgaii_recent_clear(&recent);
    }
}

static void ids_that_were_passed_stay_so_until_they_are_forgotten(void **state)
{
    pgaii_recent recent;

    (void)state;
    assert_true(pgaii_recent_init(&recent, 4, 7));
    for (uint64_t id = 1; id <= 5; id++)
        pgaii_recent_add(&recent, id);
    assert_int_equal(pgaii_recent_last_passed(&recent, 5), 0);
    pgaii_recent_pass(&recent, 3);
    assert_false(pgaii_recent_passed(&recent, 3));
    assert_true(pgaii_recent_passed(&recent, 4));
    assert_true(pgaii_recent_passed(&recent, 5));
    assert_int_equal(pgaii_recent_last_passed(&recent, 4), 4);
    pgaii_recent_add(&recent, 6);
    assert_false(pgaii_recent_passed(&recent, 6));
    assert_int_equal(pgaii_recent_last_passed(&recent, 6), 5);
    for (uint64_t id = 7; id <= 9; id++)
        pgaii_recent_add(&recent, id);
    assert_int_equal(pgaii_recent_last_passed(&recent, 9), 0);
    pgaii_recent_pass(&recent, 0);
    assert_int_equal(pgaii_recent_last_passed(&recent, 9), 9);
    pgaii_recent_clear(&recent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_ids_are_known_by_number),
        cmocka_unit_test(ids_that_are_forgotten_leave_no_holes),
        cmocka_unit_test(ids_that_were_passed_stay_so_until_they_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
