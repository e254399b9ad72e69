/* The route to the service: certificates, proxy and user agent, found once. */
#include "engine/route.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/memory.h"

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

void pgaii_route_clear(pgaii_route *route)
{
    pgaii_ca_clear(&route->ca);
    pgaii_proxy_clear(&route->proxy);
    free(route->user_agent);
    memset(route, 0, sizeof(*route));
}
