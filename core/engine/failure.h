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

/** What to look at next after an outcome of libcurl; NULL: what it says itself is all
 * there is to say. Static storage. */
const char *pgaii_failure_advice(CURLcode code);

#endif
