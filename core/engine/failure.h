#ifndef PGAI_ENGINE_FAILURE_H
#define PGAI_ENGINE_FAILURE_H

#include <stdbool.h>

#include <curl/curl.h>

#include <pgai/protocol.h>

/** What an outcome of libcurl means to a call.
 *
 * @param code     Not CURLE_OK.
 * @param sent     Whether any byte of the request may have left.
 * @param[out] out All but the message, which is NULL.
 */
void pgaii_failure_from_curl(CURLcode code, bool sent, pgai_failure *out);

/** What to check next after an outcome of libcurl; NULL: there is nothing to add to
 * libcurl's message. Static storage. */
const char *pgaii_failure_advice(CURLcode code);

#endif
