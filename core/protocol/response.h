#ifndef PGAI_PROTOCOL_RESPONSE_H
#define PGAI_PROTOCOL_RESPONSE_H

#include <pgai/error.h>
#include <pgai/page.h>
#include <pgai/protocol.h>

#include "protocol/buffer.h"
#include "protocol/headers.h"
#include "protocol/operation.h"

/** What was asked, to tell whether a response is for it. */
typedef struct pgaii_expectation {
    const pgaii_operation *operation;
    const char *id;  /* of a get; borrowed */
    int64_t page;    /* of a list; PGAI_UNSET: not sent */
    const char *key; /* to be kept out of errors; borrowed */
} pgaii_expectation;

/** Read the body of a response with status 2xx.
 *
 * @param body  Taken over on success, else untouched or emptied.
 * @param[out] out A page, with one contact for get and create; NULL on failure.
 * @return PGAI_OK; PGAI_DECODE: it is not what the service documents, or is not what
 *         was expected; PGAI_PROTOCOL: a partial response that was not asked for;
 * PGAI_NO_MEMORY.
 */
pgai_status pgaii_response_read(const pgaii_expectation *expected, int http_status,
                                pgaii_buffer *body, pgai_page **out, pgai_error *error);

/** Copy a response, with the bytes of the key masked in its headers.
 *
 * @param body  To be its body; data NULL: it gets none.
 * @param key   To be masked.
 * @return Freed with pgai_response_free(); NULL: no memory.
 */
pgai_response *
pgaii_response_copy(const pgai_response *response, pgai_text body, const char *key);

/** Copy a response with status 2xx whose body is JSON, or empty.
 *
 * @param body  Its body, which ends with a NUL, and is left as it is.
 * @param[out] out Freed with pgai_response_free(); NULL on failure.
 * @return as above.
 */
pgai_status pgaii_response_keep(const pgaii_expectation *expected,
                                const pgai_response *response, pgai_text body,
                                pgai_response **out, pgai_error *error);

/** Word the error of a response whose status is not 2xx. @return its status. */
pgai_status pgaii_response_error(const pgaii_expectation *expected, int http_status,
                                 const pgaii_headers *headers, pgai_text body,
                                 pgai_error *error);

#endif
