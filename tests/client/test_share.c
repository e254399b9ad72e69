/* Clients of one key that use a share of the rate limit each. */
#include <math.h>
#include <stdlib.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/scratch.h"
#include "support/served.h"
#include "support/unit.h"

static pgai_error error;

static int start(void **state)
{
    error = (pgai_error)PGAI_ERROR_INIT;
    return serve(state);
}

static pgai_status make(double share, pgai_client **out)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;

    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    options.share = share;
    return pgai_client_new(&options, out, &error);
}

static void get(pgai_client *asked)
{
    static const char headers[] =
        "X-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 41\r\n";
    char bytes[1024];
    pgai_contact *contact = NULL;
    peer_response response = {
        bytes, peer_format(bytes, sizeof(bytes), 200, headers, SAMPLE_CONTACT), 0, NULL,
        PEER_KEEP};

    peer_script(server, &response, 1);
    assert_int_equal(pgai_contacts_get(asked, SAMPLE_ID, &contact, &error), PGAI_OK);
    pgai_contact_free(contact);
}

static int64_t wait_of(const pgai_client *asked)
{
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;

    assert_int_equal(pgai_client_rate_limit(asked, &limit, &error), PGAI_OK);
    return limit.wait_ms;
}

static void clients_with_the_same_share_use_it_together(void **state)
{
    pgai_client *first = NULL, *second = NULL, *renewed = NULL;

    (void)state;
    assert_int_equal(make(0.125, &first), PGAI_OK);
    assert_int_equal(make(0.125, &second), PGAI_OK);
    get(first);
    assert_in_range(wait_of(second), 8000, 9231);
    assert_int_equal(pgai_client_with_key(first, SAMPLE_KEY, &renewed, &error), PGAI_OK);
    assert_in_range(wait_of(renewed), 8000, 9231);
    pgai_client_free(renewed);
    pgai_client_free(second);
    pgai_client_free(first);
}

static void other_shares_add_up(void **state)
{
    pgai_client *eighth = NULL, *half = NULL, *whole = NULL;

    (void)state;
    assert_int_equal(make(0.125, &eighth), PGAI_OK);
    assert_int_equal(make(0.5, &half), PGAI_OK);
    assert_int_equal(make(1, &whole), PGAI_OK);
    get(eighth);
    get(whole);
    assert_int_equal(wait_of(half), 0);
    get(half);
    assert_in_range(wait_of(half), 1000, 2106);
    assert_int_equal(wait_of(whole), 0);
    pgai_client_free(whole);
    pgai_client_free(half);
    pgai_client_free(eighth);
}

static void shared_pacing_is_of_clients_that_say_so(void **state)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    char folder[SCRATCH_PATH_SIZE];
    pgai_client *first = NULL, *second = NULL, *renewed = NULL, *alone = NULL;

    (void)state;
    scratch_folder(folder);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    options.share = 0.125;
    options.shared_pacing = 1;
    assert_int_equal(pgai_client_new(&options, &first, &error), PGAI_OK);
    get(first);
    assert_int_equal(make(0.125, &alone), PGAI_OK);
    assert_int_equal(wait_of(alone), 0);
    assert_int_equal(pgai_client_with_key(first, "sandbox_other", &renewed, &error),
                     PGAI_OK);
    assert_int_equal(wait_of(renewed), 0);
    pgai_client_free(renewed);
    /* What the file has outlives the session. */
    pgai_client_free(first);
    assert_int_equal(pgai_client_new(&options, &second, &error), PGAI_OK);
    assert_in_range(wait_of(second), 8000, 9231);
    pgai_client_free(second);
    pgai_client_free(alone);
    setenv("XDG_RUNTIME_DIR", "/proc/self", 1);
    assert_int_equal(pgai_client_new(&options, &second, &error), PGAI_USAGE);
    assert_null(second);
    assert_contains(error.message, "set XDG_RUNTIME_DIR");
}

/* 1 / 8 is 0 in C. */
static void what_is_no_share_is_refused(void **state)
{
    const double wrong[] = {1 / 8, -0.5, 1.0001, 2, NAN, -NAN, INFINITY};
    pgai_client *made = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(make(wrong[i], &made), PGAI_USAGE);
        assert_null(made);
        assert_contains(error.message, "must be above 0 and at most 1");
    }
    assert_int_equal(make(-NAN, &made), PGAI_USAGE);
    assert_contains(error.message, "share is nan,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clients_with_the_same_share_use_it_together,
                                        start, serve_no_more),
        cmocka_unit_test_setup_teardown(other_shares_add_up, start, serve_no_more),
        cmocka_unit_test_setup_teardown(shared_pacing_is_of_clients_that_say_so, start,
                                        serve_no_more),
        cmocka_unit_test_setup_teardown(what_is_no_share_is_refused, start,
                                        serve_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
