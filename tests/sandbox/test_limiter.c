/* Each kind of rate limiter, by a clock that is an argument. */
#include "support/unit.h"

#include "sandbox/limiter.h"

/* A minute of the clock begins here. */
#define MINUTE INT64_C(1800000000000)

/* One request: when, from MINUTE on, and what the limiter must say. */
typedef struct step {
    int64_t at_ms;
    bool allowed;
    int64_t remaining;
    int64_t reset_ms; /* from MINUTE on */
    int64_t wait_ms;
} step;

static void play(pgaii_limiter_kind kind, int64_t limit, const step *steps, size_t count)
{
    pgaii_limiter limiter;

    assert_true(pgaii_limiter_init(&limiter, kind, limit));
    for (size_t i = 0; i < count; i++) {
        pgaii_limiter_decision got =
            pgaii_limiter_take(&limiter, MINUTE + steps[i].at_ms);

        assert_int_equal(got.allowed, steps[i].allowed);
        assert_int_equal(got.limit, limit);
        assert_int_equal(got.remaining, steps[i].remaining);
        assert_int_equal(got.reset_ms - MINUTE, steps[i].reset_ms);
        assert_int_equal(got.wait_ms, steps[i].wait_ms);
    }
    pgaii_limiter_clear(&limiter);
}

#define PLAY(kind, limit, steps) play(kind, limit, steps, sizeof(steps) / sizeof(step))

static void test_fixed_windows_begin_with_the_minute(void **state)
{
    static const step steps[] = {
        {50000, true, 1, 60000, 0},   {55000, true, 0, 60000, 0},
        {59999, false, 0, 60000, 1},  {60000, true, 1, 120000, 0},
        {60001, true, 0, 120000, 0},  {60002, false, 0, 120000, 59998},
        {500000, true, 1, 540000, 0},
    };

    (void)state;
    PLAY(PGAII_LIMITER_FIXED, 2, steps);
}

static void test_fixed_first_windows_begin_with_a_request(void **state)
{
    static const step steps[] = {
        {50000, true, 1, 110000, 0},
        {70000, true, 0, 110000, 0},
        {109999, false, 0, 110000, 1},
        {110000, true, 1, 170000, 0},
    };

    (void)state;
    PLAY(PGAII_LIMITER_FIXED_FIRST, 2, steps);
}

static void test_sliding_counts_the_last_minute_exactly(void **state)
{
    static const step steps[] = {
        {0, true, 1, 60000, 0},       {40000, true, 0, 60000, 0},
        {59999, false, 0, 60000, 1},  {60000, true, 0, 100000, 0},
        {99999, false, 0, 100000, 1}, {100000, true, 0, 120000, 0},
        {300000, true, 1, 360000, 0},
    };

    (void)state;
    PLAY(PGAII_LIMITER_SLIDING, 2, steps);
}

/* Four requests in the first minute weigh 4 at the start of the second, and 2 in its
 * middle. */
static void test_counter_weighs_the_window_before(void **state)
{
    static const step steps[] = {
        {1000, true, 3, 60000, 0},        {1000, true, 2, 60000, 0},
        {1000, true, 1, 60000, 0},        {1000, true, 0, 60000, 0},
        {1000, false, 0, 60000, 74000},   {60000, false, 0, 120000, 15000},
        {74999, false, 0, 120000, 1},     {75000, true, 0, 120000, 0},
        {75000, false, 0, 120000, 15000}, {90000, true, 0, 120000, 0},
        {250000, true, 3, 300000, 0},
    };

    (void)state;
    PLAY(PGAII_LIMITER_COUNTER, 4, steps);
}

/* Two tokens, of which one comes back each 30 s. */
static void test_bucket_gives_tokens_back_one_by_one(void **state)
{
    static const step steps[] = {
        {0, true, 1, 30000, 0},      {0, true, 0, 60000, 0},
        {1, false, 0, 60000, 29999}, {29999, false, 0, 60000, 1},
        {30000, true, 0, 90000, 0},  {900000, true, 1, 930000, 0},
    };

    (void)state;
    PLAY(PGAII_LIMITER_BUCKET, 2, steps);
}

static void test_none_lets_all_pass(void **state)
{
    pgaii_limiter limiter;
    pgaii_limiter_decision got;

    (void)state;
    assert_true(pgaii_limiter_init(&limiter, PGAII_LIMITER_NONE, 1));
    for (int i = 0; i < 100; i++) {
        got = pgaii_limiter_take(&limiter, MINUTE);
        assert_true(got.allowed);
        assert_int_equal(got.limit, 0);
    }
    pgaii_limiter_clear(&limiter);
}

/* What a denied request is told to wait must be right, to the millisecond. */
static void test_wait_is_exact(void **state)
{
    (void)state;
    for (int kind = PGAII_LIMITER_FIXED; kind < PGAII_LIMITER_KINDS; kind++) {
        int64_t now = MINUTE + 1234;
        int denied = 0;
        pgaii_limiter limiter;

        assert_true(pgaii_limiter_init(&limiter, (pgaii_limiter_kind)kind, 7));
        while (denied < 50) {
            pgaii_limiter_decision got = pgaii_limiter_take(&limiter, now);

            now += 700;
            if (got.allowed)
                continue;
            denied++;
            now += got.wait_ms - 700;
            if (got.wait_ms > 1)
                assert_false(pgaii_limiter_take(&limiter, now - 1).allowed);
            assert_true(pgaii_limiter_take(&limiter, now).allowed);
        }
        pgaii_limiter_clear(&limiter);
    }
}

static void test_a_clock_that_goes_back_stands_still(void **state)
{
    (void)state;
    for (int kind = PGAII_LIMITER_FIXED; kind < PGAII_LIMITER_KINDS; kind++) {
        pgaii_limiter limiter;

        assert_true(pgaii_limiter_init(&limiter, (pgaii_limiter_kind)kind, 1));
        assert_true(pgaii_limiter_take(&limiter, MINUTE).allowed);
        assert_false(pgaii_limiter_take(&limiter, MINUTE - 3600000).allowed);
        pgaii_limiter_reset(&limiter);
        assert_true(pgaii_limiter_take(&limiter, MINUTE - 3600000).allowed);
        pgaii_limiter_clear(&limiter);
    }
}

static void test_kinds_have_words(void **state)
{
    (void)state;
    assert_int_equal(pgaii_limiter_find("none"), PGAII_LIMITER_NONE);
    assert_int_equal(pgaii_limiter_find("fixed_first"), PGAII_LIMITER_FIXED_FIRST);
    assert_int_equal(pgaii_limiter_find("bucket"), PGAII_LIMITER_BUCKET);
    assert_int_equal(pgaii_limiter_find("leaky"), PGAII_LIMITER_KINDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_windows_begin_with_the_minute),
        cmocka_unit_test(test_fixed_first_windows_begin_with_a_request),
        cmocka_unit_test(test_sliding_counts_the_last_minute_exactly),
        cmocka_unit_test(test_counter_weighs_the_window_before),
        cmocka_unit_test(test_bucket_gives_tokens_back_one_by_one),
        cmocka_unit_test(test_none_lets_all_pass),
        cmocka_unit_test(test_wait_is_exact),
        cmocka_unit_test(test_a_clock_that_goes_back_stands_still),
        cmocka_unit_test(test_kinds_have_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
