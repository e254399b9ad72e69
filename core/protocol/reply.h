#ifndef PGAI_PROTOCOL_REPLY_H
#define PGAI_PROTOCOL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/protocol.h>

#include "protocol/buffer.h"

/** Bytes and lines of all header blocks of one answer: 1xx answers, the final block and
 * trailers. libcurl bounds only the second. Real answers have about 1 KiB in 20 lines. */
enum { PGAII_REPLY_HEADER_BYTES = 64 * 1024, PGAII_REPLY_HEADER_LINES = 256 };

/** Bytes of a decoded body. A page of 50 contacts has about 20 KiB, or ten times that in
 * the shape with long texts. */
enum { PGAII_REPLY_BODY_BYTES = 8 * 1024 * 1024 };

/** Why an answer is refused while it comes in. */
typedef enum pgaii_reply_trouble {
    PGAII_REPLY_FINE,
    PGAII_REPLY_HEADERS_TOO_LARGE,
    PGAII_REPLY_BODY_TOO_LARGE,
    PGAII_REPLY_BAD_STATUS,
    PGAII_REPLY_BAD_LINE,
    PGAII_REPLY_BAD_LENGTH,   /**< two different lengths, or one that is no number */
    PGAII_REPLY_BAD_ENCODING, /**< a body in a coding that was not asked for */
    PGAII_REPLY_NO_MEMORY,
} pgaii_reply_trouble;

/** An answer as it comes in. */
typedef struct pgaii_reply {
    pgaii_reply_trouble trouble;
    bool unzips;   /**< gzip was asked for, and is undone before the body comes here */
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
} pgaii_reply;

/** An empty answer, ready for its first line; allocates nothing.
 *
 * @param unzips  Whether gzip is asked for; whoever fills the reply undoes it.
 */
void pgaii_reply_init(pgaii_reply *reply, bool unzips);

/** Forget an answer, keeping memory for the next. */
void pgaii_reply_reset(pgaii_reply *reply);

/** Take one whole header line with its line end, a status line, or a blank line.
 *
 * @return whether to go on; if not, @c trouble tells why.
 */
bool pgaii_reply_header(pgaii_reply *reply, const char *line, size_t length);

/** Take a piece of the decoded body. @return as above. */
bool pgaii_reply_body(pgaii_reply *reply, const char *data, size_t length);

/** Describe an answer that came whole: @c ended, and its body complete.
 *
 * @param[out] out Borrowed from @p reply, until it is reset or its body taken.
 */
void pgaii_reply_answer(pgaii_reply *reply, pgai_answer *out);

/** What trouble means to a call: status, permanent and message. */
void pgaii_reply_failure(const pgaii_reply *reply, pgai_failure *out);

/** Free all memory. */
void pgaii_reply_clear(pgaii_reply *reply);

#endif
