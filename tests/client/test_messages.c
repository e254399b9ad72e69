/* Plays tests/messages.json: what people read who made a common mistake. */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "support/descriptors.h"
#include "support/peers.h"
#include "support/table_call.h"
#include "support/unit.h"

enum { MAX_ROWS = 128, TEXT_SIZE = 256 };

static peers *services;

/* A text of the options, with places filled in; NULL: it is not given. */
static const char *
text_of(const json_t *options, const char *name, const char *usual, char out[TEXT_SIZE])
{
    const json_t *given = json_object_get(options, name);
    const char *text = given ? json_string_value(given) : usual;

    if (!text)
        return NULL;
    peers_fill(services, text, out, TEXT_SIZE);
    return out;
}

static pgai_status make_client(const json_t *row, const pgai_sandbox *sandbox,
                               pgai_client **out, pgai_error *error)
{
    const json_t *given = json_object_get(row, "options");
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    char key[TEXT_SIZE], url[TEXT_SIZE], ca[TEXT_SIZE], proxy[TEXT_SIZE];

    table_options(row, &options);
    options.api_key = text_of(given, "api_key", pgai_sandbox_key(sandbox), key);
    options.base_url = text_of(row, "base_url", pgai_sandbox_url(sandbox), url);
    options.ca = text_of(given, "ca", NULL, ca);
    options.proxy = text_of(given, "proxy", "", proxy);
    return pgai_client_new(&options, out, error);
}

static pgai_status play(const json_t *row, pgai_error *error)
{
    const json_t *descriptors = json_object_get(row, "descriptors");
    pgai_sandbox *sandbox = table_sandbox(row);
    pgai_client *client = NULL;
    struct rlimit usual;
    pgai_status status;

    assert_non_null(sandbox);
    status = make_client(row, sandbox, &client, error);
    if (descriptors)
        usual = descriptors_leave((int)json_integer_value(descriptors));
    if (status == PGAI_OK)
        status = table_call(client, row, error);
    if (descriptors)
        descriptors_restore(usual);
    pgai_client_free(client);
    pgai_sandbox_stop(sandbox);
    return status;
}

/* Whether a text is a pattern in which "..." stands for anything. */
static bool reads(const char *text, const char *pattern)
{
    while (*pattern && strncmp(pattern, "...", 3) != 0 && *text == *pattern) {
        text++;
        pattern++;
    }
    if (strncmp(pattern, "...", 3) != 0)
        return !*text && !*pattern;
    for (; *text; text++) {
        if (reads(text, pattern + 3))
            return true;
    }
    return reads(text, pattern + 3);
}

static void test_row(void **state)
{
    const json_t *row = *state;
    const char *pattern = json_string_value(json_object_get(row, "message"));
    pgai_error error = PGAI_ERROR_INIT;

    assert_string_equal(pgai_status_name(play(row, &error)),
                        json_string_value(json_object_get(row, "kind")));
    if (!reads(error.message, pattern))
        assert_string_equal(error.message, pattern);
}

static bool is_for_c(const json_t *row)
{
    const json_t *languages = json_object_get(row, "in");

    if (!languages)
        return true;
    for (size_t i = 0; i < json_array_size(languages); i++) {
        if (strcmp(json_string_value(json_array_get(languages, i)), "c") == 0)
            return true;
    }
    return false;
}

static int start(void **state)
{
    (void)state;
    unsetenv("PGAI_API_KEY");
    services = peers_start();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    peers_stop(services);
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[MAX_ROWS];
    json_t *table = json_load_file(PGAI_TABLE, 0, NULL);
    size_t count = 0;
    int failed;

    if (!table || json_array_size(table) > MAX_ROWS)
        return 1;
    for (size_t i = 0; i < json_array_size(table); i++) {
        json_t *row = json_array_get(table, i);

        if (is_for_c(row))
            tests[count++] = (struct CMUnitTest){
                .name = json_string_value(json_object_get(row, "name")),
                .test_func = test_row,
                .initial_state = row};
    }
    failed = _cmocka_run_group_tests("messages", tests, count, start, stop);
    json_decref(table);
    return failed;
}
