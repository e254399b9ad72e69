/* Pacing by a simulated clock: when the next request may leave. */
#include "protocol/pacer.h"
#include "support/unit.h"

static const pgaii_headers silent = {-1, -1, -1, -1, {NULL, 0}, {NULL, 0}, {NULL, 0}};

static pgaii_headers told(int64_t limit, int64_t remaining, int64_t reset_ms)
{
    pgaii_headers headers = silent;

    headers.limit = limit;
    headers.remaining = remaining;
    headers.reset_ms = reset_ms;
    return headers;
}

/* In the period in which it was sent. */
static void
answered(pgaii_pacer *pacer, int64_t now, const pgaii_headers *headers, int64_t hold_ms)
{
    pgaii_pacer_answered(pacer, pacer->last_sent, now, headers, hold_ms);
}

static void failed(pgaii_pacer *pacer, int64_t now, bool counted)
{
    pgaii_pacer_failed(pacer, pacer->last_sent, now, counted);
}

/* Send at @p now and receive @p headers 10 ms later. */
static void exchange(pgaii_pacer *pacer, int64_t now, pgaii_headers headers)
{
    pgaii_pacer_sent(pacer, now);
    answered(pacer, now + 10, &headers, -1);
}

static void without_a_limit_nothing_is_held_back(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t now = 0; now < 1000; now++) {
        assert_int_equal(pgaii_pacer_ready_at(&pacer, now), now);
        exchange(&pacer, now, silent);
    }
}

static void a_window_holds_no_more_than_the_limit(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t i = 0; i < 60; i++) {
        assert_int_equal(pgaii_pacer_ready_at(&pacer, 100 * i), 100 * i);
        exchange(&pacer, 100 * i, told(60, -1, -1));
    }
    /* The first was received at 10. */
    assert_int_equal(pgaii_pacer_ready_at(&pacer, 6000), 60010);
    assert_int_equal(pgaii_pacer_ready_at(&pacer, 60010), 60010);
    exchange(&pacer, 60010, told(60, -1, -1));
    assert_int_equal(pgaii_pacer_ready_at(&pacer, 60020), 60110);
}

static void requests_on_their_way_count(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(3, -1, -1));
    pgaii_pacer_sent(&pacer, 100);
    pgaii_pacer_sent(&pacer, 100);
    assert_int_equal(pgaii_pacer_peek(&pacer, 100), 60010);
    failed(&pacer, 200, false);
    assert_int_equal(pgaii_pacer_peek(&pacer, 200), 200);
    pgaii_pacer_sent(&pacer, 200);
    failed(&pacer, 300, true);
    assert_int_equal(pgaii_pacer_peek(&pacer, 300), 60010);
}

static void nothing_left_means_waiting_for_the_reset(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(60, 0, 20000));
    assert_int_equal(pgaii_pacer_ready_at(&pacer, 100), 10 + 20000 + 1000);
    exchange(&pacer, 22000, told(60, 2, 60000));
    pgaii_pacer_sent(&pacer, 22100);
    assert_int_equal(pgaii_pacer_peek(&pacer, 22100), 22100);
    pgaii_pacer_sent(&pacer, 22100);
    assert_int_equal(pgaii_pacer_peek(&pacer, 22100), 22010 + 61000);
}

static void an_absurd_reset_is_cut_to_two_windows(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(60, 0, 9999999999000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 100), 10 + 120000 + 1000);
}

static void responses_may_overtake_each_other(void **state)
{
    pgaii_pacer pacer;
    pgaii_headers newer = told(60, 1, 60000);
    pgaii_headers older = told(60, 2, 60000);

    (void)state;
    pgaii_pacer_init(&pacer);
    pgaii_pacer_sent(&pacer, 0);
    pgaii_pacer_sent(&pacer, 0);
    pgaii_pacer_sent(&pacer, 0);
    answered(&pacer, 50, &newer, -1);
    answered(&pacer, 60, &older, -1);
    /* One is still out, and of the one request left none is free. */
    assert_int_equal(pgaii_pacer_peek(&pacer, 60), 60 + 61000);
    /* Also when an older response is the last to come. */
    older.remaining = 5;
    answered(&pacer, 70, &older, -1);
    assert_int_equal(pacer.remaining, 1);
    /* What is sent afterwards is newer than all of them. */
    exchange(&pacer, 100, told(60, 9, 60000));
    assert_int_equal(pacer.remaining, 9);
}

static void behind_the_reset_one_request_asks_what_is_left(void **state)
{
    pgaii_pacer pacer;
    pgaii_headers left = told(60, 1, 60000);

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(60, 0, 30000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 31010), 31010);
    pgaii_pacer_sent(&pacer, 31010);
    assert_int_equal(pgaii_pacer_peek(&pacer, 31020), 31020 + 100);
    answered(&pacer, 31050, &left, -1);
    assert_int_equal(pgaii_pacer_peek(&pacer, 31050), 31050);
    pgaii_pacer_sent(&pacer, 31050);
    assert_int_equal(pgaii_pacer_peek(&pacer, 31060), 31050 + 61000);
}

static void a_surprising_429_keeps_a_reserve(void **state)
{
    pgaii_pacer pacer;
    pgaii_headers left = told(60, 3, 60000);

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(60, 3, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 100), 100);
    pgaii_pacer_sent(&pacer, 100);
    answered(&pacer, 110, &left, 5000);
    assert_int_equal(pgaii_pacer_peek(&pacer, 200), 110 + 61000);
    exchange(&pacer, 70000, told(60, 4, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 70100), 70100);
    exchange(&pacer, 70100, told(60, 3, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 70200), 70110 + 61000);
    exchange(&pacer, 400000, told(60, 3, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 400100), 400100);
}

static void a_429_holds_all_calls_but_not_for_good(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    pgaii_pacer_sent(&pacer, 0);
    answered(&pacer, 10, &silent, 7000);
    assert_int_equal(pgaii_pacer_peek(&pacer, 20), 7010);
    pgaii_pacer_sent(&pacer, 7010);
    answered(&pacer, 7020, &silent, 9999999999000);
    assert_int_equal(pgaii_pacer_peek(&pacer, 7030), 7020 + 120000);
}

static void a_lower_limit_is_taken_over(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t i = 0; i < 10; i++)
        exchange(&pacer, i, told(60, -1, -1));
    exchange(&pacer, 10, told(11, -1, -1));
    assert_int_equal(pgaii_pacer_peek(&pacer, 100), 60010);
}

static void large_limits_fit_the_ring(void **state)
{
    pgaii_pacer pacer;
    int64_t sent = 0;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(1000, -1, -1));
    for (int64_t now = 1; now < 59000; now++) {
        if (pgaii_pacer_peek(&pacer, now) == now) {
            exchange(&pacer, now, told(1000, -1, -1));
            sent++;
        }
    }
    /* Each slot stands for 8 receipts, so at most 8 are given away. */
    assert_in_range(sent, 990, 999);
}

/* A limiter that lets every other window through only: bursts get half of the rate limit.
 */
static int64_t sent_in(pgaii_pacer *pacer, int64_t from, int64_t to)
{
    int64_t count = 0;
    int64_t now = from;

    while (now < to) {
        int64_t ready = pgaii_pacer_ready_at(pacer, now);

        if (ready > now) {
            now = ready;
            continue;
        }
        exchange(pacer, now, told(60, (count + 1) % 60 == 0 ? 0 : 59, 119000));
        now += 20;
        count++;
    }
    return count;
}

static void bursts_that_do_not_pay_are_spaced_out(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    assert_in_range(sent_in(&pacer, 0, 250000), 121, 180);
    assert_true(pacer.spaced);
    pacer.remaining = -1;
    exchange(&pacer, 400000, told(60, 50, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 400010), 400000 + 60000 / 57 + 1);
}

static void a_caller_who_never_waits_is_not_spaced(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t minute = 0; minute < 10; minute++) {
        for (int64_t i = 0; i < 20; i++) {
            int64_t now = minute * 60000 + i * 10;

            assert_int_equal(pgaii_pacer_ready_at(&pacer, now), now);
            exchange(&pacer, now, told(60, 40, 30000));
        }
    }
}

static void a_saved_state_goes_on_alike(void **state)
{
    unsigned char saved[PGAII_PACER_STATE_SIZE];
    pgaii_pacer pacer;
    pgaii_pacer copy;
    size_t length;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t i = 0; i < 200; i++)
        exchange(&pacer, 1000 * i, told(60, 30, 30000));
    pgaii_pacer_sent(&pacer, 200500);
    assert_true(pacer.fresh);
    length = pgaii_pacer_save(&pacer, saved);
    assert_in_range(length, 100, 600);
    pgaii_pacer_init(&copy);
    assert_true(pgaii_pacer_load(&copy, saved, length));
    assert_true(copy.fresh);
    for (int64_t now = 201000; now < 300000; now += 777) {
        assert_int_equal(pgaii_pacer_ready_at(&copy, now),
                         pgaii_pacer_ready_at(&pacer, now));
        exchange(&pacer, now, told(60, 30, 30000));
        exchange(&copy, now, told(60, 30, 30000));
    }
    for (size_t cut = 0; cut < length; cut++)
        assert_false(pgaii_pacer_load(&copy, saved, cut));
}

static void a_state_that_cannot_be_is_refused(void **state)
{
    unsigned char saved[PGAII_PACER_STATE_SIZE];
    pgaii_pacer pacer;
    pgaii_pacer copy;
    size_t length;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 1000, told(60, 30, 30000));
    length = pgaii_pacer_save(&pacer, saved);
    pgaii_pacer_init(&copy);
    for (size_t number = 0; number < 12; number++) {
        unsigned char kept = saved[8 * number + 7];

        saved[8 * number + 7] = 0x7F;
        assert_false(pgaii_pacer_load(&copy, saved, length));
        saved[8 * number + 7] = kept;
    }
    assert_int_equal(copy.limit, 0);
    assert_true(pgaii_pacer_load(&copy, saved, length));
}

static void requests_of_a_process_that_died_are_forgotten(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    exchange(&pacer, 0, told(3, -1, -1));
    for (int64_t i = 1; i <= 3; i++)
        pgaii_pacer_sent(&pacer, 1000 * i);
    assert_true(pgaii_pacer_peek(&pacer, 100000) > 100000);
    assert_int_equal(pgaii_pacer_peek(&pacer, 123001), 123001);
    pgaii_pacer_sent(&pacer, 123001);
    assert_int_equal(pacer.in_flight, 1);
}

/* Those of one that dies every ten seconds, while others go on. */
static void requests_of_many_that_died_are_forgotten_meanwhile(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    for (int64_t now = 0; now < 3600000; now += 5000) {
        assert_int_equal(pgaii_pacer_peek(&pacer, now), now);
        exchange(&pacer, now, told(60, 50, 60000));
        if (now % 10000 == 0)
            pgaii_pacer_sent(&pacer, now);
    }
    assert_in_range(pacer.in_flight + pacer.in_flight_before, 6, 12);
}

/* Also where a period lies between it and its request. */
static void a_late_response_is_no_others(void **state)
{
    pgaii_headers headers = told(60, 50, 60000);
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    pgaii_pacer_sent(&pacer, 59000);
    pgaii_pacer_sent(&pacer, 61000);
    pgaii_pacer_answered(&pacer, 59000, 62000, &headers, -1);
    assert_int_equal(pacer.in_flight, 1);
    assert_int_equal(pacer.in_flight_before, 0);
    pgaii_pacer_sent(&pacer, 121000);
    pgaii_pacer_sent(&pacer, 181000);
    pgaii_pacer_answered(&pacer, 61000, 182000, &headers, -1);
    assert_int_equal(pacer.in_flight, 1);
    assert_int_equal(pacer.in_flight_before, 1);
}

/* Send `count` requests as soon as they may leave, with responses that take no time. */
static int64_t send_all(pgaii_pacer *pacer, int64_t now, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        pgaii_headers headers = told(pacer->limit, -1, -1);

        now = pgaii_pacer_ready_at(pacer, now);
        pgaii_pacer_sent(pacer, now);
        answered(pacer, now, &headers, -1);
    }
    return now;
}

static void the_last_of_many_is_foretold(void **state)
{
    (void)state;
    for (int64_t limit = 1; limit <= 60; limit++) {
        for (int64_t before = 0; before < 2 * limit; before += 7) {
            pgaii_pacer pacer;
            int64_t now = 10;

            pgaii_pacer_init(&pacer);
            exchange(&pacer, 0, told(limit, -1, -1));
            for (int64_t i = 0; i < before; i++)
                now = send_all(&pacer, now + 37, 1);
            for (int64_t count = 1; count < 5 * limit; count += 3) {
                pgaii_pacer copy = pacer;

                copy.spaced = pacer.spaced = false;
                copy.demand_since = pacer.demand_since = now;
                if (count * 60000 / limit < 150000) /* before it is spaced */
                    assert_int_equal(pgaii_pacer_peek_last(&pacer, now, count),
                                     send_all(&copy, now, count));
            }
        }
    }
}

static void the_last_of_many_waits_for_what_is_left_and_for_others(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 5, INT64_MAX), 5);
    exchange(&pacer, 0, told(60, 2, 20000));
    pgaii_pacer_sent(&pacer, 100);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 1), 100);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 2), 10 + 20000 + 1000);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 58), 10 + 20000 + 1000);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 59), 60010);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 62), 10 + 21000 + 60000);
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, INT64_MAX), INT64_MAX);
    pacer.spaced = true;
    assert_int_equal(pgaii_pacer_peek_last(&pacer, 100, 120), 100 + 120 * 1053);
}

/* Processes that share a pacer read the clock before they have its lock. */
static void receipts_that_come_out_of_order_are_saved(void **state)
{
    unsigned char saved[PGAII_PACER_STATE_SIZE];
    pgaii_headers headers = told(2, -1, -1);
    pgaii_pacer pacer, copy;
    size_t length;

    (void)state;
    pgaii_pacer_init(&pacer);
    pgaii_pacer_sent(&pacer, 1000);
    pgaii_pacer_sent(&pacer, 1000);
    answered(&pacer, 2000, &headers, -1);
    answered(&pacer, 1990, &headers, -1);
    length = pgaii_pacer_save(&pacer, saved);
    pgaii_pacer_init(&copy);
    assert_true(pgaii_pacer_load(&copy, saved, length));
    assert_int_equal(pgaii_pacer_peek(&copy, 3000), 62000);
}

static void a_part_of_the_limit_is_used_evenly(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    pacer.share = 0.125;
    exchange(&pacer, 1000, told(60, 50, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 1020), 1000 + 60000 / 6.5 + 1);
    assert_int_equal(pgaii_pacer_peek(&pacer, 20000), 20000);
    pacer.share = 0.5;
    assert_int_equal(pgaii_pacer_peek(&pacer, 1020), 1000 + 60000 / 28.5 + 1);
}

static void a_part_of_an_unknown_limit_is_asked_for_by_one_request(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    pacer.share = 0.125;
    pgaii_pacer_sent(&pacer, 0);
    assert_int_equal(pgaii_pacer_peek(&pacer, 5), 105);
    failed(&pacer, 10, false);
    assert_int_equal(pgaii_pacer_peek(&pacer, 10), 10);
    exchange(&pacer, 10, silent);
    pgaii_pacer_sent(&pacer, 20);
    assert_int_equal(pgaii_pacer_peek(&pacer, 20), 20);
}

static void a_part_below_one_request_is_one(void **state)
{
    pgaii_pacer pacer;

    (void)state;
    pgaii_pacer_init(&pacer);
    pacer.share = 1e-300;
    exchange(&pacer, 0, told(60, 50, 60000));
    assert_int_equal(pgaii_pacer_peek(&pacer, 20), 60010);
    assert_int_equal(pgaii_pacer_peek(&pacer, 60010), 60010);
}

/* With a large limit, too: the ring is as fine as the part. */
static void a_part_of_a_large_limit_is_used(void **state)
{
    pgaii_pacer pacer;
    int64_t sent = 0;

    (void)state;
    pgaii_pacer_init(&pacer);
    pacer.share = 0.001;
    for (int64_t now = 0; now < 600000; now += 10) {
        if (pgaii_pacer_ready_at(&pacer, now) > now)
            continue;
        exchange(&pacer, now, told(10000, 5000, 60000));
        sent++;
    }
    assert_in_range(sent, 89, 91);
}

static void a_share_is_not_saved(void **state)
{
    unsigned char saved[PGAII_PACER_STATE_SIZE];
    pgaii_pacer pacer, other;
    size_t length;

    (void)state;
    pgaii_pacer_init(&pacer);
    pacer.share = 0.5;
    exchange(&pacer, 0, told(60, 50, 60000));
    length = pgaii_pacer_save(&pacer, saved);
    pgaii_pacer_init(&other);
    other.share = 0.25;
    assert_true(pgaii_pacer_load(&other, saved, length));
    assert_true(other.share == 0.25);
    assert_int_equal(other.limit, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_nothing_is_held_back),
        cmocka_unit_test(a_window_holds_no_more_than_the_limit),
        cmocka_unit_test(requests_on_their_way_count),
        cmocka_unit_test(nothing_left_means_waiting_for_the_reset),
        cmocka_unit_test(an_absurd_reset_is_cut_to_two_windows),
        cmocka_unit_test(responses_may_overtake_each_other),
        cmocka_unit_test(behind_the_reset_one_request_asks_what_is_left),
        cmocka_unit_test(a_surprising_429_keeps_a_reserve),
        cmocka_unit_test(a_429_holds_all_calls_but_not_for_good),
        cmocka_unit_test(a_lower_limit_is_taken_over),
        cmocka_unit_test(large_limits_fit_the_ring),
        cmocka_unit_test(bursts_that_do_not_pay_are_spaced_out),
        cmocka_unit_test(a_caller_who_never_waits_is_not_spaced),
        cmocka_unit_test(a_saved_state_goes_on_alike),
        cmocka_unit_test(a_state_that_cannot_be_is_refused),
        cmocka_unit_test(requests_of_a_process_that_died_are_forgotten),
        cmocka_unit_test(requests_of_many_that_died_are_forgotten_meanwhile),
        cmocka_unit_test(a_late_response_is_no_others),
        cmocka_unit_test(the_last_of_many_is_foretold),
        cmocka_unit_test(the_last_of_many_waits_for_what_is_left_and_for_others),
        cmocka_unit_test(receipts_that_come_out_of_order_are_saved),
        cmocka_unit_test(a_part_of_the_limit_is_used_evenly),
        cmocka_unit_test(a_part_of_an_unknown_limit_is_asked_for_by_one_request),
        cmocka_unit_test(a_part_below_one_request_is_one),
        cmocka_unit_test(a_part_of_a_large_limit_is_used),
        cmocka_unit_test(a_share_is_not_saved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
