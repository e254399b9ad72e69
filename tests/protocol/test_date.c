/* Dates of HTTP, in all their forms. */
#include "protocol/date.h"
#include "protocol/text.h"
#include "support/unit.h"

static void dates_in_all_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Sunday, 06-Nov-31 08:49:37 GMT", 1951721377},
        {"1994-11-06T08:49:37Z", 784111777},
        {"1994-11-06T08:49:37.999Z", 784111777},
        {"1994-11-06T10:19:37+01:30", 784111777},
        {"1994-11-06T03:49:37-05:00", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Tue, 29 Feb 2028 23:59:60 GMT", 1835481600},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t seconds = -7;

        if (!pgaii_date_parse(pgaii_text(cases[i].text), &seconds))
            fail_msg("refused: %s", cases[i].text);
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void what_is_no_date(void **state)
{
    const char *const cases[] = {"",
                                 "now",
                                 "Sun, 06 Nov 1994 08:49:37",
                                 "06 Nov 1994",
                                 "Sun, 06 Xxx 1994 08:49:37 GMT",
                                 "Sun, 32 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:37 GMT x",
                                 "1994-11-06",
                                 "1994-11-06T08:49:37",
                                 "1994-11-06T08:49:37+1",
                                 "1994-11-06T08:49:37+01:30x",
                                 "1994-11-06T08:49:37.5",
                                 ", 06 Nov 1994 08:49:37 GMT",
                                 "Sun,06 Nov 1994 08:49:37 GMT",
                                 "Sun, +6 Nov 1994 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994 x",
                                 "Sun, 06 ovD 1994 08:49:37 GMT",
                                 "1969-11-06T08:49:37Z",
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    int64_t seconds = -7;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (pgaii_date_parse(pgaii_text(cases[i]), &seconds))
            fail_msg("accepted: %s", cases[i]);
    }
    assert_false(
        pgaii_date_parse((pgai_text){"Sun, 06 Nov 1994\0 08:49:37 GMT", 30}, &seconds));
    assert_int_equal(seconds, -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_in_all_forms),
        cmocka_unit_test(what_is_no_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
