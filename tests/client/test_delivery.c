/* What reaches the service, and what reaches the caller, when connections break. */

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

/* More than one call may take to its end, whatever the backoff. */
enum { FAR_DEADLINE_MS = 24 * 3600 * 1000 };

enum operation { LIST, GET, CREATE };

static pgai_error error;

static void renew_client(void)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;

    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    options.deadline_ms = FAR_DEADLINE_MS;
    pgai_client_free(client);
    assert_int_equal(pgai_client_new(&options, &client, &error), PGAI_OK);
}

static int setup(void **state)
{
    (void)state;
    error = (pgai_error)PGAI_ERROR_INIT;
    renew_client();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgai_client_free(client);
    client = NULL;
    return 0;
}

static void assert_zoe(const pgai_contact *contact)
{
    assert_text(pgai_contact_text(contact, PGAI_ID), SAMPLE_ID);
    assert_text(pgai_contact_text(contact, PGAI_FIRST_NAME), "Zo\xC3\xAB");
    assert_text(pgai_contact_text(contact, PGAI_LAST_NAME), "Connor");
    assert_int_equal(pgai_contact_presence(contact, PGAI_EMAIL), PGAI_PRESENCE_NULL);
    assert_text(pgai_contact_text(contact, PGAI_CREATED_AT), "2026-01-15T09:00:00Z");
}

/* Call, and check that success comes with the whole value, and failure with none. */
static pgai_status call_list(void)
{
    pgai_page *page = (pgai_page *)&error;
    pgai_status status = pgai_contacts_list(client, NULL, &page, &error);

    if (status != PGAI_OK) {
        assert_null(page);
        return status;
    }
    assert_int_equal(pgai_page_count(page), 2);
    assert_int_equal(pgai_page_total(page), 2);
    assert_zoe(pgai_page_contact(page, 0));
    assert_text(pgai_contact_text(pgai_page_contact(page, 1), PGAI_FIRST_NAME), "John");
    pgai_page_free(page);
    return status;
}

static pgai_status call(enum operation operation)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_contact *contact = (pgai_contact *)&error;
    pgai_status status;

    if (operation == LIST)
        return call_list();
    fields.first_name = "Zo\xC3\xAB";
    if (operation == GET)
        status = pgai_contacts_get(client, SAMPLE_ID, &contact, &error);
    else
        status = pgai_contacts_create(client, &fields, &contact, &error);
    if (status == PGAI_OK)
        assert_zoe(contact);
    else
        assert_null(contact);
    pgai_contact_free(contact);
    return status;
}

static size_t whole_response(enum operation operation, char *out, size_t size)
{
    return peer_format(out, size, operation == CREATE ? 201 : 200, NULL,
                       operation == LIST ? SAMPLE_PAGE : SAMPLE_CONTACT);
}

static void a_response_split_anywhere_is_read(enum operation operation)
{
    char bytes[1024];
    size_t length = whole_response(operation, bytes, sizeof(bytes));

    for (size_t k = 1; k < length; k++) {
        const peer_response script = {bytes, length, k, NULL, PEER_KEEP};

        peer_script(server, &script, 1);
        assert_int_equal(call(operation), PGAI_OK);
        assert_int_equal(peer_requests(server), 1);
    }
}

static void
a_response_cut_anywhere_is_asked_for_again(enum operation operation, peer_end end)
{
    char bytes[1024];
    size_t length = whole_response(operation, bytes, sizeof(bytes));

    for (size_t k = 0; k < length; k++) {
        const peer_response script[] = {{bytes, k, 0, NULL, end},
                                        {bytes, length, 0, NULL, PEER_KEEP}};

        /* Each success earns a tenth of a retry; these would spend the budget. */
        if (k % 8 == 0)
            renew_client();
        peer_script(server, script, 2);
        assert_int_equal(call(operation), PGAI_OK);
        assert_int_equal(peer_requests(server), 2);
    }
}

static void a_create_cut_anywhere_is_not_sent_again(peer_end end)
{
    char bytes[1024];
    size_t length = whole_response(CREATE, bytes, sizeof(bytes));

    for (size_t k = 0; k < length; k++) {
        const peer_response script = {bytes, k, 0, NULL, end};

        peer_script(server, &script, 1);
        assert_int_equal(call(CREATE), PGAI_OUTCOME_UNKNOWN);
        assert_int_equal(error.outcome_unknown, 1);
        assert_int_equal(peer_requests(server), 1);
    }
}

static void split_responses_give_the_right_value(void **state)
{
    (void)state;
    a_response_split_anywhere_is_read(LIST);
    a_response_split_anywhere_is_read(GET);
    a_response_split_anywhere_is_read(CREATE);
}

static void cut_responses_give_the_right_value_after_a_retry(void **state)
{
    (void)state;
    a_response_cut_anywhere_is_asked_for_again(LIST, PEER_FIN);
    a_response_cut_anywhere_is_asked_for_again(LIST, PEER_RST);
    a_response_cut_anywhere_is_asked_for_again(GET, PEER_FIN);
    a_response_cut_anywhere_is_asked_for_again(GET, PEER_RST);
}

static void cut_responses_to_a_create_leave_it_open(void **state)
{
    (void)state;
    a_create_cut_anywhere_is_not_sent_again(PEER_FIN);
    a_create_cut_anywhere_is_not_sent_again(PEER_RST);
}

static void cut_responses_without_end_give_an_error(void **state)
{
    char bytes[1024];
    size_t length = whole_response(LIST, bytes, sizeof(bytes));

    (void)state;
    for (size_t k = 0; k < length; k += 29) {
        const peer_response script = {bytes, k, 0, NULL, PEER_FIN};

        renew_client();
        peer_script(server, &script, 1);
        assert_int_equal(call(LIST), PGAI_CONNECTION_LOST);
        assert_int_equal(error.requests, 4);
    }
}

/* The connection is kept from a list; the service reads the next request on it, and
 * closes without a byte. libcurl alone would send again, whatever the request. */
static void
a_kept_connection_dies_under(enum operation operation, pgai_status expected, int requests)
{
    char page[1024];
    char bytes[1024];
    const peer_response script[] = {
        {page, whole_response(LIST, page, sizeof(page)), 0, NULL, PEER_KEEP},
        {NULL, 0, 0, NULL, PEER_FIN},
        {bytes, whole_response(operation, bytes, sizeof(bytes)), 0, NULL, PEER_KEEP}};

    peer_script(server, script, 3);
    assert_int_equal(call(LIST), PGAI_OK);
    assert_int_equal(call(operation), expected);
    assert_int_equal(peer_requests(server), 1 + requests);
}

static void a_create_is_seen_once(void **state)
{
    (void)state;
    a_kept_connection_dies_under(CREATE, PGAI_OUTCOME_UNKNOWN, 1);
    assert_int_equal(error.outcome_unknown, 1);
    assert_int_equal(error.requests, 1);
}

static void a_get_is_sent_again(void **state)
{
    (void)state;
    a_kept_connection_dies_under(GET, PGAI_OK, 2);
    a_kept_connection_dies_under(LIST, PGAI_OK, 2);
}

static void a_create_that_was_limited_is_sent_again(void **state)
{
    char bytes[1024];
    char limited[256];
    const peer_response script[] = {
        {limited, peer_format(limited, sizeof(limited), 429, "Retry-After: 7\r\n", "{}"),
         0, NULL, PEER_KEEP},
        {bytes, whole_response(CREATE, bytes, sizeof(bytes)), 0, NULL, PEER_KEEP}};

    (void)state;
    peer_script(server, script, 2);
    assert_int_equal(call(CREATE), PGAI_OK);
    assert_int_equal(peer_requests(server), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(split_responses_give_the_right_value),
        TEST(cut_responses_give_the_right_value_after_a_retry),
        TEST(cut_responses_to_a_create_leave_it_open),
        TEST(cut_responses_without_end_give_an_error),
        TEST(a_create_is_seen_once),
        TEST(a_get_is_sent_again),
        TEST(a_create_that_was_limited_is_sent_again),
    };

    return cmocka_run_group_tests(tests, serve, serve_no_more);
}
