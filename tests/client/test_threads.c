/* Clients that many threads use, and cancel. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

enum { THREADS = 8, CALLS = 10000 };

/* A call that was cancelled ends long before this; one that was not, long after. */
enum { PROMPT_SECONDS = 10 };

static bool one_call(int number)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_contact *contact = NULL;
    pgai_client *hurried = NULL;
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;
    pgai_status status;

    fields.first_name = "Sarah";
    call_options.max_attempts = 1;
    switch (number % 16) {
    case 2:
        status = pgai_client_with_key(client, number % 32 == 2 ? "sandbox_2" : SAMPLE_KEY,
                                      &hurried, NULL);
        if (status == PGAI_OK)
            status = pgai_contacts_get(hurried, SAMPLE_ID, &contact, NULL);
        pgai_client_free(hurried);
        break;
    case 0:
        status = pgai_contacts_create(client, &fields, &contact, NULL);
        break;
    case 1:
        status = pgai_client_with(client, &call_options, &hurried, NULL);
        if (status == PGAI_OK)
            status = pgai_contacts_get(hurried, SAMPLE_ID, &contact, NULL);
        pgai_client_free(hurried);
        break;
    default:
        status = pgai_contacts_get(client, SAMPLE_ID, &contact, NULL);
        break;
    }
    pgai_contact_free(contact);
    return status == PGAI_OK;
}

static void *make_calls(void *data)
{
    atomic_int *good = data;

    for (int i = 0; i < CALLS / THREADS; i++)
        atomic_fetch_add(good, one_call(i));
    return NULL;
}

static void many_threads_share_a_client(void **state)
{
    char bytes[1024];
    const peer_response script = {
        bytes, peer_format(bytes, sizeof(bytes), 200, NULL, SAMPLE_CONTACT), 0, NULL,
        PEER_KEEP};
    pthread_t threads[THREADS];
    atomic_int good = 0;

    (void)state;
    peer_script(server, &script, 1);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_calls, &good), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(good, CALLS);
    assert_int_equal(peer_requests(server), CALLS);
}

/* One client is refused by the rate limit, while the other's responses report it again.
 */
static void *be_refused(void *data)
{
    pgai_contact *contact = NULL;

    for (int i = 0; i < CALLS / THREADS; i++) {
        if (pgai_contacts_get(data, SAMPLE_ID, &contact, NULL) == PGAI_OK)
            pgai_contact_free(contact);
    }
    return NULL;
}

static void a_call_is_refused_while_another_learns_the_limit(void **state)
{
    char bytes[1024];
    const peer_response script = {
        bytes,
        peer_format(bytes, sizeof(bytes), 200,
                    "X-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 0\r\n",
                    SAMPLE_CONTACT),
        0, NULL, PEER_KEEP};
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;
    pgai_client *unpaced = NULL;
    pgai_client *hurried = NULL;
    pthread_t thread;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;

    (void)state;
    peer_script(server, &script, 1);
    call_options.no_pacing = 1;
    assert_int_equal(pgai_client_with(client, &call_options, &unpaced, NULL), PGAI_OK);
    call_options.no_pacing = 0;
    call_options.max_wait_ms = 1;
    assert_int_equal(pgai_client_with(client, &call_options, &hurried, NULL), PGAI_OK);
    assert_int_equal(pthread_create(&thread, NULL, be_refused, unpaced), 0);
    peer_await_requests(server, 2);
    be_refused(hurried);
    pthread_join(thread, NULL);
    assert_int_equal(pgai_contacts_get(hurried, SAMPLE_ID, &contact, &error),
                     PGAI_RATE_LIMITED);
    assert_contains(error.message, "the rate limit allows");
    pgai_client_free(hurried);
    pgai_client_free(unpaced);
}

static pgai_status stalled_status;
static pgai_error stalled_error;

static void *get_for_ever(void *data)
{
    pgai_contact *contact = NULL;

    (void)data;
    stalled_status = pgai_contacts_get(client, SAMPLE_ID, &contact, &stalled_error);
    return contact;
}

static void *create_for_ever(void *data)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_contact *contact = NULL;

    (void)data;
    fields.first_name = "Sarah";
    stalled_status = pgai_contacts_create(client, &fields, &contact, &stalled_error);
    return contact;
}

static time_t cancel_during(void *(*call)(void *), const peer_response *script)
{
    time_t begun = time(NULL);
    pthread_t thread;
    void *contact;

    stalled_error = (pgai_error)PGAI_ERROR_INIT;
    peer_script(server, script, script != NULL);
    assert_int_equal(pthread_create(&thread, NULL, call, NULL), 0);
    peer_await_requests(server, 1);
    pgai_client_cancel(client);
    pthread_join(thread, &contact);
    assert_null(contact);
    return time(NULL) - begun;
}

static void a_cancel_ends_calls_under_way(void **state)
{
    pgai_contact *contact = NULL;
    pgai_pager *pager = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    assert_true(cancel_during(get_for_ever, NULL) < PROMPT_SECONDS);
    assert_int_equal(stalled_status, PGAI_CANCELLED);
    assert_int_equal(pgai_contacts_get(client, SAMPLE_ID, &contact, &error), PGAI_CLOSED);
    assert_contains(error.message, "the client is closed");
    assert_int_equal(pgai_contacts_pages(client, NULL, &pager, NULL), PGAI_CLOSED);
    assert_int_equal(peer_requests(server), 1);
}

static void a_cancelled_create_may_have_happened(void **state)
{
    (void)state;
    assert_true(cancel_during(create_for_ever, NULL) < PROMPT_SECONDS);
    assert_int_equal(stalled_status, PGAI_OUTCOME_UNKNOWN);
    assert_int_equal(stalled_error.outcome_unknown, 1);
}

/* The call waits for the limit then, or is about to. */
static void a_cancel_ends_a_wait(void **state)
{
    char bytes[256];
    const peer_response script = {
        bytes, peer_format(bytes, sizeof(bytes), 429, "Retry-After: 100\r\n", "{}"), 0,
        NULL, PEER_KEEP};

    (void)state;
    assert_true(cancel_during(get_for_ever, &script) < PROMPT_SECONDS);
    assert_int_equal(stalled_status, PGAI_CANCELLED);
}

static void a_cancel_reaches_clients_made_from_it(void **state)
{
    pgai_client *other = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    assert_int_equal(pgai_client_with(client, NULL, &other, NULL), PGAI_OK);
    pgai_client_cancel(client);
    assert_int_equal(pgai_contacts_get(other, SAMPLE_ID, &contact, NULL), PGAI_CLOSED);
    pgai_client_free(client);
    client = NULL;
    assert_int_equal(pgai_contacts_get(other, SAMPLE_ID, &contact, NULL), PGAI_CLOSED);
    pgai_client_free(other);
}

static pgai_client *renewed_client;

static void *get_renewed(void *data)
{
    pgai_contact *contact = NULL;

    (void)data;
    stalled_status = pgai_contacts_get(renewed_client, SAMPLE_ID, &contact, NULL);
    return contact;
}

/* Whichever is cancelled: the first client, while a call of the renewed one is under way,
 * or the other way round. */
static void a_cancel_reaches_clients_of_other_keys(void **state)
{
    pgai_client *third = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    assert_int_equal(pgai_client_with_key(client, "sandbox_2", &renewed_client, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_client_with_key(renewed_client, "sandbox_3", &third, NULL),
                     PGAI_OK);
    assert_true(cancel_during(get_renewed, NULL) < PROMPT_SECONDS);
    assert_int_equal(stalled_status, PGAI_CANCELLED);
    assert_int_equal(pgai_contacts_get(renewed_client, SAMPLE_ID, &contact, NULL),
                     PGAI_CLOSED);
    pgai_client_free(renewed_client);
    assert_int_equal(pgai_contacts_get(third, SAMPLE_ID, &contact, NULL), PGAI_CLOSED);
    pgai_client_free(third);
}

static void a_cancel_of_a_renewed_client_reaches_the_first(void **state)
{
    pgai_client *renewed = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    assert_int_equal(pgai_client_with_key(client, "sandbox_2", &renewed, NULL), PGAI_OK);
    pgai_client_cancel(renewed);
    pgai_client_free(renewed);
    assert_int_equal(pgai_contacts_get(client, SAMPLE_ID, &contact, NULL), PGAI_CLOSED);
}

#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, serve_client, serve_client_no_more)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_threads_share_a_client),
        TEST(a_cancel_ends_calls_under_way),
        TEST(a_cancelled_create_may_have_happened),
        TEST(a_cancel_ends_a_wait),
        TEST(a_cancel_reaches_clients_made_from_it),
        TEST(a_cancel_reaches_clients_of_other_keys),
        TEST(a_cancel_of_a_renewed_client_reaches_the_first),
        TEST(a_call_is_refused_while_another_learns_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
