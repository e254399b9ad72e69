#ifndef PGAI_RESPONSE_H
#define PGAI_RESPONSE_H

#include <stddef.h>

#include <pgai/api.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * Responses of the service, as they were received.
 */

/** A header of a request or a response. */
typedef struct pgai_header {
    pgai_text name;  /**< without the colon */
    pgai_text value; /**< without blanks around it */
} pgai_header;

/** A whole response: its headers ended, and its body is as long as announced.
 *
 * Programs with an HTTP client of their own fill it in, so it never gets new members.
 */
typedef struct pgai_response {
    int status;                 /**< such as 200 */
    const pgai_header *headers; /**< names in any case; a name may come more than once */
    size_t header_count;        /**< of them */
    pgai_text body; /**< without transfer or content encoding; data NULL: there is none */
} pgai_response;

/** The value of a header; without data if there is none.
 *
 * @param name  In upper or lower case. If there are several, the first one counts.
 */
PGAI_API pgai_text pgai_response_header(const pgai_response *response, const char *name);

/** Free a response that a call returned; NULL is allowed. */
PGAI_API void pgai_response_free(pgai_response *response);

PGAI_END_DECLS

#endif
