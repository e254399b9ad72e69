/* The calls that block until their response is there: list, get, create, request and
 * plan.
 */
#include <pgai/client.h>

#include "client/client.h"
#include "client/driver.h"
#include "protocol/error.h"

pgai_status pgai_contacts_list(pgai_client *client, const pgai_list_options *options,
                               pgai_page **out, pgai_error *error)
{
    pgai_call *call = NULL;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        status = pgai_call_new_list(client->session, options, &client->call_options,
                                    &call, error);
    if (status == PGAI_OK)
        status = pgaii_driver_run(client, call, error);
    if (status == PGAI_OK)
        *out = pgai_call_take_page(call);
    pgai_call_free(call);
    return status;
}

pgai_status pgai_contacts_request(pgai_client *client,
                                  const pgai_request_options *options,
                                  pgai_response **out, pgai_error *error)
{
    pgai_call *call = NULL;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        status = pgai_call_new_request(client->session, options, &client->call_options,
                                       &call, error);
    if (status == PGAI_OK)
        status = pgaii_driver_run(client, call, error);
    if (status == PGAI_OK)
        *out = pgai_call_take_response(call);
    pgai_call_free(call);
    return status;
}

static pgai_status finish_contact(const pgai_client *client, pgai_call *call,
                                  pgai_contact **out, pgai_error *error)
{
    pgai_status status = pgaii_driver_run(client, call, error);

    if (status == PGAI_OK)
        *out = pgai_call_take_contact(call);
    pgai_call_free(call);
    return status;
}

pgai_status pgai_contacts_get(pgai_client *client, const char *id, pgai_contact **out,
                              pgai_error *error)
{
    pgai_call *call = NULL;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        status =
            pgai_call_new_get(client->session, id, &client->call_options, &call, error);
    return status == PGAI_OK ? finish_contact(client, call, out, error) : status;
}

pgai_status pgai_contacts_create(pgai_client *client, const pgai_contact_fields *fields,
                                 pgai_contact **out, pgai_error *error)
{
    pgai_call *call = NULL;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        status = pgai_call_new_create(client->session, fields, &client->call_options,
                                      &call, error);
    return status == PGAI_OK ? finish_contact(client, call, out, error) : status;
}

pgai_status pgai_contacts_plan(pgai_client *client, int64_t parts, int64_t limit,
                               pgai_part *out, size_t *count, pgai_error *error)
{
    pgai_call *call = NULL;
    pgai_status status;

    if (count)
        *count = 0;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK && !count)
        status = pgaii_fail(error, PGAI_USAGE, "count is NULL");
    if (status == PGAI_OK)
        status = pgai_call_new_plan(client->session, parts, limit, &client->call_options,
                                    &call, error);
    if (status == PGAI_OK)
        status = pgaii_driver_run(client, call, error);
    while (status == PGAI_OK && pgai_call_part(call, *count, &out[*count]))
        ++*count;
    pgai_call_free(call);
    return status;
}
