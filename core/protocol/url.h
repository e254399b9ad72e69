#ifndef PGAI_PROTOCOL_URL_H
#define PGAI_PROTOCOL_URL_H

#include <stdbool.h>

#include <pgai/error.h>
#include <pgai/text.h>

/** Where the service is. */
typedef struct pgaii_url {
    char *text; /* owned: scheme, host, port and path as given, no slash at the end */
    const char *path; /* in text: "/v1", or empty */
    char *host;       /* owned; an IPv6 address without its brackets */
    int port;
    bool tls;
    bool loopback; /* pgaii_is_loopback() */
} pgaii_url;

/** Read a base URL: http or https, a host, perhaps a port and a path; no user, query or
 * fragment. @return PGAI_OK; PGAI_USAGE; PGAI_NO_MEMORY; on failure @p out needs no
 * clear. */
pgai_status pgaii_url_init(pgaii_url *out, const char *text, pgai_error *error);

/** Free what the URL owns. */
void pgaii_url_clear(pgaii_url *url);

/** Whether a host, without brackets, is localhost, in 127.0.0.0/8, or ::1. */
bool pgaii_is_loopback(const char *host);

/** The host in a Location header, for a message; all of it when it has no host. */
pgai_text pgaii_url_host_of(pgai_text location);

#endif
