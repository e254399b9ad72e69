/* A client: its options, its session and call options, and clients made from it. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/driver.h"
#include "client/registry.h"
#include "client/shared_session.h"
#include "engine/clock.h"
#include "engine/process.h"
#include "protocol/call_options.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/session.h"
#include "protocol/versioned.h"

static pgai_status read_options(pgai_client_options *out,
                                const pgai_client_options *given, pgai_error *error)
{
    pgai_status status = PGAI_OK;

    *out = (pgai_client_options)PGAI_CLIENT_OPTIONS_INIT;
    if (given)
        status = pgaii_versioned_read(
            out, sizeof(*out), given,
            PGAII_FIRST_SIZE(pgai_client_options, interrupt_data), "options", error);
    if (status != PGAI_OK)
        return status;
    if (!out->api_key)
        out->api_key = pgaii_process_variable("PGAI_API_KEY");
    if (!out->base_url)
        out->base_url = pgaii_process_variable("PGAI_BASE_URL");
    if (!out->api_key)
        return pgaii_fail(error, PGAI_USAGE,
                          "there is no API key: set api_key in the options, or the "
                          "environment variable PGAI_API_KEY");
    return PGAI_OK;
}

static pgai_status read_call_options(pgai_call_options *out,
                                     const pgai_client_options *options,
                                     pgai_error *error)
{
    const pgai_call_options none = PGAI_CALL_OPTIONS_INIT;
    const pgai_call_options given = {
        .struct_size = sizeof(given),
        .no_pacing = options->no_pacing,
        .max_attempts = options->max_attempts,
        .timeout_ms = options->timeout_ms,
        .connect_timeout_ms = options->connect_timeout_ms,
        .deadline_ms = options->deadline_ms,
        .max_wait_ms = options->max_wait_ms,
    };

    return pgaii_call_options_merge(out, &given, &none, error);
}

/* The session of a key and a base URL, which others may use as well. */
static pgai_status
share_session(const pgai_client_options *options, pgai_session **out, pgai_error *error)
{
    const pgai_session_options session = {
        .struct_size = sizeof(session),
        .api_key = options->api_key,
        .base_url = options->base_url,
        .user_agent = options->user_agent,
        .allow_cleartext = options->allow_cleartext,
        .seed = pgaii_clock_seed(),
        .share = options->share,
        .lock = pgaii_process_lock,
        .unlock = pgaii_process_unlock,
    };
    pgai_session *fresh = NULL;
    pgai_status status = pgai_session_new(&session, &fresh, error);

    if (status == PGAI_OK && options->shared_pacing)
        status = pgaii_shared_session_open(fresh, error);
    if (status != PGAI_OK) {
        pgai_session_free(fresh);
        return status;
    }
    *out = pgaii_registry_share(fresh);
    return *out ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status new_pool(const pgai_client_options *options, const pgaii_url *url,
                            pgaii_pool **out, pgai_error *error)
{
    const char *user_agent =
        options->user_agent ? options->user_agent : pgaii_session_user_agent;
    pgaii_route route;
    pgai_status status =
        pgaii_route_find(url, options->ca, options->proxy, user_agent, &route, error);

    if (status != PGAI_OK)
        return status;
    *out = pgaii_pool_new(&route);
    pgaii_route_clear(&route);
    return *out ? PGAI_OK : pgaii_fail_memory(error);
}

pgai_status
pgai_client_new(const pgai_client_options *options, pgai_client **out, pgai_error *error)
{
    pgai_client_options given;
    pgai_client *client = NULL;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    status = read_options(&given, options, error);
    if (status != PGAI_OK)
        return status;
    client = pgaii_new(sizeof(*client));
    if (!client)
        return pgaii_fail_memory(error);
    client->interrupt = given.interrupt;
    client->interrupt_data = given.interrupt_data;
    client->observer = pgaii_observer_of(&given);
    status = read_call_options(&client->call_options, &given, error);
    if (status == PGAI_OK)
        status = pgaii_process_start(error);
    if (status == PGAI_OK)
        status = share_session(&given, &client->session, error);
    if (status == PGAI_OK)
        status = new_pool(&given, &client->session->url, &client->pool, error);
    if (status == PGAI_OK)
        *out = client;
    else
        pgai_client_free(client);
    return status;
}

pgai_status
pgaii_client_check(const pgai_client *client, const void *out, pgai_error *error)
{
    if (!client)
        return pgaii_fail(error, PGAI_USAGE, "client is NULL");
    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    if (atomic_load(pgaii_pool_closed(client->pool)))
        return pgaii_fail(error, PGAI_CLOSED, "the client is closed: make a new one");
    return PGAI_OK;
}

/* A client of the same pool and call options; takes the session. */
static pgai_status new_sharing(const pgai_client *client, pgai_session *session,
                               pgai_client **out, pgai_error *error)
{
    *out = pgaii_new(sizeof(**out));
    if (!*out) {
        pgaii_registry_release(session);
        return pgaii_fail_memory(error);
    }
    **out = *client;
    (*out)->session = session;
    pgaii_pool_share(client->pool);
    return PGAI_OK;
}

pgai_status pgai_client_with(const pgai_client *client, const pgai_call_options *changes,
                             pgai_client **out, pgai_error *error)
{
    pgai_call_options call_options;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status == PGAI_OK)
        status = pgaii_call_options_merge(&call_options, changes, &client->call_options,
                                          error);
    if (status != PGAI_OK)
        return status;
    pgaii_registry_keep(client->session);
    status = new_sharing(client, client->session, out, error);
    if (status == PGAI_OK)
        (*out)->call_options = call_options;
    return status;
}

pgai_status pgai_client_with_key(const pgai_client *client, const char *api_key,
                                 pgai_client **out, pgai_error *error)
{
    /* Its base URL was accepted, be it http or https. */
    pgai_client_options options = {.api_key = api_key, .allow_cleartext = 1};
    pgai_session *session = NULL;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status != PGAI_OK)
        return status;
    options.base_url = client->session->url.text;
    options.user_agent = client->session->user_agent;
    options.share = client->session->pacer.share;
    options.shared_pacing = pgaii_shared_session_is(client->session);
    status = share_session(&options, &session, error);
    return status == PGAI_OK ? new_sharing(client, session, out, error) : status;
}

void pgai_client_cancel(pgai_client *client)
{
    if (client)
        pgaii_pool_close(client->pool);
}

void pgai_client_free(pgai_client *client)
{
    if (!client)
        return;
    pgaii_pool_release(client->pool);
    pgaii_registry_release(client->session);
    free(client);
}

const char *pgai_client_base_url(const pgai_client *client)
{
    return client ? client->session->url.text : NULL;
}

pgai_status
pgai_client_rate_limit(const pgai_client *client, pgai_rate_limit *out, pgai_error *error)
{
    if (!client)
        return pgaii_fail(error, PGAI_USAGE, "client is NULL");
    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    pgai_session_rate_limit(client->session, pgaii_clock_now_ms(), out);
    return PGAI_OK;
}
