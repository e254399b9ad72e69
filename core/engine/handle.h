#ifndef PGAI_ENGINE_HANDLE_H
#define PGAI_ENGINE_HANDLE_H

#include <stdbool.h>

#include <curl/curl.h>

#include <pgai/protocol.h>

#include "engine/route.h"

/** Set what all requests have in common on a new handle: the safe defaults of
 * docs/design/engine.md, and @p route. */
CURLcode pgaii_handle_set_defaults(CURL *easy, const pgaii_route *route);

/** Set what one request differs in; it is copied.
 *
 * @param headers  Of pgaii_handle_headers(); they must live until the request is over.
 */
CURLcode pgaii_handle_set_request(CURL *easy, const pgai_request *request,
                                  const pgaii_route *route, struct curl_slist *headers);

/** The header lines of a request for libcurl, the key among them.
 *
 * @param user_agent Replaces that of the request; NULL: it stays.
 * @return NULL when there is no memory; else freed with pgaii_handle_wipe_headers().
 */
struct curl_slist *
pgaii_handle_headers(const pgai_request *request, const char *user_agent);

/** Whether header lines are those that pgaii_handle_headers() would make. */
bool pgaii_handle_headers_fit(const struct curl_slist *headers,
                              const pgai_request *request, const char *user_agent);

/** Overwrite and free header lines; NULL is allowed. */
void pgaii_handle_wipe_headers(struct curl_slist *headers);

#endif
