/* Which outcomes are tried again, how late, and how often. */
#include "protocol/retry.h"
#include "support/unit.h"

static void responses_are_judged(void **state)
{
    static const struct {
        int status;
        pgaii_verdict read;
        pgaii_verdict create;
    } cases[] = {
        {200, PGAII_AGAIN, PGAII_UNCERTAIN}, {201, PGAII_AGAIN, PGAII_UNCERTAIN},
        {206, PGAII_FINAL, PGAII_UNCERTAIN}, {301, PGAII_FINAL, PGAII_FINAL},
        {302, PGAII_FINAL, PGAII_UNCERTAIN}, {308, PGAII_FINAL, PGAII_FINAL},
        {400, PGAII_FINAL, PGAII_FINAL},     {401, PGAII_FINAL, PGAII_FINAL},
        {404, PGAII_FINAL, PGAII_FINAL},     {408, PGAII_AGAIN, PGAII_UNCERTAIN},
        {409, PGAII_FINAL, PGAII_FINAL},     {425, PGAII_AGAIN, PGAII_UNCERTAIN},
        {429, PGAII_LIMITED, PGAII_LIMITED}, {431, PGAII_FINAL, PGAII_FINAL},
        {500, PGAII_AGAIN, PGAII_UNCERTAIN}, {501, PGAII_FINAL, PGAII_UNCERTAIN},
        {502, PGAII_AGAIN, PGAII_UNCERTAIN}, {503, PGAII_AGAIN, PGAII_UNCERTAIN},
        {504, PGAII_AGAIN, PGAII_UNCERTAIN}, {505, PGAII_FINAL, PGAII_UNCERTAIN},
        {520, PGAII_AGAIN, PGAII_UNCERTAIN}, {529, PGAII_AGAIN, PGAII_UNCERTAIN},
        {530, PGAII_FINAL, PGAII_UNCERTAIN}, {101, PGAII_FINAL, PGAII_UNCERTAIN},
        {0, PGAII_FINAL, PGAII_UNCERTAIN},   {999, PGAII_FINAL, PGAII_UNCERTAIN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(pgaii_judge_response(cases[i].status, false), cases[i].read);
        assert_int_equal(pgaii_judge_response(cases[i].status, true), cases[i].create);
    }
}

static pgaii_verdict judge(pgai_status status, int sent, int permanent, bool once)
{
    pgai_failure failure = {status, sent, permanent, NULL};

    return pgaii_judge_failure(&failure, once);
}

static void failures_are_judged(void **state)
{
    const pgai_status transient[] = {PGAI_CONNECT, PGAI_TLS, PGAI_TIMEOUT,
                                     PGAI_CONNECTION_LOST, PGAI_PROTOCOL};
    const pgai_status lasting[] = {PGAI_TOO_LARGE, PGAI_NO_MEMORY,  PGAI_CANCELLED,
                                   PGAI_EXITING,   PGAI_OVERLOADED, PGAI_NOT_YIELDABLE};

    (void)state;
    for (size_t i = 0; i < COUNT(transient); i++) {
        assert_int_equal(judge(transient[i], 1, 0, false), PGAII_AGAIN);
        assert_int_equal(judge(transient[i], 1, 0, true), PGAII_UNCERTAIN);
        assert_int_equal(judge(transient[i], 0, 0, true), PGAII_AGAIN);
        assert_int_equal(judge(transient[i], 0, 1, true), PGAII_FINAL);
        assert_int_equal(judge(transient[i], 0, 1, false), PGAII_FINAL);
    }
    for (size_t i = 0; i < COUNT(lasting); i++) {
        assert_int_equal(judge(lasting[i], 1, 0, false), PGAII_FINAL);
        assert_int_equal(judge(lasting[i], 1, 0, true), PGAII_UNCERTAIN);
        assert_int_equal(judge(lasting[i], 0, 0, true), PGAII_FINAL);
    }
}

static void backoff_stays_within_its_bounds_and_spreads(void **state)
{
    pgaii_random random = {1};
    int64_t longest = 0;

    (void)state;
    for (int run = 0; run < 1000; run++) {
        int64_t wait = 0;

        for (int i = 0; i < 8; i++) {
            int64_t most = 3 * (wait ? wait : PGAII_BACKOFF_MS);

            wait = pgaii_backoff(&random, PGAII_BACKOFF_MS, wait);
            assert_in_range(wait, PGAII_BACKOFF_MS, most < 20000 ? most : 20000);
            longest = wait > longest ? wait : longest;
        }
    }
    assert_in_range(longest, 15000, 20000);
}

static void random_numbers_fill_their_range(void **state)
{
    pgaii_random random = {0};
    int hits[5] = {0};

    (void)state;
    for (int i = 0; i < 5000; i++)
        hits[pgaii_random_between(&random, 10, 14) - 10]++;
    for (int i = 0; i < 5; i++)
        assert_in_range(hits[i], 850, 1150);
    assert_int_equal(pgaii_random_between(&random, 3, 3), 3);
    assert_int_equal(pgaii_random_between(&random, 3, 2), 3);
}

static void the_budget_lets_a_tenth_through(void **state)
{
    pgaii_budget budget = {PGAII_BUDGET_FULL};
    int retries = 0;

    (void)state;
    while (pgaii_budget_take(&budget))
        retries++;
    assert_int_equal(retries, 10);
    for (int i = 0; i < 9; i++)
        pgaii_budget_give(&budget);
    assert_false(pgaii_budget_take(&budget));
    pgaii_budget_give(&budget);
    assert_true(pgaii_budget_take(&budget));
    for (int i = 0; i < 1000; i++)
        pgaii_budget_give(&budget);
    assert_int_equal(budget.tokens, PGAII_BUDGET_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_judged),
        cmocka_unit_test(failures_are_judged),
        cmocka_unit_test(backoff_stays_within_its_bounds_and_spreads),
        cmocka_unit_test(random_numbers_fill_their_range),
        cmocka_unit_test(the_budget_lets_a_tenth_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
