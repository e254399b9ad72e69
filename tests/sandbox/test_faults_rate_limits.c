/* Faults of what headers tell about the rate limit. */
#include "support/unit.h"

#include <time.h>

#include "protocol/text.h"
#include "sandbox/faulty.h"

static void assert_header(pgai_sandbox *sandbox, const char *rule, const char *name,
                          const char *value)
{
    http_response response = faulty_list(sandbox, rule);
    const char *got = http_header(&response, name);

    assert_int_equal(response.status, 429);
    assert_string_equal(response.body, "{\"error\": \"Rate limit exceeded\"}");
    if (value)
        assert_string_equal(got, value);
    else
        assert_null(got);
    http_response_clear(&response);
}

#define LIMITED(parameters) "{\"fault\":\"rate_limited\"" parameters "}"

static int64_t reset_of(pgai_sandbox *sandbox, const char *rule)
{
    http_response response = faulty_list(sandbox, rule);
    const char *value = http_header(&response, "X-RateLimit-Reset");
    int64_t number = -1;

    assert_true(pgaii_text_number(pgaii_text(value), &number));
    http_response_clear(&response);
    return number;
}

static void test_forms_of_retry_after(void **state)
{
    http_response response;
    char date[64];

    assert_header(*state, LIMITED(""), "Retry-After", "1");
    assert_header(*state, LIMITED(",\"seconds\":7"), "Retry-After", "7");
    assert_header(*state, LIMITED(",\"retry_after\":\"none\""), "Retry-After", NULL);
    assert_header(*state, LIMITED(",\"retry_after\":\"garbage\""), "Retry-After", "soon");
    assert_header(*state, LIMITED(",\"retry_after\":\"negative\""), "Retry-After", "-1");
    assert_header(*state, LIMITED(",\"retry_after\":\"huge\""), "Retry-After",
                  "99999999999999999999");
    response = faulty_list(*state, LIMITED(",\"retry_after\":\"date\",\"seconds\":0"));
    snprintf(date, sizeof(date), "%s", http_header(&response, "Date"));
    assert_string_equal(http_header(&response, "Retry-After"), date);
    http_response_clear(&response);
}

static void test_forms_of_reset(void **state)
{
    int64_t now = time(NULL);
    http_response response;

    assert_in_range(reset_of(*state, LIMITED(",\"seconds\":100")), now + 99, now + 110);
    assert_in_range(reset_of(*state, LIMITED(",\"reset\":\"ms\",\"seconds\":100")),
                    (now + 99) * 1000, (now + 110) * 1000);
    assert_int_equal(reset_of(*state, LIMITED(",\"reset\":\"delta\",\"seconds\":100")),
                     100);
    assert_in_range(reset_of(*state, LIMITED(",\"reset\":\"past\"")), now - 3601,
                    now - 3590);
    assert_header(*state, LIMITED(",\"reset\":\"missing\""), "X-RateLimit-Reset", NULL);
    assert_header(*state, LIMITED(""), "X-RateLimit-Remaining", "0");
    response = faulty_list(*state, LIMITED(",\"reset\":\"iso\""));
    assert_int_equal(http_header(&response, "X-RateLimit-Reset")[10], 'T');
    http_response_clear(&response);
}

static void test_skew_moves_the_date_header(void **state)
{
    http_response right = faulty_list(*state, "[]");
    http_response wrong = faulty_list(*state, "{\"fault\":\"skew\",\"seconds\":86400}");
    char date[64];

    snprintf(date, sizeof(date), "%s", http_header(&right, "Date"));
    assert_string_not_equal(http_header(&wrong, "Date"), date);
    http_response_clear(&right);
    http_response_clear(&wrong);
}

/* What these faults tell stays a date of four digits, also where the clock ends. */
static void test_the_end_of_the_clock(void **state)
{
    static const struct {
        const char *rule;
        const char *header;
        const char *value;
    } cases[] = {
        {"{\"fault\":\"skew\",\"seconds\":86400}", "Date",
         "Fri, 31 Dec 9999 23:59:59 GMT"},
        {LIMITED(",\"retry_after\":\"date\",\"seconds\":86400"), "Retry-After",
         "Fri, 31 Dec 9999 23:59:59 GMT"},
        {LIMITED(",\"reset\":\"iso\",\"seconds\":86400"), "X-RateLimit-Reset",
         "9999-12-31T23:59:59Z"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        http_response response;

        faulty_add(*state, cases[i].rule);
        pgai_sandbox_advance(*state, INT64_MAX);
        response =
            http_once(pgai_sandbox_url(*state), "GET", FAULTY_LIST, "sandbox_key", NULL);
        assert_string_equal(http_header(&response, cases[i].header), cases[i].value);
        http_response_clear(&response);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms_of_retry_after),
        cmocka_unit_test(test_forms_of_reset),
        cmocka_unit_test(test_skew_moves_the_date_header),
        cmocka_unit_test(test_the_end_of_the_clock),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
