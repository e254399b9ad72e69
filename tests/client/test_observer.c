/* Who watches a client: its function, which may do what it likes, and PGAI_LOG. */
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pgai/pgai.h>

#include "support/child.h"
#include "support/peer.h"
#include "support/samples.h"
#include "support/unit.h"

typedef void (*deed)(const pgai_event *event);

static peer *server;
static pgai_client *client;
static pgai_error error;
static int counts[PGAI_EVENT_PAGE + 1];
static char told[256]; /* the first letters of what happened */
static deed also;      /* what the observer does; NULL: nothing */

static void watch(void *data, const pgai_event *event)
{
    size_t used = strlen(told);

    assert_ptr_equal(data, told);
    counts[event->kind]++;
    if (used + 1 < sizeof(told)) {
        told[used] = pgai_event_name(event->kind)[event->kind == PGAI_EVENT_RETRY];
        told[used + 1] = '\0';
    }
    if (also)
        also(event);
}

static void make_client(pgai_on_event on_event)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;

    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    options.on_event = on_event;
    options.on_event_data = told;
    assert_int_equal(pgai_client_new(&options, &client, &error), PGAI_OK);
}

/* To each request, until something else is set. */
static void answer(const char *body)
{
    char bytes[4096];
    const peer_response script = {
        bytes, peer_format(bytes, sizeof(bytes), 200, NULL, body), 0, NULL, PEER_KEEP};

    peer_script(server, &script, 1);
}

static int start(void **state)
{
    (void)state;
    server = peer_start();
    answer(SAMPLE_CONTACT);
    error = (pgai_error)PGAI_ERROR_INIT;
    told[0] = '\0';
    memset(counts, 0, sizeof(counts));
    also = NULL;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    pgai_client_free(client);
    client = NULL;
    peer_stop(server);
    return 0;
}

static pgai_status get(void)
{
    pgai_contact *contact = NULL;
    pgai_status status = pgai_contacts_get(client, SAMPLE_ID, &contact, &error);

    pgai_contact_free(contact);
    return status;
}

static void calls_are_watched(void **state)
{
    pgai_page *page = NULL;

    (void)state;
    make_client(watch);
    assert_int_equal(get(), PGAI_OK);
    assert_string_equal(told, "rr");
    answer(SAMPLE_PAGE);
    assert_int_equal(pgai_contacts_list(client, NULL, &page, &error), PGAI_OK);
    pgai_page_free(page);
    assert_string_equal(told, "rrrrp");
    assert_int_equal(pgai_contacts_get(client, "", &(pgai_contact *){NULL}, &error),
                     PGAI_USAGE);
    assert_string_equal(told, "rrrrp");
}

static void walks_are_watched(void **state)
{
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;

    (void)state;
    answer(SAMPLE_PAGE);
    make_client(watch);
    assert_int_equal(pgai_contacts_pages(client, NULL, &pager, &error), PGAI_OK);
    assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_OK);
    pgai_page_free(page);
    pgai_pager_free(pager);
    assert_string_equal(told, "rrp");
}

/* Of three pages in flight one is refused, which ends the walk; the others stay away. */
static void requests_that_are_given_up_are_told(void **state)
{
    static const char first[] = "{\"data\":[{\"id\":\"a\"}],\"pagination\":{"
                                "\"page\":1,\"limit\":1,\"total\":9}}";
    char bytes[2][1024];
    const peer_response script[] = {
        {bytes[0], peer_format(bytes[0], sizeof(bytes[0]), 200, NULL, first), 0, NULL,
         PEER_KEEP},
        {bytes[1], peer_format(bytes[1], sizeof(bytes[1]), 401, NULL, "{}"), 0, NULL,
         PEER_KEEP},
        {"", 0, 0, NULL, PEER_STALL}};
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;

    (void)state;
    peer_script(server, script, 3);
    make_client(watch);
    options.limit = 1;
    options.prefetch = 3;
    assert_int_equal(pgai_contacts_pages(client, &options, &pager, &error), PGAI_OK);
    assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_OK);
    pgai_page_free(page);
    assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_AUTHENTICATION);
    pgai_pager_free(pager);
    assert_int_equal(counts[PGAI_EVENT_REQUEST], counts[PGAI_EVENT_RESPONSE]);
    assert_int_equal(counts[PGAI_EVENT_REQUEST], 4);
}

static void clients_made_from_it_are_watched(void **state)
{
    pgai_client *first;

    (void)state;
    make_client(watch);
    first = client;
    assert_int_equal(pgai_client_with_key(first, "sandbox_2", &client, &error), PGAI_OK);
    pgai_client_free(first);
    assert_int_equal(get(), PGAI_OK);
    assert_string_equal(told, "rr");
}

static void call_again(const pgai_event *event)
{
    (void)event;
    also = NULL;
    assert_int_equal(get(), PGAI_OK);
}

static void an_observer_may_call(void **state)
{
    (void)state;
    make_client(watch);
    also = call_again;
    assert_int_equal(get(), PGAI_OK);
    assert_string_equal(told, "rrrr");
}

static void end_calls(const pgai_event *event)
{
    if (event->kind == PGAI_EVENT_REQUEST)
        pgai_client_cancel(client);
}

static void an_observer_may_cancel(void **state)
{
    (void)state;
    peer_script(server, NULL, 0);
    make_client(watch);
    also = end_calls;
    assert_int_equal(get(), PGAI_CANCELLED);
    assert_string_equal(told, "rr");
}

static pid_t child;

static void fork_at_request(const pgai_event *event)
{
    if (event->kind != PGAI_EVENT_REQUEST)
        return;
    also = NULL;
    child = child_fork();
}

/* Both go on with the call; the child sends its request again, on its own connection. */
static void an_observer_may_fork(void **state)
{
    pgai_status status;
    int ended;

    (void)state;
    make_client(watch);
    also = fork_at_request;
    status = get();
    if (child == 0)
        _exit(status == PGAI_OK && get() == PGAI_OK ? 0 : 1);
    assert_int_equal(status, PGAI_OK);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_int_equal(get(), PGAI_OK);
}

/* What a get writes to stderr with this value of PGAI_LOG. */
static void log_of(const char *level, char *out, size_t size)
{
    int file = memfd_create("log", MFD_CLOEXEC);
    int saved = dup(STDERR_FILENO);
    ssize_t length;

    setenv("PGAI_LOG", level, 1);
    dup2(file, STDERR_FILENO);
    make_client(NULL);
    assert_int_equal(get(), PGAI_OK);
    dup2(saved, STDERR_FILENO);
    close(saved);
    unsetenv("PGAI_LOG");
    length = pread(file, out, size - 1, 0);
    close(file);
    out[length > 0 ? length : 0] = '\0';
    pgai_client_free(client);
    client = NULL;
}

static void the_environment_makes_a_log(void **state)
{
    char bytes[2][1024];
    char log[2048];
    const peer_response script[] = {
        {bytes[0], peer_format(bytes[0], sizeof(bytes[0]), 503, NULL, "{}"), 0, NULL,
         PEER_KEEP},
        {bytes[1], peer_format(bytes[1], sizeof(bytes[1]), 200, NULL, SAMPLE_CONTACT), 0,
         NULL, PEER_KEEP}};

    (void)state;
    log_of("Debug", log, sizeof(log));
    assert_contains(log, "pgai: debug: #");
    assert_contains(log, " GET /contacts/" SAMPLE_ID ": request 1\n");
    assert_contains(log, ": 200 after ");
    assert_null(strstr(log, SAMPLE_KEY));
    log_of("info", log, sizeof(log));
    assert_string_equal(log, "");
    peer_script(server, script, 2);
    log_of("warning", log, sizeof(log));
    assert_contains(log, "pgai: warning: #");
    assert_contains(log, ": 503; request 2 follows in ");
    log_of("", log, sizeof(log));
    assert_string_equal(log, "");
}

static void a_level_that_is_none_is_told(void **state)
{
    char log[2048];

    (void)state;
    log_of("verbose", log, sizeof(log));
    assert_string_equal(log, "pgai: warning: PGAI_LOG is \"verbose\", which is no level, "
                             "so nothing is logged: set it to debug, info or warning\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(calls_are_watched),
        TEST(walks_are_watched),
        TEST(requests_that_are_given_up_are_told),
        TEST(clients_made_from_it_are_watched),
        TEST(an_observer_may_call),
        TEST(an_observer_may_cancel),
        TEST(an_observer_may_fork),
        TEST(the_environment_makes_a_log),
        TEST(a_level_that_is_none_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
