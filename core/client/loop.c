/* What programs with an event loop of their own take from a client. */
#include "client/client.h"
#include "engine/engine.h"
#include "protocol/error.h"

pgai_status
pgai_client_session(const pgai_client *client, pgai_session **out, pgai_error *error)
{
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        *out = client->session;
    return status;
}

const pgai_call_options *pgai_client_call_options(const pgai_client *client)
{
    return client ? &client->call_options : NULL;
}

pgai_status
pgai_client_engine(const pgai_client *client, pgai_engine **out, pgai_error *error)
{
    pgai_status status;
    pgaii_route route;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status != PGAI_OK)
        return status;
    if (!pgaii_route_copy(pgaii_pool_route(client->pool), &route))
        return pgaii_fail_memory(error);
    return pgaii_engine_open(&route, out, error);
}

int pgai_client_log(const pgai_client *client, const pgai_event *event)
{
    if (!client)
        return 0;
    if (event)
        pgaii_observer_log(&client->observer, event);
    return client->observer.logs;
}
