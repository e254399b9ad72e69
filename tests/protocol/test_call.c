/* Calls step by step: deadlines, waits, cancellation, and what they refuse. */
#include <stdlib.h>

#include "protocol/call.h"
#include "protocol/time.h"
#include "support/session.h"
#include "support/unit.h"

typedef struct fixture {
    pgai_session *session;
    pgai_call *call;
} fixture;

static int set_up(void **state)
{
    static fixture one;

    one.session = session_make();
    one.call = NULL;
    *state = &one;
    return 0;
}

static int tear_down(void **state)
{
    fixture *one = *state;

    pgai_call_free(one->call);
    pgai_session_free(one->session);
    return 0;
}

static void start_get(fixture *one, const pgai_call_options *options)
{
    assert_int_equal(pgai_call_new_get(one->session, "c1", options, &one->call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
}

static void a_call_is_sent_once_per_step(void **state)
{
    fixture *one = *state;
    pgai_contact *contact;

    start_get(one, NULL);
    pgai_call_request(one->call);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_RESPONSE);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_RESPONSE);
    session_response(one->call, 5, 200, "{\"id\":\"C1\"}", NULL);
    assert_int_equal(pgai_call_next(one->call, 5), PGAI_STEP_DONE);
    /* What comes after the end changes nothing. */
    session_response(one->call, 6, 500, "", NULL);
    session_fail(one->call, 6, PGAI_TIMEOUT, 1);
    pgai_call_cancel(one->call, 6, PGAI_CANCELLED);
    assert_int_equal(pgai_call_next(one->call, 6), PGAI_STEP_DONE);
    assert_null(pgai_call_take_page(one->call));
    contact = pgai_call_take_contact(one->call);
    assert_text(pgai_contact_text(contact, PGAI_ID), "C1");
    assert_null(pgai_call_take_contact(one->call));
    pgai_contact_free(contact);
}

/* Whoever asks just to see whether it is over has not sent anything by that. */
static void asking_twice_changes_nothing(void **state)
{
    fixture *one = *state;

    start_get(one, NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
    assert_int_equal(pgai_call_next(one->call, 119999), PGAI_STEP_SEND);
    assert_int_equal(pgai_call_requests(one->call), 1);
    assert_int_equal(pgai_call_next(one->call, 120000), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_TIMEOUT);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
}

static void a_deadline_holds_while_a_response_is_awaited(void **state)
{
    fixture *one = *state;

    start_get(one, NULL);
    pgai_call_request(one->call);
    assert_int_equal(pgai_call_next(one->call, 119999), PGAI_STEP_RESPONSE);
    assert_int_equal(pgai_call_next(one->call, 120000), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_TIMEOUT);
    session_response(one->call, 120001, 200, "{\"id\":\"c1\"}", NULL);
    assert_int_equal(pgai_call_next(one->call, 120001), PGAI_STEP_FAILED);
}

/* One that nobody took was not sent; one that was taken may have arrived. */
static void a_create_past_its_deadline_may_have_happened(void **state)
{
    static const pgai_status expected[] = {PGAI_TIMEOUT, PGAI_OUTCOME_UNKNOWN};
    fixture *one = *state;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

    fields.first_name = "Sarah";
    for (int taken = 0; taken < 2; taken++) {
        pgai_call_free(one->call);
        assert_int_equal(
            pgai_call_new_create(one->session, &fields, NULL, &one->call, NULL), PGAI_OK);
        assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
        if (taken)
            pgai_call_request(one->call);
        assert_int_equal(pgai_call_next(one->call, 120000), PGAI_STEP_FAILED);
        assert_int_equal(pgai_call_error(one->call)->status, expected[taken]);
    }
}

/* A clock may show anything, and the service ask for anything. */
static void times_at_the_ends_of_64_bits_overflow_nothing(void **state)
{
    static const int64_t times[] = {INT64_MIN, -1, 0, INT64_MAX - 1, INT64_MAX};
    static const char *const spans[] = {"9223372036854775807", "9223372036854775000",
                                        "1000000000001", "-9223372036854775808",
                                        "9999-12-31T23:59:59-99:99"};
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    pgai_rate_limit rate_limit = PGAI_RATE_LIMIT_INIT;

    options.deadline_ms = options.max_wait_ms = PGAI_FOREVER;
    for (size_t i = 0; i < COUNT(times) * COUNT(spans); i++) {
        int64_t now = times[i % COUNT(times)];

        pgai_call_free(one->call);
        options.no_pacing = 1;
        assert_int_equal(
            pgai_call_new_get(one->session, "c1", &options, &one->call, NULL), PGAI_OK);
        assert_int_equal(pgai_call_next(one->call, now), PGAI_STEP_SEND);
        session_response(one->call, now, 429, "", "Date", "Thu, 01 Jan 1970 00:00:00 GMT",
                         "X-RateLimit-Reset", spans[i / COUNT(times)], NULL);
        assert_true(pgai_call_error(one->call)->retry_after_ms >= 0);
        assert_int_equal(pgai_call_next(one->call, now), PGAI_STEP_WAIT);
        assert_true(pgai_call_wait_until(one->call) >= pgaii_time(now));
        assert_true(pgai_session_ready_at(one->session, now) >= pgaii_time(now));
        pgai_session_rate_limit(one->session, now, &rate_limit);
    }
}

static void a_single_attempt_is_a_single_request(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.max_attempts = 1;
    start_get(one, &options);
    session_response(one->call, 0, 429, "", "Retry-After", "2", NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_RATE_LIMITED);
    assert_int_equal(pgai_call_error(one->call)->retry_after_ms, 2000);
    assert_int_equal(pgai_call_error(one->call)->requests, 1);
}

static void a_response_before_the_request_is_ignored(void **state)
{
    fixture *one = *state;

    assert_int_equal(pgai_call_new_get(one->session, "c1", NULL, &one->call, NULL),
                     PGAI_OK);
    session_response(one->call, 0, 200, "{\"id\":\"c1\"}", NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
}

static void timeouts_shrink_with_the_deadline(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    const pgai_request *request;

    options.deadline_ms = 35000;
    start_get(one, &options);
    request = pgai_call_request(one->call);
    assert_int_equal(request->timeout_ms, 30000);
    assert_int_equal(request->connect_timeout_ms, 10000);
    session_fail(one->call, 28000, PGAI_TIMEOUT, 1);
    assert_int_equal(pgai_call_next(one->call, 28000), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_next(one->call, 30000), PGAI_STEP_SEND);
    assert_int_equal(request->timeout_ms, 5000);
    assert_int_equal(request->connect_timeout_ms, 5000);
}

static void out_of_time_tells_the_first_cause(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.deadline_ms = 2000;
    start_get(one, &options);
    session_response(one->call, 100, 503, "{\"error\":\"first\"}", NULL);
    assert_int_equal(pgai_call_next(one->call, 100), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_wait_cause(one->call), PGAI_WAIT_BACKOFF);
    assert_int_equal(pgai_call_next(one->call, 1800), PGAI_STEP_SEND);
    session_fail(one->call, 2000, PGAI_TIMEOUT, 1);
    assert_int_equal(pgai_call_next(one->call, 2000), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_SERVER);
    assert_string_equal(pgai_call_error(one->call)->message, "first");
    assert_int_equal(pgai_call_error(one->call)->requests, 2);
}

static void a_deadline_that_passes_while_waiting_is_a_timeout(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.deadline_ms = 1000;
    assert_int_equal(pgai_call_new_get(one->session, "c1", &options, &one->call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
    session_response(one->call, 0, 429, "", "Retry-After", "0", NULL);
    assert_int_equal(pgai_call_next(one->call, 5000), PGAI_STEP_FAILED);
}

static void pacing_beyond_max_wait_fails_at_once(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    const pgai_error *error;

    options.max_wait_ms = 5000;
    start_get(one, NULL);
    session_response(one->call, 0, 200, "{\"id\":\"c1\"}", "X-RateLimit-Limit", "60",
                     "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "30", NULL);
    pgai_call_free(one->call);
    assert_int_equal(pgai_call_new_get(one->session, "c1", &options, &one->call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(one->call, 1000), PGAI_STEP_FAILED);
    error = pgai_call_error(one->call);
    assert_int_equal(error->status, PGAI_RATE_LIMITED);
    assert_int_equal(error->retry_after_ms, 30000);
    assert_int_equal(error->requests, 0);
    assert_int_equal(error->http_status, 0);
}

static void pacing_can_be_turned_off(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.no_pacing = 1;
    start_get(one, NULL);
    session_response(one->call, 0, 200, "{\"id\":\"c1\"}", "X-RateLimit-Limit", "60",
                     "X-RateLimit-Remaining", "0", NULL);
    pgai_call_free(one->call);
    assert_int_equal(pgai_call_new_get(one->session, "c1", &options, &one->call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(one->call, 1), PGAI_STEP_SEND);
}

static void cancelling_before_and_after_sending(void **state)
{
    fixture *one = *state;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

    assert_int_equal(pgai_call_new_create(one->session, &fields, NULL, &one->call, NULL),
                     PGAI_OK);
    pgai_call_cancel(one->call, 0, PGAI_CANCELLED);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_CANCELLED);
    assert_int_equal(pgai_call_error(one->call)->outcome_unknown, 0);
    pgai_call_free(one->call);
    assert_int_equal(pgai_call_new_create(one->session, &fields, NULL, &one->call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_SEND);
    pgai_call_cancel(one->call, 0, PGAI_CANCELLED);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_OUTCOME_UNKNOWN);
    assert_int_equal(pgai_call_error(one->call)->outcome_unknown, 1);
}

static void a_body_beyond_the_maximum_is_refused(void **state)
{
    static char huge[8 * 1024 * 1024 + 2];
    fixture *one = *state;

    start_get(one, NULL);
    memset(huge, ' ', sizeof(huge) - 1);
    session_response(one->call, 0, 200, huge, NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(one->call)->status, PGAI_TOO_LARGE);
}

static void a_body_can_be_handed_over(void **state)
{
    fixture *one = *state;
    pgai_response response = {200, NULL, 0, {NULL, 0}};
    pgaii_buffer body;

    start_get(one, NULL);
    pgaii_buffer_init(&body, 100);
    pgaii_buffer_add_string(&body, "{\"id\":\"c1\"}");
    pgaii_call_feed_take(one->call, 0, &response, &body);
    assert_null(body.data);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_DONE);
}

static void negative_limits_are_refused(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;

    options.timeout_ms = -1;
    assert_int_equal(pgai_call_new_get(one->session, "c1", &options, &one->call, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "timeout_ms is -1");
    assert_null(one->call);
    assert_int_equal(pgai_call_new_get(NULL, "c1", NULL, &one->call, &error), PGAI_USAGE);
    assert_int_equal(pgai_call_new_get(one->session, "c1", NULL, NULL, &error),
                     PGAI_USAGE);
}

static void waits_are_counted_by_cause(void **state)
{
    fixture *one = *state;

    start_get(one, NULL);
    session_response(one->call, 0, 429, "", "Retry-After", "2", NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_wait_cause(one->call), PGAI_WAIT_LIMITED);
    assert_in_range(pgai_call_wait_until(one->call), 2000, 3000);
    assert_int_equal(pgai_call_next(one->call, 1500), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_next(one->call, 3000), PGAI_STEP_SEND);
    session_response(one->call, 3000, 200, "{\"id\":\"c1\"}", NULL);
    assert_int_equal(one->call->stats.waited_ms[PGAI_WAIT_LIMITED], 3000);
    assert_int_equal(one->call->stats.requests, 2);
}

/* A part of the key would not be recognised, and so not be masked. */
static void words_about_bad_json_hold_no_part_of_the_key(void **state)
{
    fixture *one = *state;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.max_attempts = 1;
    start_get(one, &options);
    session_response(one->call, 0, 200, session_key, NULL);
    assert_int_equal(pgai_call_next(one->call, 0), PGAI_STEP_FAILED);
    assert_contains(pgai_call_error(one->call)->message, "line 1");
    assert_null(strstr(pgai_call_error(one->call)->message, "canary"));
}

/* A struct that is too short is refused by its size, and not read beyond it. */
static void options_that_are_too_short_are_not_read(void **state)
{
    fixture *one = *state;
    size_t *size = malloc(sizeof(*size));
    const void *options = size;
    pgai_error error = PGAI_ERROR_INIT;

    *size = sizeof(*size);
    assert_int_equal(pgai_call_new_list(one->session, options, NULL, &one->call, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "_INIT");
    assert_null(one->call);
    free(size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_is_sent_once_per_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asking_twice_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_holds_while_a_response_is_awaited,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_create_past_its_deadline_may_have_happened,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(times_at_the_ends_of_64_bits_overflow_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_single_attempt_is_a_single_request, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_response_before_the_request_is_ignored, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(timeouts_shrink_with_the_deadline, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(out_of_time_tells_the_first_cause, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_that_passes_while_waiting_is_a_timeout,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(pacing_beyond_max_wait_fails_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pacing_can_be_turned_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelling_before_and_after_sending, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_beyond_the_maximum_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_can_be_handed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(negative_limits_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_are_counted_by_cause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_about_bad_json_hold_no_part_of_the_key,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_that_are_too_short_are_not_read, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
