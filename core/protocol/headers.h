#ifndef PGAI_PROTOCOL_HEADERS_H
#define PGAI_PROTOCOL_HEADERS_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/protocol.h>
#include <pgai/text.h>

/** Larger numbers of requests mean the same, no limit, and smaller ones can be multiplied
 * by what the pacer needs without an overflow. */
enum { PGAII_MOST_REQUESTS = 1000000000 };

/** What the headers of a response say that matters here. Texts are borrowed from it.
 *
 * Times are relative to the response: dates are taken minus the response's own Date,
 * never minus the local clock, so that clocks which disagree do no harm. A date without a
 * Date to compare it to is not known.
 */
typedef struct pgaii_headers {
    int64_t retry_after_ms; /* -1: not told; a past date is 0 */
    int64_t limit;          /* X-RateLimit-Limit; these three: -1 if not reported */
    int64_t remaining;      /* X-RateLimit-Remaining */
    int64_t reset_ms;       /* X-RateLimit-Reset: until the window ends */
    pgai_text request_id;
    pgai_text location;
    pgai_text content_type;
} pgaii_headers;

/** Read the headers of a response; anything odd counts as not reported. */
void pgaii_headers_read(pgaii_headers *out, const pgai_header *headers, size_t count);

#endif
