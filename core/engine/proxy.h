#ifndef PGAI_ENGINE_PROXY_H
#define PGAI_ENGINE_PROXY_H

#include <pgai/error.h>

#include "protocol/url.h"

/** Through which proxy the service is reached. */
typedef struct pgaii_proxy {
    char *url;          /**< owned; "": none */
    const char *source; /**< which option or variable sets it; NULL: there is none; static
                             storage */
    char *except; /**< owned: hosts that are reached without it, as libcurl has them */
} pgaii_proxy;

/** Find the proxy for a service, and check it; libcurl looks at no variable itself.
 *
 * The first of these decides: a loopback address has none; @p given; of the environment
 * http_proxy (for http), https_proxy and HTTPS_PROXY (for https), all_proxy and
 * ALL_PROXY. $no_proxy, or $NO_PROXY, names hosts that are reached without.
 *
 * @param given    A URL, with user name and password in it if need be; "": none; NULL:
 * not given.
 * @param[out] out Cleared with pgaii_proxy_clear(); empty on failure.
 * @return PGAI_OK; PGAI_USAGE: a proxy that cannot be used. The message says where it
 * came from, and shows nothing of it, since passwords stand in it. PGAI_NO_MEMORY.
 */
pgai_status pgaii_proxy_find(const pgaii_url *url, const char *given, pgaii_proxy *out,
                             pgai_error *error);

/** Free what was found. */
void pgaii_proxy_clear(pgaii_proxy *proxy);

#endif
