/* A client's calls in a program's own event loop. */
#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

static pgai_error error = PGAI_ERROR_INIT;
static pgai_engine *engine;
static pgai_session *session;

static int setup(void **state)
{
    static char bytes[1024];
    const peer_response found = {
        bytes, peer_format(bytes, sizeof(bytes), 200, NULL, SAMPLE_CONTACT), 0, NULL,
        PEER_KEEP};

    (void)state;
    peer_script(server, &found, 1);
    engine = NULL;
    session = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgai_engine_free(engine);
    return 0;
}

static pgai_client *make_client(void)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *made = NULL;

    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    options.user_agent = "theirs/1";
    options.timeout_ms = 2500;
    assert_int_equal(pgai_client_new(&options, &made, &error), PGAI_OK);
    return made;
}

static pgai_call *run_get(pgai_client *of)
{
    pgai_call *call = NULL;

    assert_int_equal(pgai_client_session(of, &session, &error), PGAI_OK);
    assert_int_equal(pgai_call_new_get(session, SAMPLE_ID, pgai_client_call_options(of),
                                       &call, &error),
                     PGAI_OK);
    assert_int_equal(pgai_engine_start(engine, call, &error), PGAI_OK);
    assert_ptr_equal(pgai_engine_wait(engine, INT64_MAX), call);
    assert_int_equal(pgai_call_next(call, pgai_transport_now_ms()), PGAI_STEP_DONE);
    return call;
}

/* The engine reaches the service as the client does, and outlives it. */
static void an_engine_sends_what_the_client_would(void **state)
{
    pgai_client *made = make_client();
    char text[1024];
    pgai_call *call;

    (void)state;
    assert_int_equal(pgai_client_engine(made, &engine, &error), PGAI_OK);
    call = run_get(made);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "user-agent: theirs/1\r\n");
    assert_contains(text, "x-api-key: " SAMPLE_KEY "\r\n");
    assert_int_equal(pgai_client_call_options(made)->timeout_ms, 2500);
    pgai_call_free(call);
    pgai_client_free(made);

    made = make_client();
    pgai_call_free(run_get(made));
    assert_int_equal(peer_connections(server), 1);
    pgai_client_free(made);
}

static void a_closed_client_gives_nothing(void **state)
{
    pgai_client *made = make_client();

    (void)state;
    pgai_client_cancel(made);
    engine = (pgai_engine *)made;
    session = (pgai_session *)made;
    assert_int_equal(pgai_client_engine(made, &engine, &error), PGAI_CLOSED);
    assert_int_equal(pgai_client_session(made, &session, &error), PGAI_CLOSED);
    assert_null(engine);
    assert_null(session);
    pgai_client_free(made);
}

static void a_null_is_named(void **state)
{
    pgai_client *made = make_client();

    (void)state;
    assert_int_equal(pgai_client_engine(NULL, &engine, &error), PGAI_USAGE);
    assert_contains(error.message, "client");
    assert_int_equal(pgai_client_engine(made, NULL, &error), PGAI_USAGE);
    assert_contains(error.message, "out");
    assert_int_equal(pgai_client_session(NULL, &session, &error), PGAI_USAGE);
    assert_contains(error.message, "client");
    assert_int_equal(pgai_client_session(made, NULL, &error), PGAI_USAGE);
    assert_contains(error.message, "out");
    assert_null(pgai_client_call_options(NULL));
    pgai_client_free(made);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_engine_sends_what_the_client_would),
        TEST(a_closed_client_gives_nothing),
        TEST(a_null_is_named),
    };

    return cmocka_run_group_tests(tests, serve, serve_no_more);
}
