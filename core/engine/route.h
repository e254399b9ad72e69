#ifndef PGAI_ENGINE_ROUTE_H
#define PGAI_ENGINE_ROUTE_H

#include <stdbool.h>

#include <pgai/transport.h>

#include "engine/ca.h"
#include "engine/proxy.h"
#include "protocol/url.h"

/** How all requests of a client reach the service; it outlives the handles. */
typedef struct pgaii_route {
    pgaii_ca ca;
    pgaii_proxy proxy;
    char
        *user_agent; /**< sent instead of the session's, which clients share; NULL: not */
    bool tls;
} pgaii_route;

/** Find the way to a service.
 *
 * @param url        Where it is.
 * @param ca         As pgai_client_options.ca; NULL: not given.
 * @param proxy      As for pgaii_proxy_find().
 * @param user_agent Copied; NULL: that of each request.
 * @param[out] out   Cleared with pgaii_route_clear(); empty on failure.
 * @return PGAI_OK; PGAI_USAGE: certificates are missing, or a proxy cannot be used;
 * PGAI_NO_MEMORY.
 */
pgai_status pgaii_route_find(const pgaii_url *url, const char *ca, const char *proxy,
                             const char *user_agent, pgaii_route *out, pgai_error *error);

/** Find the way that options of a transport or an engine name, and prepare the process.
 *
 * @param options    NULL: all defaults. What is NULL in it comes from the environment.
 * @param[out] out   As above.
 * @return as above; PGAI_USAGE also for a URL or user agent that cannot be used.
 */
pgai_status pgaii_route_read(const pgai_transport_options *options, pgaii_route *out,
                             pgai_error *error);

/** Copy a route. @return false: no memory, and @p out is empty. */
bool pgaii_route_copy(const pgaii_route *route, pgaii_route *out);

/** Free what a route holds; it is then empty. */
void pgaii_route_clear(pgaii_route *route);

#endif
