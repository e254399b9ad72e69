/* Events: which ones a call keeps, and their words. */
#include <pgai/event.h>

#include "protocol/call.h"
#include "support/session.h"
#include "support/unit.h"

static pgai_session *session;
static pgai_call *call;
static pgai_event event;

static int set_up(void **state)
{
    (void)state;
    session = session_make();
    call = NULL;
    event = (pgai_event)PGAI_EVENT_INIT;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pgai_call_free(call);
    pgai_session_free(session);
    return 0;
}

static void start_get(void)
{
    assert_int_equal(pgai_call_new_get(session, "c1", NULL, &call, NULL), PGAI_OK);
}

static void assert_next(pgai_event_kind kind)
{
    assert_int_equal(pgai_call_event(call, &event), 1);
    assert_string_equal(pgai_event_name(event.kind), pgai_event_name(kind));
}

static void assert_none(void)
{
    assert_int_equal(pgai_call_event(call, &event), 0);
}

static void without_a_listener_nothing_is_noted(void **state)
{
    (void)state;
    start_get();
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    session_fail(call, 5, PGAI_CONNECTION_LOST, 1);
    assert_none();
    assert_null(call->notes);
}

static void calls_of_a_session_are_numbered(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= 2; number++) {
        pgai_call_free(call);
        start_get();
        assert_int_equal(pgai_call_listen(call), 1);
        assert_int_equal(pgai_call_listen(call), 1);
        assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
        assert_next(PGAI_EVENT_REQUEST);
        assert_int_equal(event.call, number);
    }
}

static void a_request_that_is_given_up_has_a_response(void **state)
{
    (void)state;
    start_get();
    assert_int_equal(pgai_call_listen(call), 1);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    pgai_call_request(call);
    pgai_call_cancel(call, 7, PGAI_CANCELLED);
    assert_next(PGAI_EVENT_REQUEST);
    assert_next(PGAI_EVENT_RESPONSE);
    assert_int_equal(event.status, PGAI_CANCELLED);
    assert_int_equal(event.elapsed_ms, 7);
    assert_none();
}

/* The call asks again and again; in between, others of its session are answered. */
static void a_wait_is_told_once(void **state)
{
    int64_t until;

    (void)state;
    start_get();
    assert_int_equal(pgai_call_listen(call), 1);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    session_response(call, 0, 429, "", "Retry-After", "7", NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pgai_call_next(call, 100 * i), PGAI_STEP_WAIT);
    until = pgai_call_wait_until(call);
    assert_next(PGAI_EVENT_REQUEST);
    assert_next(PGAI_EVENT_RESPONSE);
    assert_next(PGAI_EVENT_RETRY);
    assert_next(PGAI_EVENT_WAIT);
    assert_int_equal(event.wait_ms, until);
    assert_none();
    call->not_before += 999;
    assert_int_equal(pgai_call_next(call, 300), PGAI_STEP_WAIT);
    assert_none();
    call->not_before++;
    assert_int_equal(pgai_call_next(call, 400), PGAI_STEP_WAIT);
    assert_next(PGAI_EVENT_WAIT);
    assert_int_equal(event.wait_ms, until + 1000 - 400);
}

static void the_last_eight_are_kept(void **state)
{
    int64_t now = 0;

    (void)state;
    start_get();
    assert_int_equal(pgai_call_listen(call), 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pgai_call_next(call, now), PGAI_STEP_SEND);
        session_fail(call, now, PGAI_CONNECTION_LOST, 1);
        assert_int_equal(pgai_call_next(call, now), PGAI_STEP_WAIT);
        now = pgai_call_wait_until(call);
    }
    /* Twelve happened: the first four, of the first request, are gone. */
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pgai_call_event(call, &event), 1);
        assert_true(event.attempt > 1);
    }
    assert_none();
}

static void an_event_is_filled_as_far_as_it_goes(void **state)
{
    (void)state;
    start_get();
    assert_int_equal(pgai_call_listen(call), 1);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    event.struct_size = offsetof(pgai_event, attempt);
    event.attempt = 77;
    assert_next(PGAI_EVENT_REQUEST);
    assert_text(event.path, "/contacts/c1");
    assert_int_equal(event.attempt, 77);
}

static void assert_words(pgai_level level, const char *words)
{
    char text[PGAI_EVENT_TEXT_SIZE];

    event.call = 3;
    event.method = "GET";
    event.path = (pgai_text){"/contacts", 9};
    event.attempt = 2;
    pgai_event_text(&event, text);
    assert_string_equal(text, words);
    assert_int_equal(pgai_event_level(&event), level);
    event = (pgai_event)PGAI_EVENT_INIT;
}

static void each_kind_has_words(void **state)
{
    (void)state;
    assert_words(PGAI_LEVEL_DEBUG, "#3 GET /contacts: request 2");
    event.kind = PGAI_EVENT_RESPONSE;
    event.http_status = 200;
    event.elapsed_ms = 12;
    event.bytes = 345;
    event.limit = 100;
    event.remaining = 98;
    assert_words(PGAI_LEVEL_DEBUG, "#3 GET /contacts: 200 after 12 ms, 345 bytes, 98 of "
                                   "100 requests left");
    event.kind = PGAI_EVENT_RESPONSE;
    event.status = PGAI_TIMEOUT;
    assert_words(PGAI_LEVEL_DEBUG, "#3 GET /contacts: timeout after 0 ms, 0 bytes");
    event.kind = PGAI_EVENT_RETRY;
    event.status = PGAI_SERVER;
    event.http_status = 503;
    event.wait_ms = 1500;
    assert_words(PGAI_LEVEL_WARNING,
                 "#3 GET /contacts: 503; request 3 follows in 1.500 s");
    event.kind = PGAI_EVENT_RETRY;
    event.status = PGAI_DECODE;
    event.http_status = 200;
    assert_words(PGAI_LEVEL_WARNING,
                 "#3 GET /contacts: 200, decode; request 3 follows in 0.000 s");
    event.kind = PGAI_EVENT_WAIT;
    event.wait_ms = 999;
    assert_words(PGAI_LEVEL_DEBUG, "#3 GET /contacts: waits 0.999 s to keep to the rate "
                                   "limit");
    event.kind = PGAI_EVENT_WAIT;
    event.cause = PGAI_WAIT_LIMITED;
    event.wait_ms = 1000;
    assert_words(PGAI_LEVEL_INFO, "#3 GET /contacts: waits 1.000 s since the rate limit "
                                  "was exceeded");
    event.kind = PGAI_EVENT_PAGE;
    event.page = 4;
    event.contacts = 50;
    event.total = 1234;
    assert_words(PGAI_LEVEL_DEBUG, "#3 GET /contacts: page 4, 50 contacts of 1234");
}

static void long_paths_are_cut(void **state)
{
    char path[2000];
    char text[PGAI_EVENT_TEXT_SIZE];

    (void)state;
    memset(path, 'x', sizeof(path));
    event.method = "GET";
    event.path = (pgai_text){path, sizeof(path)};
    pgai_event_text(&event, text);
    assert_contains(text, ": request 0");
}

static void levels_have_names(void **state)
{
    static const char *const right[] = {"debug", "INFO", "Warning"};
    pgai_error error = PGAI_ERROR_INIT;
    pgai_level level = PGAI_LEVEL_DEBUG;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pgai_level_read(right[i], &level, &error), PGAI_OK);
        assert_int_equal(level, i);
    }
    assert_int_equal(pgai_level_read("trace", &level, &error), PGAI_USAGE);
    assert_int_equal(level, PGAI_LEVEL_WARNING);
    assert_string_equal(error.message,
                        "PGAI_LOG is \"trace\", which is no level, so nothing is logged: "
                        "set it to debug, info or warning");
    assert_int_equal(pgai_level_read(NULL, &level, &error), PGAI_USAGE);
    assert_string_equal(pgai_level_name(PGAI_LEVEL_INFO), "info");
    assert_null(pgai_level_name((pgai_level)9));
    assert_null(pgai_event_name((pgai_event_kind)9));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_listener_nothing_is_noted),
        TEST(calls_of_a_session_are_numbered),
        TEST(a_request_that_is_given_up_has_a_response),
        TEST(a_wait_is_told_once),
        TEST(the_last_eight_are_kept),
        TEST(an_event_is_filled_as_far_as_it_goes),
        TEST(each_kind_has_words),
        TEST(long_paths_are_cut),
        TEST(levels_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
