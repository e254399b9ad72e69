/* Plays the conformance table over the protocol core: run TABLE.json... */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/operation.h"
#include "conformance/value.h"
#include "protocol/text.h"

/* What every row has unless its `client` says otherwise; README.md names them too. */
static const char default_key[] = "test_key_0123456789";
static const char default_url[] = "http://127.0.0.1:1/v1";
static const char default_agent[] = "conformance";
static const int64_t start_ms = 1000000;

/* The texts of a row's client, kept for as long as the row is played. */
typedef struct client_texts {
    value_bytes key;
    value_bytes url;
    value_bytes agent;
} client_texts;

/* null is "not given", which is not the same as a member that is missing: that one has
 * the value every row has. */
static value_bytes text_or(const json_t *client, const char *name, const char *otherwise)
{
    const json_t *given = json_object_get(client, name);
    json_t *missing = json_string(otherwise);
    value_bytes bytes = value_bytes_new(given ? given : missing);

    json_decref(missing);
    return bytes;
}

static pgai_call_options call_options_of(const json_t *client)
{
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;

    call_options.no_pacing = json_is_true(json_object_get(client, "no_pacing"));
    call_options.max_attempts =
        (int)value_number(json_object_get(client, "max_attempts"), 0);
    call_options.timeout_ms = value_number(json_object_get(client, "timeout_ms"), 0);
    call_options.connect_timeout_ms =
        value_number(json_object_get(client, "connect_timeout_ms"), 0);
    call_options.deadline_ms = value_number(json_object_get(client, "deadline_ms"), 0);
    call_options.max_wait_ms = value_number(json_object_get(client, "max_wait_ms"), 0);
    return call_options;
}

/* The calls of a row: one, or those of its member `calls`, each as often as `times` says.
 */
static bool play_calls(struct exchange *exchange, pgai_session *session,
                       const pgai_call_options *call_options, const json_t *row,
                       const pgai_error *error)
{
    const json_t *calls = json_object_get(row, "calls");
    const json_t *entry;
    size_t index;

    if (!calls)
        return operation_play(exchange, session, call_options, row, error);
    json_array_foreach(calls, index, entry)
    {
        int64_t times = value_number(json_object_get(entry, "times"), 1);

        for (; times > 0; times--) {
            if (!operation_play(exchange, session, call_options, entry, error))
                return false;
        }
    }
    return true;
}

static bool
play_session(struct exchange *exchange, const json_t *row, const client_texts *texts)
{
    const json_t *client = json_object_get(row, "client");
    pgai_call_options call_options = call_options_of(client);
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_session *session = NULL;
    bool fits;

    options.api_key = texts->key.data;
    options.base_url = texts->url.data;
    options.user_agent = texts->agent.data;
    options.allow_cleartext = json_is_true(json_object_get(client, "allow_cleartext"));
    if (json_object_get(client, "share"))
        options.share = json_number_value(json_object_get(client, "share"));
    options.seed =
        pgaii_text_hash(pgaii_text(json_string_value(json_object_get(row, "name"))));
    if (pgai_session_new(&options, &session, &error) != PGAI_OK && session)
        return exchange_mismatch(exchange, "a session came with a failure");
    fits = play_calls(exchange, session, &call_options, row, &error);
    pgai_session_free(session);
    return fits;
}

static bool play_row(const char *folder, const json_t *row)
{
    const json_t *client = json_object_get(row, "client");
    const char *name = json_string_value(json_object_get(row, "name"));
    client_texts texts = {text_or(client, "api_key", default_key),
                          text_or(client, "base_url", default_url),
                          text_or(client, "user_agent", default_agent)};
    struct exchange exchange = {.folder = folder, .now_ms = start_ms};
    bool fits;

    value_demand(name, "a row has a name", row);
    exchange.key = texts.key.data ? texts.key.data : "";
    exchange.user_agent = texts.agent.data ? texts.agent.data : "";
    fits = play_session(&exchange, row, &texts);
    if (!fits)
        printf("FAILED %s: %s\n", name, exchange.mismatch);
    free(texts.key.data);
    free(texts.url.data);
    free(texts.agent.data);
    return fits;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *rows = json_load_file(path, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

    if (!json_is_array(rows)) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        exit(2);
    }
    return rows;
}

int main(int argc, char **argv)
{
    int passed = 0;
    int failed = 0;

    for (int i = 1; i < argc; i++) {
        json_t *rows = load(argv[i]);
        char *folder = strdup(argv[i]);
        char *slash = strrchr(folder, '/');
        const json_t *row;
        size_t index;

        *(slash ? slash : folder) = '\0';
        json_array_foreach(rows, index, row)
        {
            if (play_row(slash ? folder : ".", row))
                passed++;
            else
                failed++;
        }
        free(folder);
        json_decref(rows);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
