/* An answer as it comes in, line by line and piece by piece. */
#include "protocol/reply.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "protocol/text.h"

/* What the header block of a real answer needs, so that it is allocated once; with the
 * NUL behind it a size that allocators have at hand. */
enum { USUAL_BYTES = 1023, USUAL_LINES = 16 };

void pgaii_reply_init(pgaii_reply *reply, bool unzips)
{
    memset(reply, 0, sizeof(*reply));
    reply->unzips = unzips;
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

/* "HTTP/1.1 200 OK" */
static bool start_block(pgaii_reply *reply, pgai_text line)
{
    const char *blank = memchr(line.data, ' ', line.length);
    size_t before = blank ? (size_t)(blank + 1 - line.data) : line.length;
    int64_t status;

    if (line.length < before + 3 || pgaii_text_has_stray_end(line) ||
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

/* Of a line that was checked. */
static pgai_header split_line(pgai_text line)
{
    const char *colon = memchr(line.data, ':', line.length);
    pgai_text name = pgaii_text_take(&line, (size_t)(colon - line.data));

    pgaii_text_take(&line, 1);
    return (pgai_header){name, pgaii_text_trim(line)};
}

static bool split_block(pgaii_reply *reply)
{
    pgai_text rest = {reply->block.data, reply->block.length};

    if (!pgaii_grow((void **)&reply->headers, &reply->header_capacity, reply->block_lines,
                    sizeof(*reply->headers), USUAL_LINES))
        return refuse(reply, PGAII_REPLY_NO_MEMORY);
    for (size_t i = 0; i < reply->block_lines; i++) {
        const char *end = memchr(rest.data, '\n', rest.length);

        reply->headers[i] = split_line(pgaii_text_take(&rest, (size_t)(end - rest.data)));
        pgaii_text_take(&rest, 1);
    }
    return true;
}

/* libcurl takes the last Content-Length. Whoever sits between us and the service may take
 * the first, so answers with two are not to be trusted (RFC 9112, section 6.3). */
static bool check_lengths(pgaii_reply *reply)
{
    for (size_t i = 0; i < reply->block_lines; i++) {
        const pgai_header *header = &reply->headers[i];
        int64_t number;

        if (!pgaii_text_equal_nocase(header->name, pgaii_text("content-length")))
            continue;
        if (!pgaii_text_number(header->value, &number) ||
            (reply->length >= 0 && reply->length != number))
            return refuse(reply, PGAII_REPLY_BAD_LENGTH);
        reply->length = number;
    }
    return true;
}

/* Codings of a body as it is, and the one that was asked for, under its two names. An
 * empty list of codings is none (RFC 9110, section 8.4). */
static bool is_known_encoding(const pgaii_reply *reply, pgai_text value)
{
    if (value.length == 0 || pgaii_text_equal_nocase(value, pgaii_text("identity")))
        return true;
    return reply->unzips && (pgaii_text_equal_nocase(value, pgaii_text("gzip")) ||
                             pgaii_text_equal_nocase(value, pgaii_text("x-gzip")));
}

static bool check_encodings(pgaii_reply *reply)
{
    for (size_t i = 0; i < reply->block_lines; i++) {
        const pgai_header *header = &reply->headers[i];

        if (pgaii_text_equal_nocase(header->name, pgaii_text("content-encoding")) &&
            !is_known_encoding(reply, header->value))
            return refuse(reply, PGAII_REPLY_BAD_ENCODING);
    }
    return true;
}

static bool end_block(pgaii_reply *reply)
{
    reply->in_block = false;
    if (!split_block(reply) || !check_lengths(reply) || !check_encodings(reply))
        return false;
    reply->ended = reply->status >= 200;
    return reserve_body(reply) || refuse(reply, PGAII_REPLY_NO_MEMORY);
}

/* A name, a colon, and a value: what is none is something else to each reader. Some take
 * a NUL or a CR for the end of a line, some a blank behind a name for a part of it. */
static bool is_plain(pgai_text line)
{
    size_t name = 0;

    while (name < line.length && line.data[name] != ':') {
        if ((unsigned char)line.data[name] <= ' ' || line.data[name] == 0x7F)
            return false;
        name++;
    }
    return name > 0 && name < line.length && !pgaii_text_has_stray_end(line);
}

/* A line that begins with a blank goes on with the one before; in its place come blanks
 * (RFC 9112, section 5.2). Lines stand in the block with a line feed behind each. */
static bool add_line(pgaii_reply *reply, pgai_text line)
{
    if (reply->block_lines > 0 && pgaii_is_blank(line.data[0])) {
        if (pgaii_text_has_stray_end(line))
            return refuse(reply, PGAII_REPLY_BAD_LINE);
        reply->block.data[reply->block.length - 1] = ' ';
    } else if (is_plain(line)) {
        reply->block_lines++;
    } else {
        return refuse(reply, PGAII_REPLY_BAD_LINE);
    }
    return (pgaii_buffer_add(&reply->block, line.data, line.length) &&
            pgaii_buffer_add(&reply->block, "\n", 1)) ||
           refuse(reply, PGAII_REPLY_NO_MEMORY);
}

bool pgaii_reply_header(pgaii_reply *reply, const char *line, size_t length)
{
    pgai_text text = pgaii_text_without_line_end((pgai_text){line, length});

    reply->header_bytes += length;
    reply->header_lines++;
    if (reply->header_bytes > PGAII_REPLY_HEADER_BYTES ||
        reply->header_lines > PGAII_REPLY_HEADER_LINES)
        return refuse(reply, PGAII_REPLY_HEADERS_TOO_LARGE);
    if (!reply->ended && !reply->in_block)
        return start_block(reply, text);
    if (text.length == 0)
        return reply->ended || end_block(reply);
    if (!reply->ended)
        return add_line(reply, text);
    /* Trailers are looked at and not kept: nothing reads them. */
    return is_plain(text) || refuse(reply, PGAII_REPLY_BAD_LINE);
}

bool pgaii_reply_body(pgaii_reply *reply, const char *data, size_t length)
{
    if (pgaii_buffer_add(&reply->body, data, length))
        return true;
    return refuse(reply,
                  reply->body.over ? PGAII_REPLY_BODY_TOO_LARGE : PGAII_REPLY_NO_MEMORY);
}

void pgaii_reply_answer(pgaii_reply *reply, pgai_answer *out)
{
    out->status = reply->status;
    out->headers = reply->headers;
    out->header_count = reply->block_lines;
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
        [PGAII_REPLY_BAD_LINE] =
            {PGAI_PROTOCOL, 1, 0,
             "a header line that is not a name, a colon and a value"},
        [PGAII_REPLY_BAD_LENGTH] = {PGAI_PROTOCOL, 1, 0,
                                    "a Content-Length that is no number, or two of them"},
        [PGAII_REPLY_BAD_ENCODING] =
            {PGAI_PROTOCOL, 1, 1,
             "a Content-Encoding that was not asked for: what is in front of the service "
             "has to go by Accept-Encoding"},
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
