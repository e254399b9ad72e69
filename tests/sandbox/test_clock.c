/* Dates, and clocks that can be moved. */
#include "support/unit.h"

#include "sandbox/clock.h"

static void assert_dates(int64_t ms, const char *http, const char *iso)
{
    char http_date[PGAII_HTTP_DATE_SIZE];
    char iso_date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_http_date(ms, http_date);
    pgaii_clock_iso_date(ms, iso_date);
    assert_string_equal(http_date, http);
    assert_string_equal(iso_date, iso);
}

static void test_dates(void **state)
{
    (void)state;
    assert_dates(0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z");
    assert_dates(INT64_C(784111777999), "Sun, 06 Nov 1994 08:49:37 GMT",
                 "1994-11-06T08:49:37Z");
    assert_dates(INT64_C(1709210096000), "Thu, 29 Feb 2024 12:34:56 GMT",
                 "2024-02-29T12:34:56Z");
    assert_dates(PGAII_MAX_CLOCK_MS, "Fri, 31 Dec 9999 23:59:59 GMT",
                 "9999-12-31T23:59:59Z");
}

/* Both ends of 64 bits, and of what dates on the wire can say. */
static void test_later_times(void **state)
{
    (void)state;
    assert_int_equal(pgaii_clock_later_ms(1000, 2), 3000);
    assert_int_equal(pgaii_clock_later_ms(1000, -1), 0);
    assert_int_equal(pgaii_clock_later_ms(1000, -2), 0);
    assert_int_equal(pgaii_clock_later_ms(PGAII_MAX_CLOCK_MS, 1), PGAII_MAX_CLOCK_MS);
    assert_int_equal(pgaii_clock_later_ms(1000, INT64_MAX), PGAII_MAX_CLOCK_MS);
    assert_int_equal(pgaii_clock_later_ms(1000, INT64_MAX / 1000), PGAII_MAX_CLOCK_MS);
    assert_int_equal(pgaii_clock_later_ms(1000, INT64_MIN), 0);
}

static void test_the_steady_clock_goes_on(void **state)
{
    int64_t before = pgaii_clock_steady_ms();

    (void)state;
    assert_true(pgaii_clock_steady_ms() >= before);
    assert_true(pgaii_clock_wall_ms() > INT64_C(1700000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_later_times),
        cmocka_unit_test(test_the_steady_clock_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
