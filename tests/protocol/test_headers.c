/* What headers tell of the rate limit and of when to come back. */
#include "protocol/headers.h"
#include "protocol/text.h"
#include "support/unit.h"

static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT"; /* 784111777 */

/* Read a response that has a Date and one header more. */
static pgaii_headers read_one(const char *name, const char *value)
{
    const pgai_header headers[] = {{pgaii_text("Date"), pgaii_text(date)},
                                   {pgaii_text(name), pgaii_text(value)}};
    pgaii_headers out;

    pgaii_headers_read(&out, headers, 2);
    return out;
}

static void nothing_told_is_minus_one(void **state)
{
    pgaii_headers out;

    (void)state;
    pgaii_headers_read(&out, NULL, 0);
    assert_int_equal(out.retry_after_ms, -1);
    assert_int_equal(out.limit, -1);
    assert_int_equal(out.remaining, -1);
    assert_int_equal(out.reset_ms, -1);
    assert_null(out.request_id.data);
}

static void retry_after_in_each_form(void **state)
{
    static const struct {
        const char *value;
        int64_t expected;
    } cases[] = {
        {"12", 12000},
        {" 12 ", 12000},
        {"0", 0},
        {"1.2", 2000},
        {"-5", 0},
        {"99999999999999", 9999999999000},
        {"99999999999999999999999", 9999999999000},
        {"Sun, 06 Nov 1994 08:50:37 GMT", 60000},
        {"Sun, 06 Nov 1994 08:48:37 GMT", 0},
        {"soon", -1},
        {"", -1},
        {"-", -1},
        {"1.", -1},
        {"12s", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(read_one("Retry-After", cases[i].value).retry_after_ms,
                         cases[i].expected);
}

static void reset_in_each_form(void **state)
{
    static const struct {
        const char *value;
        int64_t expected;
    } cases[] = {
        {"30", 30000},
        {"0", 0},
        {"1994-11-06T08:50:07Z", 30000},
        {"1994-11-06T08:40:07Z", 0},
        {"tomorrow", -1},
        {"-3", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(read_one("X-RateLimit-Reset", cases[i].value).reset_ms,
                         cases[i].expected);
}

static void reset_as_a_time_is_told_by_its_size(void **state)
{
    const pgai_header headers[] = {
        {pgaii_text("x-ratelimit-reset"), pgaii_text("1768467660")},
        {pgaii_text("date"), pgaii_text("Thu, 15 Jan 2026 09:00:00 GMT")},
    };
    const pgai_header milliseconds[] = {
        {pgaii_text("x-ratelimit-reset"), pgaii_text("1768467660250")},
        {pgaii_text("date"), pgaii_text("Thu, 15 Jan 2026 09:00:00 GMT")},
    };
    pgaii_headers out;

    (void)state;
    pgaii_headers_read(&out, headers, 2);
    assert_int_equal(out.reset_ms, 60000);
    pgaii_headers_read(&out, milliseconds, 2);
    assert_int_equal(out.reset_ms, 60250);
    /* Without a Date to compare it to, a time says nothing: local clocks may be off. */
    pgaii_headers_read(&out, headers, 1);
    assert_int_equal(out.reset_ms, -1);
}

static void names_match_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(read_one("x-ratelimit-limit", "60").limit, 60);
    assert_int_equal(read_one("X-RATELIMIT-REMAINING", "7").remaining, 7);
    assert_text(read_one("X-Request-Id", " abc ").request_id, "abc");
    assert_text(read_one("CF-RAY", "ray").request_id, "ray");
    assert_text(read_one("Location", "https://b.example/").location,
                "https://b.example/");
    assert_int_equal(read_one("X-RateLimit-Limit", "many").limit, -1);
}

static void enormous_limits_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(read_one("X-RateLimit-Limit", "9223372036854775807").limit,
                     PGAII_MOST_REQUESTS);
    assert_int_equal(read_one("X-RateLimit-Remaining", "9223372036854775807").remaining,
                     PGAII_MOST_REQUESTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_told_is_minus_one),
        cmocka_unit_test(retry_after_in_each_form),
        cmocka_unit_test(reset_in_each_form),
        cmocka_unit_test(reset_as_a_time_is_told_by_its_size),
        cmocka_unit_test(names_match_in_any_case),
        cmocka_unit_test(enormous_limits_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
