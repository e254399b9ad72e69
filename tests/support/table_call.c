/* Calls, options and sandboxes as rows of tables have them. */
#include "support/table_call.h"

#include <stdlib.h>

enum { CONTACTS = 60 };

int64_t table_milliseconds(const json_t *options, const char *name)
{
    return (int64_t)(json_number_value(json_object_get(options, name)) * 1000.0 + 0.5);
}

static void take(const json_t *arguments, const char *name, int64_t *out)
{
    const json_t *given = json_object_get(arguments, name);

    if (given)
        *out = json_integer_value(given);
}

static pgai_status walk(pgai_client *client, const json_t *arguments, pgai_error *error)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_status status;

    options.limit = json_integer_value(json_object_get(arguments, "limit"));
    options.deadline_ms = table_milliseconds(arguments, "deadline");
    take(arguments, "prefetch", &options.prefetch);
    status = pgai_contacts_pages(client, &options, &pager, error);
    while (status == PGAI_OK) {
        pgai_page *page = NULL;

        status = pgai_pager_next(pager, &page, error);
        pgai_page_free(page);
    }
    pgai_pager_free(pager);
    return status == PGAI_DONE ? PGAI_OK : status;
}

pgai_status table_call(pgai_client *client, const json_t *row, pgai_error *error)
{
    const json_t *call = json_object_get(row, "call");
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

        take(arguments, "page", &options.page);
        take(arguments, "limit", &options.limit);
        status = pgai_contacts_list(client, &options, &page, error);
    } else if ((arguments = json_object_get(call, "walk"))) {
        status = walk(client, arguments, error);
    }
    pgai_contact_free(contact);
    pgai_page_free(page);
    return status;
}

void table_options(const json_t *row, pgai_client_options *out)
{
    const json_t *given = json_object_get(row, "options");

    out->proxy = "";
    out->timeout_ms = table_milliseconds(given, "timeout");
    out->connect_timeout_ms = table_milliseconds(given, "connect_timeout");
    out->deadline_ms = table_milliseconds(given, "deadline");
    out->max_wait_ms = table_milliseconds(given, "max_wait");
    out->max_attempts = (int)json_integer_value(json_object_get(given, "max_attempts"));
}

pgai_sandbox *table_sandbox(const json_t *row)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    const json_t *given = json_object_get(row, "sandbox");
    const json_t *faults = json_object_get(row, "faults");
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
