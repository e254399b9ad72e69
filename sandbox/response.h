#ifndef PGAI_SANDBOX_RESPONSE_H
#define PGAI_SANDBOX_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/buffer.h"

/** @file
 * A response before it is bytes, and how its bytes are sent. Faults change both.
 */

enum {
    PGAII_SANDBOX_MAX_RESPONSE_BODY = 256 * 1024 * 1024, /**< above any fault's body */
    PGAII_SANDBOX_MAX_RESPONSE_HEAD = 64 * 1024 * 1024 /**< room for floods of headers */
};

/** The X-RateLimit headers. */
typedef struct pgaii_rate_headers {
    bool sent;
    int64_t limit;
    int64_t remaining;
    char reset[32]; /**< empty: no such header */
} pgaii_rate_headers;

typedef struct pgaii_sandbox_response {
    int status;
    const char *version;      /**< of the status line; static */
    const char *content_type; /**< NULL: no such header; static */
    bool no_length;           /**< no Content-Length */
    char length[24]; /**< in place of the true Content-Length; empty: the true one */
    int64_t date_ms; /**< of the Date header, since 1970 */
    uint64_t request_id;
    bool keep_alive; /**< false: says `Connection: close` */
    pgaii_rate_headers rate;
    pgaii_buffer first;   /**< what comes between the status line and the headers */
    pgaii_buffer headers; /**< more header lines, each with its CRLF */
    pgaii_buffer body;
    size_t chunk_bytes;     /**< the body comes in chunks of this many bytes; 0: not
                                 chunked */
    const char *chunk_size; /**< in place of the first chunk's size; NULL: the true one;
                                 static */
    pgaii_buffer trailers;  /**< lines after the last chunk, each with its CRLF */
    size_t missing;         /**< this many bytes at the end are left out */
} pgaii_sandbox_response;

/** What happens to a connection after a response. */
typedef enum pgaii_sandbox_ending {
    PGAII_END_KEEP,   /**< the next request is read */
    PGAII_END_CLOSE,  /**< closed, which the client sees as a FIN */
    PGAII_END_LINGER, /**< closed once the client has stopped sending */
    PGAII_END_RESET,  /**< closed with a RST */
    PGAII_END_HOLD    /**< left open, and nothing more is sent or read */
} pgaii_sandbox_ending;

/** How the bytes of a response are sent. Waits are in real time. */
typedef struct pgaii_delivery {
    int64_t delay_ms; /**< before the first byte */
    size_t bytes;     /**< at most so many */
    size_t first;     /**< bytes of the first send */
    size_t each;      /**< bytes of each later send */
    int64_t pause_ms; /**< between sends */
    pgaii_sandbox_ending ending;
} pgaii_delivery;

#define PGAII_DELIVERY_INIT                                                              \
    {                                                                                    \
        0, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, PGAII_END_KEEP                               \
    }

/** A response that owns no memory yet. */
void pgaii_sandbox_response_init(pgaii_sandbox_response *response);

/** Make it a 200 with an empty JSON body, keeping its memory for the next response. */
void pgaii_sandbox_response_start(pgaii_sandbox_response *response);

/** Replace status and body. @p body is JSON, NUL-terminated. */
void pgaii_sandbox_response_json(pgaii_sandbox_response *response, int status,
                                 const char *body);

/** Replace status and body by `{"error": text}`; @p text needs no escapes. */
void pgaii_sandbox_response_error(pgaii_sandbox_response *response, int status,
                                  const char *text);

/** Append a header line. */
void pgaii_sandbox_response_header(pgaii_sandbox_response *response, const char *name,
                                   const char *value);

/** Append the bytes of the response to @p out; false when there was no memory for the
 * response or for them. */
bool pgaii_sandbox_response_render(const pgaii_sandbox_response *response,
                                   pgaii_buffer *out);

/** The reason phrase of a status; "Unknown" for one without. Static. */
const char *pgaii_reason(int status);

void pgaii_sandbox_response_clear(pgaii_sandbox_response *response);

#endif
