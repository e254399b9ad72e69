/* The client as programs use it: options, keys, calls, and their limits. */
#include <stdlib.h>
#include <time.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

static pgai_client_options options;
static pgai_error error;

static int start(void **state)
{
    unsetenv("PGAI_API_KEY");
    unsetenv("PGAI_BASE_URL");
    return serve(state);
}

static int setup(void **state)
{
    (void)state;
    options = (pgai_client_options)PGAI_CLIENT_OPTIONS_INIT;
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    error = (pgai_error)PGAI_ERROR_INIT;
    peer_script(server, NULL, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgai_client_free(client);
    client = NULL;
    return 0;
}

static void make_client(void)
{
    pgai_client_free(client);
    client = NULL;
    assert_int_equal(pgai_client_new(&options, &client, &error), PGAI_OK);
}

static void answer_with(int http_status, const char *headers, const char *body)
{
    char bytes[4096];
    const peer_response script = {
        bytes, peer_format(bytes, sizeof(bytes), http_status, headers, body), 0, NULL,
        PEER_KEEP};

    peer_script(server, &script, 1);
}

static pgai_status get(const char *id)
{
    pgai_contact *contact = (pgai_contact *)&error;
    pgai_status status = pgai_contacts_get(client, id, &contact, &error);

    if (status != PGAI_OK)
        assert_null(contact);
    pgai_contact_free(contact);
    return status;
}

/* The client was refused, and the message has this word in it. */
static void assert_refused(const char *word)
{
    client = (pgai_client *)&options;
    error = (pgai_error)PGAI_ERROR_INIT;
    assert_int_equal(pgai_client_new(&options, &client, &error), PGAI_USAGE);
    assert_null(client);
    assert_int_equal(error.status, PGAI_USAGE);
    assert_contains(error.message, word);
}

static void a_key_is_needed(void **state)
{
    (void)state;
    options.api_key = NULL;
    assert_refused("api_key");
    assert_refused("PGAI_API_KEY");
    setenv("PGAI_API_KEY", "", 1);
    assert_refused("PGAI_API_KEY");
    options.api_key = "";
    assert_refused("api_key");
    options.api_key = SAMPLE_KEY "\n";
    assert_refused("api_key");
    assert_null(strstr(error.message, SAMPLE_KEY));
    options.api_key = SAMPLE_KEY " two";
    assert_refused("api_key");
    unsetenv("PGAI_API_KEY");
}

static void a_base_url_must_be_plain(void **state)
{
    static const char *const urls[] = {
        "",
        "127.0.0.1",
        "ftp://127.0.0.1/v1",
        "https://",
        "https://user@example.com/v1",
        "https://user:word@example.com/v1",
        "https://example.com/v1?page=1",
        "https://example.com/v1#top",
        "https://example.com:0/v1",
        "https://example.com:99999/v1",
        "https://exa mple.com/v1",
        "http://example.com/v1",
    };

    (void)state;
    options.api_key = "a-key-of-the-service";
    for (size_t i = 0; i < COUNT(urls); i++) {
        options.base_url = urls[i];
        assert_refused("base_url");
    }
}

static void a_key_of_the_sandbox_stays_at_home(void **state)
{
    (void)state;
    options.base_url = "https://example.com/v1";
    assert_refused("api_key");
}

static void numbers_are_not_negative(void **state)
{
    (void)state;
    options.timeout_ms = -1;
    assert_refused("timeout_ms");
    options.timeout_ms = 0;
    options.connect_timeout_ms = -5;
    assert_refused("connect_timeout_ms is -5");
    options.connect_timeout_ms = 0;
    options.deadline_ms = INT64_MIN;
    assert_refused("deadline_ms");
    options.deadline_ms = 0;
    options.max_wait_ms = -1;
    assert_refused("max_wait_ms");
    options.max_wait_ms = 0;
    options.max_attempts = -1;
    assert_refused("max_attempts");
}

static void certificates_must_be_there(void **state)
{
    (void)state;
    options.ca = "/nowhere/ca.pem";
    assert_refused("ca: ");
    assert_refused("/nowhere/ca.pem");
    options.ca = NULL;
    setenv("SSL_CERT_FILE", "/nowhere/else.pem", 1);
    make_client();
    options.api_key = "a-key-of-the-service";
    options.base_url = "https://example.com/v1";
    pgai_client_free(client);
    assert_refused("SSL_CERT_FILE");
    unsetenv("SSL_CERT_FILE");
}

static void the_environment_fills_what_is_missing(void **state)
{
    char text[1024];

    (void)state;
    setenv("PGAI_API_KEY", "sandbox_from_environment", 1);
    setenv("PGAI_BASE_URL", peer_url(server), 1);
    assert_int_equal(pgai_client_new(NULL, &client, &error), PGAI_OK);
    answer_with(200, NULL, SAMPLE_CONTACT);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "x-api-key: sandbox_from_environment\r\n");
    make_client();
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "x-api-key: " SAMPLE_KEY "\r\n");
    unsetenv("PGAI_API_KEY");
    unsetenv("PGAI_BASE_URL");
}

static void loopback_needs_no_proxy(void **state)
{
    (void)state;
    options.proxy = "http://127.0.0.1:1";
    setenv("http_proxy", options.proxy, 1);
    make_client();
    answer_with(200, NULL, SAMPLE_CONTACT);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    unsetenv("http_proxy");
}

static void options_that_were_not_started_are_refused(void **state)
{
    (void)state;
    options.struct_size = 0;
    assert_refused("struct_size");
    options.struct_size = offsetof(pgai_client_options, base_url) + 4;
    assert_refused("_INIT");
}

static void a_user_agent_is_each_clients_own(void **state)
{
    pgai_client *other = NULL;
    pgai_contact *contact = NULL;
    char text[1024];

    (void)state;
    make_client();
    options.user_agent = "crm-sync/2.1";
    assert_int_equal(pgai_client_new(&options, &other, &error), PGAI_OK);
    answer_with(200, NULL, SAMPLE_CONTACT);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "\r\nuser-agent: pgai/" PGAI_VERSION "\r\n");
    assert_int_equal(pgai_contacts_get(other, SAMPLE_ID, &contact, NULL), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "\r\nuser-agent: crm-sync/2.1\r\n");
    assert_null(strstr(text, "pgai/"));
    pgai_contact_free(contact);
    pgai_client_free(other);
    options.user_agent = "two\r\nlines";
    pgai_client_free(client);
    assert_refused("user_agent");
}

static void clients_of_one_key_share_the_rate_limit(void **state)
{
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    pgai_client *first = NULL;

    (void)state;
    assert_int_equal(pgai_client_new(&options, &first, &error), PGAI_OK);
    make_client();
    assert_int_equal(pgai_client_rate_limit(first, &limit, &error), PGAI_OK);
    assert_int_equal(limit.limit, -1);
    answer_with(200, "X-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 41\r\n",
                SAMPLE_CONTACT);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    assert_int_equal(pgai_client_rate_limit(first, &limit, &error), PGAI_OK);
    assert_int_equal(limit.limit, 60);
    assert_int_equal(limit.remaining, 41);

    pgai_client_free(client);
    options.api_key = "sandbox_other";
    client = NULL;
    make_client();
    assert_int_equal(pgai_client_rate_limit(client, &limit, &error), PGAI_OK);
    assert_int_equal(limit.limit, -1);
    pgai_client_free(first);
}

static void a_null_is_named(void **state)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_contact *contact = (pgai_contact *)&error;
    pgai_page *page = (pgai_page *)&error;
    pgai_client *other = NULL;
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    size_t count = 7;
    pgai_part part;

    (void)state;
    make_client();
#define REFUSED(call, word)                                                              \
    do {                                                                                 \
        assert_int_equal(call, PGAI_USAGE);                                              \
        assert_contains(error.message, word);                                            \
    } while (0)
    REFUSED(pgai_client_new(&options, NULL, &error), "out");
    REFUSED(pgai_contacts_list(NULL, NULL, &page, &error), "client");
    assert_null(page);
    REFUSED(pgai_contacts_list(client, NULL, NULL, &error), "out");
    REFUSED(pgai_contacts_get(NULL, SAMPLE_ID, &contact, &error), "client");
    assert_null(contact);
    REFUSED(pgai_contacts_get(client, NULL, &contact, &error), "id");
    REFUSED(pgai_contacts_get(client, SAMPLE_ID, NULL, &error), "out");
    REFUSED(pgai_contacts_plan(NULL, 1, PGAI_UNSET, &part, &count, &error), "client");
    assert_int_equal(count, 0);
    REFUSED(pgai_contacts_plan(client, 1, PGAI_UNSET, NULL, &count, &error), "out");
    REFUSED(pgai_contacts_plan(client, 1, PGAI_UNSET, &part, NULL, &error), "count");
    REFUSED(pgai_contacts_plan(client, 0, PGAI_UNSET, &part, &count, &error), "parts");
    REFUSED(pgai_contacts_create(NULL, &fields, &contact, &error), "client");
    REFUSED(pgai_contacts_create(client, NULL, &contact, &error), "fields");
    REFUSED(pgai_contacts_create(client, &fields, NULL, &error), "out");
    REFUSED(pgai_client_rate_limit(NULL, &limit, &error), "client");
    REFUSED(pgai_client_rate_limit(client, NULL, &error), "out");
    REFUSED(pgai_client_with(NULL, NULL, &other, &error), "client");
    REFUSED(pgai_client_with_key(NULL, SAMPLE_KEY, &other, &error), "client");
    REFUSED(pgai_client_with_key(client, SAMPLE_KEY, NULL, &error), "out");
#undef REFUSED
    assert_int_equal(pgai_contacts_get(NULL, NULL, NULL, NULL), PGAI_USAGE);
    pgai_client_cancel(NULL);
    pgai_client_free(NULL);
    assert_int_equal(peer_connections(server), 0);
}

static void bad_arguments_send_nothing(void **state)
{
    static const char *const ids[] = {"", ".", "..", "a\nb", "\xFF"};
    pgai_list_options list = PGAI_LIST_OPTIONS_INIT;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_contact *contact = NULL;
    pgai_page *page = NULL;
    char long_id[301];

    (void)state;
    make_client();
    memset(long_id, 'x', 300);
    long_id[300] = '\0';
    assert_int_equal(get(long_id), PGAI_USAGE);
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_int_equal(get(ids[i]), PGAI_USAGE);
        assert_contains(error.message, "id");
    }
    list.page = 0;
    assert_int_equal(pgai_contacts_list(client, &list, &page, &error), PGAI_USAGE);
    assert_contains(error.message, "page");
    list.page = 1;
    list.limit = -1;
    assert_int_equal(pgai_contacts_list(client, &list, &page, &error), PGAI_USAGE);
    assert_contains(error.message, "limit");
    fields.first_name = "\xC3";
    assert_int_equal(pgai_contacts_create(client, &fields, &contact, &error), PGAI_USAGE);
    assert_contains(error.message, "first_name");
    assert_int_equal(peer_connections(server), 0);
}

static void odd_arguments_are_sent_escaped(void **state)
{
    pgai_list_options list = PGAI_LIST_OPTIONS_INIT;
    pgai_page *page = NULL;
    char text[1024];

    (void)state;
    make_client();
    answer_with(404, NULL, "{\"error\": \"Contact not found\"}");
    assert_int_equal(get("../a b/\xC3\xBC?#"), PGAI_NOT_FOUND);
    assert_string_equal(error.message, "Contact not found");
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "GET /v1/contacts/..%2Fa%20b%2F%C3%BC%3F%23 HTTP/1.1\r\n");
    answer_with(200, NULL, SAMPLE_PAGE);
    list.limit = 1000;
    assert_int_equal(pgai_contacts_list(client, &list, &page, &error), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "GET /v1/contacts?limit=1000 HTTP/1.1\r\n");
    assert_int_equal(pgai_page_limit(page), 25);
    pgai_page_free(page);
}

static void a_redirect_takes_no_key_along(void **state)
{
    peer *elsewhere = peer_start();
    char location[128];

    (void)state;
    make_client();
    snprintf(location, sizeof(location), "Location: %s/contacts\r\n",
             peer_url(elsewhere));
    answer_with(307, location, "");
    assert_int_equal(get(SAMPLE_ID), PGAI_REDIRECT);
    assert_contains(error.message, "127.0.0.1");
    assert_int_equal(peer_requests(server), 1);
    assert_int_equal(peer_connections(elsewhere), 0);
    peer_stop(elsewhere);
}

static void the_key_is_not_repeated(void **state)
{
    (void)state;
    make_client();
    answer_with(401, NULL, "{\"error\": \"no such key: " SAMPLE_KEY "\"}");
    assert_int_equal(get(SAMPLE_ID), PGAI_AUTHENTICATION);
    assert_null(strstr(error.message, SAMPLE_KEY));
}

static void a_key_can_be_renewed(void **state)
{
    pgai_client *renewed = NULL;
    pgai_contact *contact = NULL;
    char text[1024];

    (void)state;
    options.user_agent = "crm-sync/2.1";
    options.max_attempts = 1;
    make_client();
    answer_with(200, NULL, SAMPLE_CONTACT);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    /* None of these is read again. */
    setenv("PGAI_BASE_URL", "http://127.0.0.1:1/v1", 1);
    setenv("PGAI_API_KEY", "sandbox_other", 1);
    setenv("http_proxy", "nonsense://", 1);
    setenv("SSL_CERT_FILE", "/nowhere", 1);
    assert_int_equal(pgai_client_with_key(client, "sandbox_second", &renewed, &error),
                     PGAI_OK);
    unsetenv("PGAI_BASE_URL");
    unsetenv("PGAI_API_KEY");
    unsetenv("http_proxy");
    unsetenv("SSL_CERT_FILE");
    assert_string_equal(pgai_client_base_url(renewed), peer_url(server));
    assert_int_equal(pgai_contacts_get(renewed, SAMPLE_ID, &contact, &error), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "x-api-key: sandbox_second\r\n");
    assert_contains(text, "\r\nuser-agent: crm-sync/2.1\r\n");
    pgai_contact_free(contact);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "x-api-key: " SAMPLE_KEY "\r\n");
    assert_int_equal(peer_connections(server), 1);
    answer_with(503, NULL, "{}");
    assert_int_equal(pgai_contacts_get(renewed, SAMPLE_ID, &contact, &error),
                     PGAI_SERVER);
    assert_int_equal(error.requests, 1);
    pgai_client_free(renewed);
}

static void a_key_that_cannot_be_used_renews_nothing(void **state)
{
    static const char *const keys[] = {NULL, "", "two words", "newline\n"};
    pgai_client *renewed = NULL;

    (void)state;
    make_client();
    for (size_t i = 0; i < COUNT(keys); i++) {
        renewed = client;
        assert_int_equal(pgai_client_with_key(client, keys[i], &renewed, &error),
                         PGAI_USAGE);
        assert_contains(error.message, "api_key");
        assert_null(renewed);
    }
    pgai_client_cancel(client);
    assert_int_equal(pgai_client_with_key(client, "sandbox_second", &renewed, &error),
                     PGAI_CLOSED);
    assert_null(renewed);
}

static void a_client_tells_its_base_url(void **state)
{
    pgai_client *other = NULL;

    (void)state;
    options.api_key = "a-key-of-the-service";
    options.base_url = "https://example.com:8443/v1/";
    make_client();
    assert_string_equal(pgai_client_base_url(client), "https://example.com:8443/v1");
    options.base_url = NULL;
    assert_int_equal(pgai_client_new(&options, &other, &error), PGAI_OK);
    assert_string_equal(pgai_client_base_url(other),
                        "https://api.pipelinegeneration.ai/v1");
    pgai_client_free(other);
    assert_null(pgai_client_base_url(NULL));
}

static void limits_can_be_changed_for_one_call(void **state)
{
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;
    pgai_client *hurried = NULL;
    pgai_client *patient = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    make_client();
    call_options.timeout_ms = -1;
    assert_int_equal(pgai_client_with(client, &call_options, &hurried, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "timeout_ms");
    assert_null(hurried);

    call_options.timeout_ms = 100;
    call_options.max_attempts = 1;
    assert_int_equal(pgai_client_with(client, &call_options, &hurried, &error), PGAI_OK);
    assert_int_equal(pgai_contacts_get(hurried, SAMPLE_ID, &contact, &error),
                     PGAI_TIMEOUT);
    assert_int_equal(error.requests, 1);
    answer_with(200, NULL, SAMPLE_CONTACT);
    call_options.timeout_ms = 30000;
    assert_int_equal(pgai_client_with(hurried, &call_options, &patient, &error), PGAI_OK);
    assert_int_equal(pgai_contacts_get(patient, SAMPLE_ID, &contact, &error), PGAI_OK);
    pgai_client_free(hurried);
    pgai_client_free(patient);
    pgai_contact_free(contact);
    assert_int_equal(get(SAMPLE_ID), PGAI_OK);
    assert_int_equal(peer_connections(server), 1);
}

static void a_deadline_ends_all_attempts(void **state)
{
    time_t begun = time(NULL);

    (void)state;
    options.deadline_ms = 700;
    options.timeout_ms = 100;
    options.max_attempts = 1000;
    make_client();
    assert_int_equal(get(SAMPLE_ID), PGAI_TIMEOUT);
    assert_in_range(error.requests, 1, 3);
    assert_true(time(NULL) - begun < 10);
}

static int interrupt_at_second_call(void *data)
{
    int *calls = data;

    return ++*calls == 2;
}

static void the_interrupt_ends_a_call_and_a_wait(void **state)
{
    int calls = 0;

    (void)state;
    options.interrupt = interrupt_at_second_call;
    options.interrupt_data = &calls;
    make_client();
    assert_int_equal(get(SAMPLE_ID), PGAI_CANCELLED);
    assert_int_equal(calls, 2);

    answer_with(429, "Retry-After: 60\r\n", "{}");
    calls = 0;
    assert_int_equal(get(SAMPLE_ID), PGAI_CANCELLED);
    assert_int_equal(calls, 2);
    assert_int_equal(peer_requests(server), 1);
}

static int stop_at_third_call(void *data)
{
    int *calls = data;

    return ++*calls == 3;
}

static void the_interrupt_is_called_while_bytes_come(void **state)
{
    static const char open[] = "HTTP/1.1 200 OK\r\n\r\n";
    const peer_response flood = {open, sizeof(open) - 1, 0, " ", PEER_FIN};
    int calls = 0;

    (void)state;
    peer_script(server, &flood, 1);
    options.interrupt = stop_at_third_call;
    options.interrupt_data = &calls;
    make_client();
    assert_int_equal(get(SAMPLE_ID), PGAI_CANCELLED);
    assert_int_equal(calls, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_needed),
        TEST(a_base_url_must_be_plain),
        TEST(a_key_of_the_sandbox_stays_at_home),
        TEST(numbers_are_not_negative),
        TEST(certificates_must_be_there),
        TEST(the_environment_fills_what_is_missing),
        TEST(loopback_needs_no_proxy),
        TEST(options_that_were_not_started_are_refused),
        TEST(a_user_agent_is_each_clients_own),
        TEST(clients_of_one_key_share_the_rate_limit),
        TEST(a_null_is_named),
        TEST(bad_arguments_send_nothing),
        TEST(odd_arguments_are_sent_escaped),
        TEST(a_redirect_takes_no_key_along),
        TEST(the_key_is_not_repeated),
        TEST(a_key_can_be_renewed),
        TEST(a_key_that_cannot_be_used_renews_nothing),
        TEST(a_client_tells_its_base_url),
        TEST(limits_can_be_changed_for_one_call),
        TEST(a_deadline_ends_all_attempts),
        TEST(the_interrupt_ends_a_call_and_a_wait),
        TEST(the_interrupt_is_called_while_bytes_come),
    };

    return cmocka_run_group_tests(tests, start, serve_no_more);
}
