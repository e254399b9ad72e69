/* The route to the service: certificates, proxy and user agent, found once. */
#include "engine/route.h"

#include <stdlib.h>
#include <string.h>

#include "engine/process.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/session.h"
#include "protocol/versioned.h"

/* Whether NULL, or copied. */
static bool copy(char **out, const char *text)
{
    *out = text ? pgaii_copy(text, strlen(text)) : NULL;
    return *out || !text;
}

pgai_status pgaii_route_find(const pgaii_url *url, const char *ca, const char *proxy,
                             const char *user_agent, pgaii_route *out, pgai_error *error)
{
    pgai_status status = PGAI_OK;

    memset(out, 0, sizeof(*out));
    out->tls = url->tls;
    /* Certificates matter only for https. But an option is always checked, so that a
     * wrong path shows where it was written. */
    if (url->tls || ca)
        status = pgaii_ca_find(ca, &pgaii_ca_system, &out->ca, error);
    if (status == PGAI_OK)
        status = pgaii_proxy_find(url, proxy, &out->proxy, error);
    if (status == PGAI_OK && !copy(&out->user_agent, user_agent))
        status = pgaii_fail_memory(error);
    if (status != PGAI_OK)
        pgaii_route_clear(out);
    return status;
}

static pgai_status
find(const pgai_transport_options *options, pgaii_route *out, pgai_error *error)
{
    const char *base_url = options->base_url;
    pgai_status status = pgaii_session_check_user_agent(options->user_agent, error);
    pgaii_url url;

    if (status != PGAI_OK)
        return status;
    if (!base_url)
        base_url = pgaii_process_variable("PGAI_BASE_URL");
    status = pgaii_url_init(&url, base_url ? base_url : pgaii_session_base_url, error);
    if (status != PGAI_OK)
        return status;
    status = pgaii_route_find(&url, options->ca, options->proxy, options->user_agent, out,
                              error);
    pgaii_url_clear(&url);
    return status;
}

pgai_status pgaii_route_read(const pgai_transport_options *options, pgaii_route *out,
                             pgai_error *error)
{
    pgai_transport_options given = PGAI_TRANSPORT_OPTIONS_INIT;
    pgai_status status = pgaii_process_start(error);

    memset(out, 0, sizeof(*out));
    if (status == PGAI_OK && options)
        status = pgaii_versioned_read(&given, sizeof(given), options,
                                      PGAII_FIRST_SIZE(pgai_transport_options, ca),
                                      "options", error);
    return status == PGAI_OK ? find(&given, out, error) : status;
}

bool pgaii_route_copy(const pgaii_route *route, pgaii_route *out)
{
    bool copied;

    memset(out, 0, sizeof(*out));
    out->tls = route->tls;
    out->proxy.source = route->proxy.source;
    copied = copy(&out->ca.file, route->ca.file);
    copied = copy(&out->ca.directory, route->ca.directory) && copied;
    copied = copy(&out->ca.pem, route->ca.pem) && copied;
    copied = copy(&out->proxy.url, route->proxy.url) && copied;
    copied = copy(&out->proxy.except, route->proxy.except) && copied;
    copied = copy(&out->user_agent, route->user_agent) && copied;
    if (!copied)
        pgaii_route_clear(out);
    return copied;
}

void pgaii_route_clear(pgaii_route *route)
{
    pgaii_ca_clear(&route->ca);
    pgaii_proxy_clear(&route->proxy);
    free(route->user_agent);
    memset(route, 0, sizeof(*route));
}
