#include "protocol/reply.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "protocol/text.h"

/* What the header block of a real answer needs, so that it is allocated once; with the
 * NUL behind it a size that allocators have at hand. */
enum { USUAL_BYTES = 1023, USUAL_LINES = 16 };

void pgaii_reply_init(pgaii_reply *reply)
{
    memset(reply, 0, sizeof(*reply));
    pgaii_buffer_init(&reply->block, PGAII_REPLY_HEADER_BYTES);
    pgaii_buffer_init(&reply->body, PGAII_REPLY_BODY_BYTES);
    reply->length = -1;
}

void pgaii_reply_reset(pgaii_reply *reply)
{
    pgaii_buffer_reset(&reply->block);
    pgaii_buffer_reset(&reply->body);
    reply->trouble = PGAII_REPLY_FINE;
    reply->status = 0;
    reply->in_block = false;
    reply->ended = false;
    reply->header_bytes = 0;
    reply->header_lines = 0;
    reply->length = -1;
}

static bool refuse(pgaii_reply *reply, pgaii_reply_trouble trouble)
{
    reply->trouble = trouble;
    return false;
}

static pgai_text without_line_end(const char *line, size_t length)
{
    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    return (pgai_text){line, length};
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" */
static bool start_block(pgaii_reply *reply, pgai_text line)
{
    const char *blank = memchr(line.data, ' ', line.length);
    size_t before = blank ? (size_t)(blank + 1 - line.data) : line.length;
    int64_t status;

    if (line.length < before + 3 ||
        !pgaii_text_number((pgai_text){line.data + before, 3}, &status) || status < 100)
        return refuse(reply, PGAII_REPLY_BAD_STATUS);
    pgaii_buffer_reset(&reply->block);
    reply->block_lines = 0;
    reply->length = -1;
    reply->status = (int)status;
    reply->in_block = true;
    return pgaii_buffer_reserve(&reply->block, USUAL_BYTES) ||
           refuse(reply, PGAII_REPLY_NO_MEMORY);
}

/* A body that comes compressed is longer than announced; one that is not fits at once. */
static bool reserve_body(pgaii_reply *reply)
{
    if (reply->length <= 0 || reply->length > PGAII_REPLY_BODY_BYTES)
        return true;
    return pgaii_buffer_reserve(&reply->body, (size_t)reply->length);
}

static bool end_block(pgaii_reply *reply)
{
    reply->in_block = false;
    reply->ended = reply->status >= 200;
    return (pgaii_grow((void **)&reply->headers, &reply->header_capacity,
                       reply->block_lines, sizeof(*reply->headers), USUAL_LINES) &&
            reserve_body(reply)) ||
           refuse(reply, PGAII_REPLY_NO_MEMORY);
}

static bool split_line(pgai_text line, pgai_header *out)
{
    const char *colon = memchr(line.data, ':', line.length);

    if (!colon)
        return false;
    out->name = (pgai_text){line.data, (size_t)(colon - line.data)};
    out->value =
        pgaii_text_trim((pgai_text){colon + 1, line.length - out->name.length - 1});
    return true;
}

/* libcurl takes the last Content-Length. Whoever sits between us and the service may take
 * the first, so answers with two are not to be trusted (RFC 9112, section 6.3). */
static bool check_length(pgaii_reply *reply, pgai_text line)
{
    pgai_header header;
    int64_t number;

    if (!split_line(line, &header) ||
        !pgaii_text_equal_nocase(header.name, pgaii_text("content-length")))
        return true;
    if (!pgaii_text_number(header.value, &number) ||
        (reply->length >= 0 && reply->length != number))
        return refuse(reply, PGAII_REPLY_BAD_LENGTH);
    reply->length = number;
    return true;
}

bool pgaii_reply_header(pgaii_reply *reply, const char *line, size_t length)
{
    pgai_text text = without_line_end(line, length);

    reply->header_bytes += length;
    reply->header_lines++;
    if (reply->header_bytes > PGAII_REPLY_HEADER_BYTES ||
        reply->header_lines > PGAII_REPLY_HEADER_LINES)
        return refuse(reply, PGAII_REPLY_HEADERS_TOO_LARGE);
    if (reply->ended)
        return true; /* Trailers are counted and not kept: nothing reads them. */
    if (!reply->in_block)
        return start_block(reply, text);
    if (text.length == 0)
        return end_block(reply);
    if (!check_length(reply, text))
        return false;
    reply->block_lines++;
    return pgaii_buffer_add(&reply->block, line, length) ||
           refuse(reply, PGAII_REPLY_NO_MEMORY);
}

bool pgaii_reply_body(pgaii_reply *reply, const char *data, size_t length)
{
    if (pgaii_buffer_add(&reply->body, data, length))
        return true;
    return refuse(reply,
                  reply->body.over ? PGAII_REPLY_BODY_TOO_LARGE : PGAII_REPLY_NO_MEMORY);
}

static size_t split_block(pgaii_reply *reply)
{
    size_t count = 0;

    for (size_t at = 0; at < reply->block.length;) {
        const char *line = reply->block.data + at;
        const char *newline = memchr(line, '\n', reply->block.length - at);
        size_t length = newline ? (size_t)(newline - line) + 1 : reply->block.length - at;

        if (split_line(without_line_end(line, length), &reply->headers[count]))
            count++;
        at += length;
    }
    return count;
}

void pgaii_reply_answer(pgaii_reply *reply, pgai_answer *out)
{
    out->status = reply->status;
    out->headers = reply->headers;
    out->header_count = split_block(reply);
    out->body = (pgai_text){reply->body.data, reply->body.length};
}

void pgaii_reply_failure(const pgaii_reply *reply, pgai_failure *out)
{
    static const pgai_failure failures[] = {
        [PGAII_REPLY_FINE] = {PGAI_PROTOCOL, 1, 0, NULL},
        [PGAII_REPLY_HEADERS_TOO_LARGE] = {PGAI_TOO_LARGE, 1, 1,
                                           "more than 64 KiB or 256 lines of headers"},
        [PGAII_REPLY_BODY_TOO_LARGE] = {PGAI_TOO_LARGE, 1, 1,
                                        "a body of more than 8 MiB"},
        [PGAII_REPLY_BAD_STATUS] = {PGAI_PROTOCOL, 1, 0,
                                    "a status line without a status"},
        [PGAII_REPLY_BAD_LENGTH] = {PGAI_PROTOCOL, 1, 0,
                                    "a Content-Length that is no number, or two of them"},
        [PGAII_REPLY_NO_MEMORY] = {PGAI_NO_MEMORY, 1, 1, NULL},
    };

    *out = failures[reply->trouble];
}

void pgaii_reply_clear(pgaii_reply *reply)
{
    pgaii_buffer_clear(&reply->block);
    pgaii_buffer_clear(&reply->body);
    free(reply->headers);
    reply->headers = NULL;
    reply->header_capacity = 0;
}
