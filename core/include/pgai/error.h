#ifndef PGAI_ERROR_H
#define PGAI_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/response.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/** @file
 * What went wrong in a call.
 */

/** What went wrong in a call.
 *
 * The caller owns it and initialises it with PGAI_ERROR_INIT. A call fills it in when it
 * fails, and does not change it when it succeeds, so one variable serves many calls. It
 * is filled in only as far as its struct_size says. All text is UTF-8 and NUL-terminated;
 * text that is too long is cut between characters. It never contains the API key, even if
 * the service repeats the key in its response.
 */
typedef struct pgai_error {
    size_t struct_size;     /**< sizeof(pgai_error) */
    pgai_status status;     /**< what the call returned */
    int http_status;        /**< status of the last response; 0: there was none */
    int requests;           /**< sent for this call, retries included */
    int outcome_unknown;    /**< 1: what was asked may have been done */
    int64_t retry_after_ms; /**< wait this long before you try again; 0: not known */
    char message[512];    /**< for people: what was wrong, what is right, the next step */
    char code[64];        /**< the service's own code; empty: none */
    char request_id[128]; /**< from X-Request-Id or a similar header; empty: none */
    char permission[64];  /**< what the key lacks, such as "contacts:write"; empty: n/a */
    char details[1024]; /**< the service's `details` as compact JSON; empty: none, or too
                             long to be kept whole */
    pgai_response **response; /**< set by the caller: where to put the response that the
                                   call failed with, without its body. NULL: it is not
                                   kept. What is there must be NULL or a response; each
                                   failure frees it, and puts a new one, or NULL where no
                                   response came. The caller frees the last one with
                                   pgai_response_free() */
} pgai_error;

/** How each pgai_error begins. */
#define PGAI_ERROR_INIT                                                                  \
    {                                                                                    \
        sizeof(pgai_error), PGAI_OK, 0, 0, 0, 0, "", "", "", "", "", NULL                \
    }

PGAI_END_DECLS

#endif
