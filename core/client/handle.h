#ifndef PGAI_CLIENT_HANDLE_H
#define PGAI_CLIENT_HANDLE_H

#include <stdbool.h>

#include <curl/curl.h>

#include <pgai/protocol.h>

#include "client/ca.h"

/** Connections that one transfer keeps open: one is in use, and creates add theirs. */
enum { PGAII_KEPT_CONNECTIONS = 4 };

/** How all requests of a client reach the service; it outlives the handles. */
typedef struct pgaii_route {
    pgaii_ca ca;
    char *proxy; /**< a URL; NULL: from the environment; "": none, as for loopback */
    char
        *user_agent; /**< sent instead of the session's, which clients share; NULL: not */
    bool tls;
} pgaii_route;

/** Free what a route holds; it is then empty. */
void pgaii_route_clear(pgaii_route *route);

/** Set what all requests have in common on a new handle: the safe defaults of
 * docs/design/transfer.md, and @p route. */
CURLcode pgaii_handle_set_defaults(CURL *easy, const pgaii_route *route);

/** Set what one request differs in.
 *
 * @param headers  Of pgaii_handle_headers(); both must live until the request is over.
 */
CURLcode pgaii_handle_set_request(CURL *easy, const pgai_request *request,
                                  struct curl_slist *headers);

/** The header lines of a request for libcurl, the key among them.
 *
 * @param user_agent Replaces that of the request; NULL: it stays.
 * @return NULL when there is no memory; else freed with pgaii_handle_wipe_headers().
 */
struct curl_slist *
pgaii_handle_headers(const pgai_request *request, const char *user_agent);

/** Overwrite and free header lines; NULL is allowed. */
void pgaii_handle_wipe_headers(struct curl_slist *headers);

#endif
