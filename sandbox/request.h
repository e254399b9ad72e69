#ifndef PGAI_SANDBOX_REQUEST_H
#define PGAI_SANDBOX_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

enum {
    PGAII_MAX_REQUEST_HEAD = 32 * 1024,  /**< the usual maximum of servers */
    PGAII_MAX_REQUEST_BODY = 1024 * 1024 /**< far above any contact */
};

/** One request. Its texts are slices of what was read. */
typedef struct pgaii_sandbox_request {
    pgai_text method;
    pgai_text target; /**< path and query, printable ASCII without blanks */
    pgai_text path;
    pgai_text query;   /**< without the question mark; data NULL: there is none */
    pgai_text api_key; /**< this and the next two: data NULL: there is none */
    pgai_text host;
    pgai_text origin;
    pgai_text body;
    bool keep_alive;
    int refused; /**< 0, or the status of the refusal, after which the connection is
                      closed: the request could not be read to its end, and other members
                      may be empty */
} pgaii_sandbox_request;

/** Whether bytes, if there are any, can be the start of requests. Those of other
 * protocols, such as a TLS hello, cannot. */
bool pgaii_sandbox_request_may_begin(pgai_text input);

/** Read the request that @p input begins with.
 *
 * @param[out] out Filled when there is one.
 * @return How many bytes it takes, all of them when it is refused; 0: more bytes are
 * needed.
 */
size_t pgaii_sandbox_request_read(pgai_text input, pgaii_sandbox_request *out);

/** The value of parameter @p name of a query, still encoded; the last one when there are
 * several, data NULL when there is none. */
pgai_text pgaii_query_value(pgai_text query, const char *name);

/** The page that a query asks for; 1 when it names none. */
int64_t pgaii_query_page(pgai_text query);

/** Append @p text with percent-encoding undone; false: it is broken, or no memory. */
bool pgaii_percent_decode(pgai_text text, pgaii_buffer *out);

#endif
