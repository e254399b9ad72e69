/* After each odd response that the sandbox knows, the same client goes on. */
#include "support/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include <jansson.h>
#include <pgai/pgai.h>
#include <pgai/sandbox.h>

/** @file
 * Each fault of the sandbox after a good response, twice, on one client: what comes is
 * what tests/support/faults.json allows, the same both times, and good responses stay
 * right.
 */

enum { ID_SIZE = 64, HASTY_MS = 200 };

static pgai_sandbox *sandbox;
static pgai_client *client;
static pgai_client *hasty; /* the same client, for calls that stall */
static pgai_client *other; /* on connections of its own */
static char id[ID_SIZE];
static int complaints; /* all are told before the test fails */

static pgai_client *new_client(void)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *made = NULL;

    options.api_key = pgai_sandbox_key(sandbox);
    options.base_url = pgai_sandbox_url(sandbox);
    options.max_attempts = 1;
    options.no_pacing = 1;
    options.proxy = "";
    assert_int_equal(pgai_client_new(&options, &made, NULL), PGAI_OK);
    return made;
}

static void start(void)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_call_options changes = PGAI_CALL_OPTIONS_INIT;
    pgai_page *page = NULL;
    pgai_text first;

    options.contacts = 5;
    assert_int_equal(pgai_sandbox_start(&options, &sandbox, NULL), PGAI_OK);
    client = new_client();
    other = new_client();
    changes.timeout_ms = HASTY_MS;
    assert_int_equal(pgai_client_with(client, &changes, &hasty, NULL), PGAI_OK);
    assert_int_equal(pgai_contacts_list(other, NULL, &page, NULL), PGAI_OK);
    first = pgai_contact_text(pgai_page_contact(page, 0), PGAI_ID);
    snprintf(id, sizeof(id), "%.*s", (int)first.length, first.data);
    pgai_page_free(page);
}

static void stop(void)
{
    pgai_client_free(hasty);
    pgai_client_free(client);
    pgai_client_free(other);
    pgai_sandbox_stop(sandbox);
}

/* Reset the sandbox, and give it the rule, if there is one. */
static void set_rule(const char *rule)
{
    assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
    if (rule)
        assert_int_equal(pgai_sandbox_fault(sandbox, rule, NULL), PGAI_OK);
}

static void complain(const char *rule, const char *what, const char *word)
{
    print_error("%s: %s %s\n", rule, what, word);
    complaints++;
}

static void check_good(const char *rule)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;

    if (pgai_contacts_get(client, id, &contact, &error) != PGAI_OK)
        complain(rule, "a good response is", error.message);
    else
        assert_text(pgai_contact_text(contact, PGAI_ID), id);
    pgai_contact_free(contact);
}

/* One call of the kind that the group's faults act on; the word for what came. */
static const char *call(pgai_client *with, const char *group)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    pgai_page *page = NULL;
    pgai_status status;

    fields.first_name = "Ann";
    if (strcmp(group, "create") == 0)
        status = pgai_contacts_create(with, &fields, &contact, &error);
    else if (strcmp(group, "paging") == 0)
        status = pgai_contacts_list(with, NULL, &page, &error);
    else
        status = pgai_contacts_get(with, id, &contact, &error);
    pgai_contact_free(contact);
    pgai_page_free(page);
    return status == PGAI_OK ? "good" : pgai_status_name(status);
}

static bool is_allowed(const json_t *may, const char *word)
{
    for (size_t i = 0; i < json_array_size(may); i++) {
        if (strcmp(json_string_value(json_array_get(may, i)), word) == 0)
            return true;
    }
    return false;
}

/* Let time pass at the sandbox: another client's response comes that much later. */
static void pass_time(int64_t ms)
{
    pgai_contact *contact = NULL;
    char rule[64];

    snprintf(rule, sizeof(rule), "{\"fault\":\"latency\",\"ms\":%d}", (int)ms);
    set_rule(rule);
    assert_int_equal(pgai_contacts_get(other, id, &contact, NULL), PGAI_OK);
    pgai_contact_free(contact);
}

static void meet(const char *group, const json_t *entry)
{
    const json_t *may = json_object_get(entry, "may");
    int64_t then_ms = json_integer_value(json_object_get(entry, "then_ms"));
    char *rule = json_dumps(json_object_get(entry, "rule"), 0);
    const char *words[2];

    check_good(rule);
    for (size_t i = 0; i < 2; i++) {
        set_rule(rule);
        words[i] = call(is_allowed(may, "timeout") ? hasty : client, group);
        if (!is_allowed(may, words[i]))
            complain(rule, "it must not be", words[i]);
        if (then_ms > 0)
            pass_time(then_ms);
    }
    if (strcmp(words[0], words[1]) != 0)
        complain(rule, "the second time it is", words[1]);
    set_rule(NULL);
    check_good(rule);
    free(rule);
}

static void each_odd_response_after_a_good_one_twice(void **state)
{
    json_t *list = json_load_file(PGAI_SANDBOX_FAULTS, 0, NULL);
    const char *group;
    json_t *entries;
    json_t *entry;
    size_t index;

    (void)state;
    assert_non_null(list);
    start();
    json_object_foreach(list, group, entries)
    {
        json_array_foreach(entries, index, entry)
        {
            meet(group, entry);
        }
    }
    stop();
    json_decref(list);
    assert_int_equal(complaints, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_odd_response_after_a_good_one_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
