/* Plays tests/limits.json: every limit, wherever a call spends its time. The rows wait
 * for real, so that they are played next to each other, and looked at afterwards. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>
#include <pgai/transport.h>

#include "support/unit.h"

/* A machine that is busy may wake a thread late: the quickest of so many tries counts. */
enum { TRIES = 3 };

enum {
    MOST_ROWS = 256,
    AT_ONCE = 6,
    CONTACTS = 60,
    WAITING = 4 /* connections, with which a listener is full */
};

/* Sanitizers make all slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLACK_MS = 2000 };
#else
enum { SLACK_MS = 0 };
#endif

typedef struct outcome {
    const char *kind; /* a status word, or "good" */
    int64_t ms;
    int64_t requests;
    int64_t retry_after_ms;
} outcome;

typedef struct row {
    json_t *json;
    outcome got;
} row;

/* Services that no connection can be made with, as `peer` names them. */
typedef struct peer {
    const char *name;
    const char *scheme;
    int backlog;
    int listener;
    struct sockaddr_in address;
} peer;

static peer peers[] = {
    /* The system makes connections, and no byte is ever answered. */
    {.name = "mute", .scheme = "https", .backlog = 512},
    /* It makes none, as too many wait to be accepted. */
    {.name = "full", .scheme = "http", .backlog = 0},
};
static int waiting[WAITING];
static row rows[MOST_ROWS];
static size_t row_count;
static atomic_size_t next_row;

static void open_peers(void)
{
    for (size_t i = 0; i < COUNT(peers); i++) {
        struct sockaddr_in *address = &peers[i].address;
        socklen_t length = sizeof(*address);

        address->sin_family = AF_INET;
        address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        peers[i].listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_return_code(bind(peers[i].listener, (struct sockaddr *)address, length),
                           0);
        assert_return_code(listen(peers[i].listener, peers[i].backlog), 0);
        getsockname(peers[i].listener, (struct sockaddr *)address, &length);
    }
    for (size_t i = 0; i < WAITING; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        /* Whether it is connected or has to wait does not matter. */
        (void)connect(waiting[i], (struct sockaddr *)&peers[1].address,
                      sizeof(peers[1].address));
    }
}

static void close_peers(void)
{
    for (size_t i = 0; i < COUNT(peers); i++)
        close(peers[i].listener);
    for (size_t i = 0; i < WAITING; i++)
        close(waiting[i]);
}

static bool find_peer(const char *name, char *url, size_t size)
{
    for (size_t i = 0; name && i < COUNT(peers); i++) {
        if (strcmp(peers[i].name, name) != 0)
            continue;
        snprintf(url, size, "%s://127.0.0.1:%d/v1", peers[i].scheme,
                 ntohs(peers[i].address.sin_port));
        return true;
    }
    return false;
}

static int64_t milliseconds(const json_t *options, const char *name)
{
    return (int64_t)(json_number_value(json_object_get(options, name)) * 1000.0 + 0.5);
}

static pgai_status walk(pgai_client *client, const json_t *arguments, pgai_error *error)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_status status;

    options.limit = json_integer_value(json_object_get(arguments, "limit"));
    options.deadline_ms = milliseconds(arguments, "deadline");
    status = pgai_contacts_pages(client, &options, &pager, error);
    while (status == PGAI_OK) {
        pgai_page *page = NULL;

        status = pgai_pager_next(pager, &page, error);
        pgai_page_free(page);
    }
    pgai_pager_free(pager);
    return status == PGAI_DONE ? PGAI_OK : status;
}

static pgai_status make_call(pgai_client *client, json_t *call, pgai_error *error)
{
    const json_t *arguments;
    pgai_contact *contact = NULL;
    pgai_page *page = NULL;
    pgai_status status = PGAI_USAGE;

    if ((arguments = json_object_get(call, "get"))) {
        const char *id = json_string_value(json_object_get(arguments, "id"));

        status = pgai_contacts_get(client, id, &contact, error);
    } else if ((arguments = json_object_get(call, "create"))) {
        pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

        fields.first_name = json_string_value(json_object_get(arguments, "first_name"));
        status = pgai_contacts_create(client, &fields, &contact, error);
    } else if ((arguments = json_object_get(call, "list"))) {
        pgai_list_options options = PGAI_LIST_OPTIONS_INIT;

        options.limit = json_integer_value(json_object_get(arguments, "limit"));
        status = pgai_contacts_list(client, &options, &page, error);
    } else if ((arguments = json_object_get(call, "walk"))) {
        status = walk(client, arguments, error);
    }
    pgai_contact_free(contact);
    pgai_page_free(page);
    return status;
}

static pgai_client *make_client(const json_t *json, const pgai_sandbox *sandbox)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    const json_t *given = json_object_get(json, "options");
    const char *name = json_string_value(json_object_get(json, "peer"));
    pgai_client *client = NULL;
    char url[64];

    options.api_key = pgai_sandbox_key(sandbox);
    options.base_url =
        find_peer(name, url, sizeof(url)) ? url : pgai_sandbox_url(sandbox);
    options.proxy = "";
    /* Nobody is to be trusted, and no bundle to be read in the time that is measured. */
    options.ca = PGAI_NO_CERTIFICATES;
    options.timeout_ms = milliseconds(given, "timeout");
    options.connect_timeout_ms = milliseconds(given, "connect_timeout");
    options.deadline_ms = milliseconds(given, "deadline");
    options.max_wait_ms = milliseconds(given, "max_wait");
    options.max_attempts =
        (int)json_integer_value(json_object_get(given, "max_attempts"));
    if (pgai_client_new(&options, &client, NULL) != PGAI_OK)
        return NULL;
    return client;
}

static pgai_sandbox *make_sandbox(const json_t *json)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    const json_t *given = json_object_get(json, "sandbox");
    const json_t *faults = json_object_get(json, "faults");
    char *text = faults ? json_dumps(faults, 0) : NULL;
    pgai_sandbox *sandbox = NULL;
    pgai_status status;

    options.contacts = CONTACTS;
    options.faults = text;
    options.limiter = json_string_value(json_object_get(given, "limiter"));
    options.rate_limit = json_integer_value(json_object_get(given, "rate_limit"));
    status = pgai_sandbox_start(&options, &sandbox, NULL);
    free(text);
    return status == PGAI_OK ? sandbox : NULL;
}

static int64_t count_requests(pgai_sandbox *sandbox)
{
    char *text = NULL;
    json_t *log = NULL;
    int64_t count;

    if (pgai_sandbox_log(sandbox, &text, NULL) == PGAI_OK)
        log = json_loads(text, 0, NULL);
    free(text);
    count =
        json_integer_value(json_object_get(json_object_get(log, "counts"), "requests"));
    json_decref(log);
    return count;
}

static void play(row *played)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_sandbox *sandbox = make_sandbox(played->json);
    pgai_client *client = sandbox ? make_client(played->json, sandbox) : NULL;
    int64_t begun = pgai_transport_now_ms();
    pgai_status status = PGAI_USAGE;

    if (client)
        status = make_call(client, json_object_get(played->json, "call"), &error);
    played->got.ms = pgai_transport_now_ms() - begun;
    played->got.kind = status == PGAI_OK ? "good" : pgai_status_name(status);
    played->got.retry_after_ms = error.retry_after_ms;
    pgai_client_free(client);
    if (sandbox)
        played->got.requests = count_requests(sandbox);
    pgai_sandbox_stop(sandbox);
}

static int64_t most_ms(const row *played)
{
    const json_t *expect = json_object_get(played->json, "expect");

    return json_integer_value(json_object_get(expect, "most_ms")) + SLACK_MS;
}

static void *play_some(void *unused)
{
    size_t index;

    while ((index = atomic_fetch_add(&next_row, 1)) < row_count) {
        int tries = 0;

        do
            play(&rows[index]);
        while (rows[index].got.ms > most_ms(&rows[index]) && ++tries < TRIES);
    }
    return unused;
}

static void test_row(void **state)
{
    const row *played = *state;
    const outcome *got = &played->got;
    const json_t *expect = json_object_get(played->json, "expect");
    const char *kind = json_string_value(json_object_get(expect, "kind"));
    const json_t *retry_after = json_object_get(expect, "retry_after");

    assert_string_equal(got->kind, kind ? kind : "good");
    assert_int_equal(got->requests,
                     json_integer_value(json_object_get(expect, "requests")));
    assert_in_range(got->ms, json_integer_value(json_object_get(expect, "least_ms")),
                    most_ms(played));
    if (retry_after) {
        double seconds = (double)got->retry_after_ms / 1000.0;

        assert_true(seconds >= json_number_value(json_array_get(retry_after, 0)));
        assert_true(seconds <= json_number_value(json_array_get(retry_after, 1)));
    }
}

static int play_all(void **state)
{
    pthread_t threads[AT_ONCE];

    (void)state;
    open_peers();
    for (size_t i = 0; i < AT_ONCE; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, play_some, NULL), 0);
    for (size_t i = 0; i < AT_ONCE; i++)
        pthread_join(threads[i], NULL);
    close_peers();
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[MOST_ROWS];
    json_t *table = json_load_file(PGAI_LIMITS, 0, NULL);
    int failed;

    row_count = json_array_size(table);
    if (row_count == 0 || row_count > MOST_ROWS)
        return 1;
    for (size_t i = 0; i < row_count; i++) {
        rows[i].json = json_array_get(table, i);
        tests[i] = (struct CMUnitTest){
            .name = json_string_value(json_object_get(rows[i].json, "name")),
            .test_func = test_row,
            .initial_state = &rows[i]};
    }
    failed = _cmocka_run_group_tests("limits", tests, row_count, play_all, NULL);
    json_decref(table);
    return failed;
}
