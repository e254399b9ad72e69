/* Calls driven together over one multi: none of them waits for another. */
#include "engine/clock.h"
#include "engine/drive.h"
#include "engine/process.h"
#include "protocol/call.h"
#include "support/peer.h"
#include "support/samples.h"
#include "support/unit.h"

enum { CALLS = 2 };

static peer *server;
static pgaii_route route;
static pgai_session *session;
static pgaii_drive drive;
static pgai_call *calls[CALLS];

static int setup(void **state)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_failure failure;

    (void)state;
    server = peer_start();
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    route = (pgaii_route){.proxy = {.url = (char *)"", .except = (char *)""}};
    assert_int_equal(pgaii_process_start(NULL), PGAI_OK);
    assert_int_equal(pgai_session_new(&options, &session, NULL), PGAI_OK);
    drive = (pgaii_drive){.multi = pgaii_multi_new(&route, NULL, &failure)};
    assert_non_null(drive.multi);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgaii_drive_cancel(&drive, PGAI_CANCELLED);
    pgaii_multi_free(drive.multi);
    pgaii_drive_clear(&drive);
    for (size_t i = 0; i < CALLS; i++) {
        pgai_call_free(calls[i]);
        calls[i] = NULL;
    }
    pgai_session_free(session);
    peer_stop(server);
    return 0;
}

/* Start all calls, each for a contact, which the peer answers in the order of the script;
 * those behind its end are never answered. */
static void start_calls(int http_status, const char *body)
{
    static char bytes[1024];
    peer_response script[CALLS] = {{NULL, 0, 0, NULL, PEER_STALL}};

    script[1] =
        (peer_response){bytes, peer_format(bytes, sizeof(bytes), http_status, NULL, body),
                        0, NULL, PEER_KEEP};
    peer_script(server, script, CALLS);
    for (size_t i = 0; i < CALLS; i++) {
        assert_int_equal(pgai_call_new_get(session, SAMPLE_ID, NULL, &calls[i], NULL),
                         PGAI_OK);
        assert_true(pgaii_drive_start(&drive, calls[i]));
    }
}

static pgai_call *work_until_over(void)
{
    pgai_call *over;

    while (pgaii_drive_work(&drive), !(over = pgaii_drive_next(&drive)))
        pgaii_drive_poll(&drive);
    return over;
}

static pgai_call *other_than(const pgai_call *call)
{
    return call == calls[0] ? calls[1] : calls[0];
}

static void a_call_does_not_wait_for_another(void **state)
{
    pgai_call *over;

    (void)state;
    start_calls(200, "{\"id\":\"" SAMPLE_ID "\"}");
    over = work_until_over();
    assert_int_equal(pgai_call_next(over, pgaii_clock_now_ms()), PGAI_STEP_DONE);
    assert_int_equal(drive.count, 1);
    assert_int_equal(drive.out, 1);
    pgaii_drive_cancel(&drive, PGAI_CANCELLED);
    assert_ptr_equal(pgaii_drive_next(&drive), other_than(over));
    assert_int_equal(pgai_call_error(other_than(over))->status, PGAI_CANCELLED);
    assert_int_equal(drive.count, 0);
    assert_int_equal(drive.out, 0);
}

static void a_call_that_waits_tells_when_its_turn_is(void **state)
{
    (void)state;
    start_calls(503, "{}");
    while (drive.wake_at == INT64_MAX || drive.wake_at == 0) {
        pgaii_drive_work(&drive);
        if (drive.wake_at == INT64_MAX)
            pgaii_drive_poll(&drive);
    }
    assert_null(pgaii_drive_next(&drive));
    assert_int_equal(drive.out, 1);
    assert_true(drive.wake_at > pgaii_clock_now_ms() - 1000);
    pgaii_drive_cancel(&drive, PGAI_EXITING);
    for (size_t i = 0; i < CALLS; i++)
        assert_non_null(pgaii_drive_next(&drive));
    assert_null(pgaii_drive_next(&drive));
}

static void a_call_that_its_owner_cancelled_is_given_up(void **state)
{
    (void)state;
    start_calls(200, "{}");
    peer_script(server, NULL, 0);
    pgaii_drive_work(&drive);
    assert_int_equal(drive.out, 2);
    pgai_call_cancel(calls[0], pgaii_clock_now_ms(), PGAI_CANCELLED);
    pgaii_drive_work(&drive);
    assert_ptr_equal(pgaii_drive_next(&drive), calls[0]);
    assert_int_equal(drive.out, 1);
}

/* Whoever owns it, such as a walk, frees it once it was told that it is over. */
static void a_call_is_told_when_it_is_given_back(void **state)
{
    (void)state;
    start_calls(200, "{}");
    pgaii_drive_cancel(&drive, PGAI_CANCELLED);
    for (size_t i = 0; i < CALLS; i++)
        assert_false(calls[i]->told);
    assert_true(pgaii_drive_next(&drive)->told);
    assert_int_equal(drive.count, 1);
    assert_false(drive.calls[0].call->told);
    assert_true(pgaii_drive_next(&drive)->told);
}

/* What it waits for may have changed: a page of a walk has its turn. */
static void a_call_that_is_started_again_is_asked_again(void **state)
{
    (void)state;
    start_calls(200, "{}");
    calls[0]->held = true;
    pgaii_drive_work(&drive);
    assert_int_equal(drive.out, 1);
    calls[0]->held = false;
    assert_true(pgaii_drive_start(&drive, calls[0]));
    pgaii_drive_send(&drive, calls[0]);
    assert_int_equal(drive.out, 2);
}

static void a_call_is_started_once(void **state)
{
    (void)state;
    start_calls(200, "{}");
    assert_true(pgaii_drive_start(&drive, calls[0]));
    assert_int_equal(drive.count, CALLS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_does_not_wait_for_another),
        TEST(a_call_that_waits_tells_when_its_turn_is),
        TEST(a_call_that_its_owner_cancelled_is_given_up),
        TEST(a_call_is_told_when_it_is_given_back),
        TEST(a_call_that_is_started_again_is_asked_again),
        TEST(a_call_is_started_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
