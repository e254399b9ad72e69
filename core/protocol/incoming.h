#ifndef PGAI_PROTOCOL_INCOMING_H
#define PGAI_PROTOCOL_INCOMING_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/protocol.h>

#include "protocol/buffer.h"

/** Bytes and lines of all header blocks of one response: 1xx responses, the final block
 * and trailers. libcurl bounds only the second. Real responses have about 1 KiB in 20
 * lines. */
enum { PGAII_MAX_HEADER_BYTES = 64 * 1024, PGAII_MAX_HEADER_LINES = 256 };

/** Bytes of a decoded body. A page of 50 contacts has about 20 KiB, or ten times that in
 * the shape with long texts. */
enum { PGAII_MAX_BODY_BYTES = 8 * 1024 * 1024 };

/** Why a response is refused while it comes in. */
typedef enum pgaii_incoming_trouble {
    PGAII_INCOMING_FINE,
    PGAII_INCOMING_HEADERS_TOO_LARGE,
    PGAII_INCOMING_BODY_TOO_LARGE,
    PGAII_INCOMING_BAD_STATUS,
    PGAII_INCOMING_BAD_LINE,
    PGAII_INCOMING_BAD_LENGTH, /**< two different lengths, or one that is not a number */
    PGAII_INCOMING_BAD_ENCODING, /**< a body in a coding that was not asked for */
    PGAII_INCOMING_NO_MEMORY,
} pgaii_incoming_trouble;

/** A response as it comes in. */
typedef struct pgaii_incoming {
    pgaii_incoming_trouble trouble;
    bool unzips;   /**< gzip was requested, and is decoded before the body comes here */
    int status;    /**< of the header block that came last; 0: none yet */
    bool in_block; /**< a status line came, its blank line did not */
    bool ended;    /**< the blank line of the final block came */
    size_t header_bytes; /**< of all blocks together */
    size_t header_lines;
    pgaii_buffer block; /**< the header lines of the block that came last */
    size_t block_lines;
    int64_t length; /**< its Content-Length; -1: none */
    pgaii_buffer body;
    pgai_header *headers; /**< slices of @c block, once it ended: one a line */
    size_t header_capacity;
} pgaii_incoming;

/** An empty response, ready for its first line; allocates nothing.
 *
 * @param unzips  Whether gzip is asked for; whoever fills the incoming decodes it.
 */
void pgaii_incoming_init(pgaii_incoming *incoming, bool unzips);

/** Forget a response, keeping memory for the next. */
void pgaii_incoming_reset(pgaii_incoming *incoming);

/** Take one whole header line with its line end, a status line, or a blank line.
 *
 * @return whether to go on; if not, @c trouble says why.
 */
bool pgaii_incoming_header(pgaii_incoming *incoming, const char *line, size_t length);

/** Take a piece of the decoded body. @return as above. */
bool pgaii_incoming_body(pgaii_incoming *incoming, const char *data, size_t length);

/** Describe a response that came whole: @c ended, and its body complete.
 *
 * @param[out] out Borrowed from @p incoming, until it is reset or its body taken.
 */
void pgaii_incoming_response(pgaii_incoming *incoming, pgai_response *out);

/** What trouble means to a call: status, permanent and message. */
void pgaii_incoming_failure(const pgaii_incoming *incoming, pgai_failure *out);

/** Free all memory. */
void pgaii_incoming_clear(pgaii_incoming *incoming);

#endif
