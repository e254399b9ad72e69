/* Plays tests/call_options.json: every call option, wherever a call spends its time. The
 * rows wait for real, so that they are played next to each other, and looked at
 * afterwards. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include <jansson.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>
#include <pgai/transport.h>

#include "support/peers.h"
#include "support/table_call.h"
#include "support/unit.h"

/* A machine that is busy may wake a thread late, so that a call takes longer, or has time
 * for fewer requests: of so many tries, one that is in time counts. */
enum { TRIES = 3 };

enum { MAX_ROWS = 256, AT_ONCE = 6 };

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

static peers *services;
static row rows[MAX_ROWS];
static size_t row_count;
static atomic_size_t next_row;

static pgai_client *make_client(const json_t *json, const pgai_sandbox *sandbox)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    const char *base_url = json_string_value(json_object_get(json, "base_url"));
    pgai_client *client = NULL;
    char url[64];

    if (!base_url)
        base_url = pgai_sandbox_url(sandbox);
    peers_fill(services, base_url, url, sizeof(url));
    table_options(json, &options);
    options.api_key = pgai_sandbox_key(sandbox);
    options.base_url = url;
    /* Nobody is to be trusted, and no bundle to be read in the time that is measured. */
    options.ca = PGAI_NO_CERTIFICATES;
    return pgai_client_new(&options, &client, NULL) == PGAI_OK ? client : NULL;
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
    pgai_sandbox *sandbox = table_sandbox(played->json);
    pgai_client *client = sandbox ? make_client(played->json, sandbox) : NULL;
    int64_t begun = pgai_transport_now_ms();
    pgai_status status = PGAI_USAGE;

    if (client)
        status = table_call(client, played->json, &error);
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

static int64_t requests_of(const row *played)
{
    return json_integer_value(
        json_object_get(json_object_get(played->json, "expect"), "requests"));
}

static bool was_in_time(const row *played)
{
    return played->got.ms <= most_ms(played) &&
           played->got.requests == requests_of(played);
}

static void *play_some(void *unused)
{
    size_t index;

    while ((index = atomic_fetch_add(&next_row, 1)) < row_count) {
        int tries = 0;

        do
            play(&rows[index]);
        while (!was_in_time(&rows[index]) && ++tries < TRIES);
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
    assert_int_equal(got->requests, requests_of(played));
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
    services = peers_start();
    for (size_t i = 0; i < AT_ONCE; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, play_some, NULL), 0);
    for (size_t i = 0; i < AT_ONCE; i++)
        pthread_join(threads[i], NULL);
    peers_stop(services);
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[MAX_ROWS];
    json_t *table = json_load_file(PGAI_TABLE, 0, NULL);
    int failed;

    row_count = json_array_size(table);
    if (row_count == 0 || row_count > MAX_ROWS)
        return 1;
    for (size_t i = 0; i < row_count; i++) {
        rows[i].json = json_array_get(table, i);
        tests[i] = (struct CMUnitTest){
            .name = json_string_value(json_object_get(rows[i].json, "name")),
            .test_func = test_row,
            .initial_state = &rows[i]};
    }
    failed = _cmocka_run_group_tests("call_options", tests, row_count, play_all, NULL);
    json_decref(table);
    return failed;
}
