/* A response as it comes in, line by line and piece by piece. */
#include "protocol/incoming.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "protocol/text.h"

/* What the header block of a real response needs, so that it is allocated once; with the
 * NUL after it, a size that allocators have ready. */
enum { USUAL_BYTES = 1023, USUAL_LINES = 16 };

void pgaii_incoming_init(pgaii_incoming *incoming, bool unzips)
{
    memset(incoming, 0, sizeof(*incoming));
    incoming->unzips = unzips;
    pgaii_buffer_init(&incoming->block, PGAII_MAX_HEADER_BYTES);
    pgaii_buffer_init(&incoming->body, PGAII_MAX_BODY_BYTES);
    incoming->length = -1;
}

void pgaii_incoming_reset(pgaii_incoming *incoming)
{
    pgaii_buffer_reset(&incoming->block);
    pgaii_buffer_reset(&incoming->body);
    incoming->trouble = PGAII_INCOMING_FINE;
    incoming->status = 0;
    incoming->in_block = false;
    incoming->ended = false;
    incoming->header_bytes = 0;
    incoming->header_lines = 0;
    incoming->length = -1;
}

static bool refuse(pgaii_incoming *incoming, pgaii_incoming_trouble trouble)
{
    incoming->trouble = trouble;
    return false;
}

/* "HTTP/1.1 200 OK" */
static bool start_block(pgaii_incoming *incoming, pgai_text line)
{
    const char *blank = memchr(line.data, ' ', line.length);
    size_t before = blank ? (size_t)(blank + 1 - line.data) : line.length;
    int64_t status;

    if (line.length < before + 3 || pgaii_text_has_stray_end(line) ||
        !pgaii_text_number((pgai_text){line.data + before, 3}, &status) || status < 100)
        return refuse(incoming, PGAII_INCOMING_BAD_STATUS);
    pgaii_buffer_reset(&incoming->block);
    incoming->block_lines = 0;
    incoming->length = -1;
    incoming->status = (int)status;
    incoming->in_block = true;
    return pgaii_buffer_reserve(&incoming->block, USUAL_BYTES) ||
           refuse(incoming, PGAII_INCOMING_NO_MEMORY);
}

/* A body that comes compressed is longer than announced; one that is not fits at once. */
static bool reserve_body(pgaii_incoming *incoming)
{
    if (incoming->length <= 0 || incoming->length > PGAII_MAX_BODY_BYTES)
        return true;
    return pgaii_buffer_reserve(&incoming->body, (size_t)incoming->length);
}

/* Of a line that was checked. */
static pgai_header split_line(pgai_text line)
{
    const char *colon = memchr(line.data, ':', line.length);
    pgai_text name = pgaii_text_take(&line, (size_t)(colon - line.data));

    pgaii_text_take(&line, 1);
    return (pgai_header){name, pgaii_text_trim(line)};
}

static bool split_block(pgaii_incoming *incoming)
{
    pgai_text rest = {incoming->block.data, incoming->block.length};

    if (!pgaii_grow((void **)&incoming->headers, &incoming->header_capacity,
                    incoming->block_lines, sizeof(*incoming->headers), USUAL_LINES))
        return refuse(incoming, PGAII_INCOMING_NO_MEMORY);
    for (size_t i = 0; i < incoming->block_lines; i++) {
        const char *end = memchr(rest.data, '\n', rest.length);

        incoming->headers[i] =
            split_line(pgaii_text_take(&rest, (size_t)(end - rest.data)));
        pgaii_text_take(&rest, 1);
    }
    return true;
}

/* libcurl takes the last Content-Length. A proxy between us and the service may take the
 * first, so responses with two are not to be trusted (RFC 9112, section 6.3). */
static bool check_lengths(pgaii_incoming *incoming)
{
    for (size_t i = 0; i < incoming->block_lines; i++) {
        const pgai_header *header = &incoming->headers[i];
        int64_t number;

        if (!pgaii_text_equal_nocase(header->name, pgaii_text("content-length")))
            continue;
        if (!pgaii_text_number(header->value, &number) ||
            (incoming->length >= 0 && incoming->length != number))
            return refuse(incoming, PGAII_INCOMING_BAD_LENGTH);
        incoming->length = number;
    }
    return true;
}

/* Names that mean no coding, and the two names of the one that was requested. An empty
 * list of codings is none (RFC 9110, section 8.4). */
static bool is_known_encoding(const pgaii_incoming *incoming, pgai_text value)
{
    if (value.length == 0 || pgaii_text_equal_nocase(value, pgaii_text("identity")))
        return true;
    return incoming->unzips && (pgaii_text_equal_nocase(value, pgaii_text("gzip")) ||
                                pgaii_text_equal_nocase(value, pgaii_text("x-gzip")));
}

static bool check_encodings(pgaii_incoming *incoming)
{
    for (size_t i = 0; i < incoming->block_lines; i++) {
        const pgai_header *header = &incoming->headers[i];

        if (pgaii_text_equal_nocase(header->name, pgaii_text("content-encoding")) &&
            !is_known_encoding(incoming, header->value))
            return refuse(incoming, PGAII_INCOMING_BAD_ENCODING);
    }
    return true;
}

static bool end_block(pgaii_incoming *incoming)
{
    incoming->in_block = false;
    if (!split_block(incoming) || !check_lengths(incoming) || !check_encodings(incoming))
        return false;
    incoming->ended = incoming->status >= 200;
    return reserve_body(incoming) || refuse(incoming, PGAII_INCOMING_NO_MEMORY);
}

/* A name, a colon, and a value: other lines mean something else to each reader. Some take
 * a NUL or a CR for the end of a line, some take a blank after a name for a part of it.
 */
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

/* A line that begins with a blank continues the line before; blanks replace the line end
 * (RFC 9112, section 5.2). In the block each line ends with a line feed. */
static bool add_line(pgaii_incoming *incoming, pgai_text line)
{
    if (incoming->block_lines > 0 && pgaii_is_blank(line.data[0])) {
        if (pgaii_text_has_stray_end(line))
            return refuse(incoming, PGAII_INCOMING_BAD_LINE);
        incoming->block.data[incoming->block.length - 1] = ' ';
    } else if (is_plain(line)) {
        incoming->block_lines++;
    } else {
        return refuse(incoming, PGAII_INCOMING_BAD_LINE);
    }
    return (pgaii_buffer_add(&incoming->block, line.data, line.length) &&
            pgaii_buffer_add(&incoming->block, "\n", 1)) ||
           refuse(incoming, PGAII_INCOMING_NO_MEMORY);
}

bool pgaii_incoming_header(pgaii_incoming *incoming, const char *line, size_t length)
{
    pgai_text text = pgaii_text_without_line_end((pgai_text){line, length});

    incoming->header_bytes += length;
    incoming->header_lines++;
    if (incoming->header_bytes > PGAII_MAX_HEADER_BYTES ||
        incoming->header_lines > PGAII_MAX_HEADER_LINES)
        return refuse(incoming, PGAII_INCOMING_HEADERS_TOO_LARGE);
    if (!incoming->ended && !incoming->in_block)
        return start_block(incoming, text);
    if (text.length == 0)
        return incoming->ended || end_block(incoming);
    if (!incoming->ended)
        return add_line(incoming, text);
    /* Trailers are checked and not kept: nothing reads them. */
    return is_plain(text) || refuse(incoming, PGAII_INCOMING_BAD_LINE);
}

bool pgaii_incoming_body(pgaii_incoming *incoming, const char *data, size_t length)
{
    if (pgaii_buffer_add(&incoming->body, data, length))
        return true;
    return refuse(incoming, incoming->body.over ? PGAII_INCOMING_BODY_TOO_LARGE
                                                : PGAII_INCOMING_NO_MEMORY);
}

void pgaii_incoming_response(pgaii_incoming *incoming, pgai_response *out)
{
    out->status = incoming->status;
    out->headers = incoming->headers;
    out->header_count = incoming->block_lines;
    out->body = (pgai_text){incoming->body.data, incoming->body.length};
}

void pgaii_incoming_failure(const pgaii_incoming *incoming, pgai_failure *out)
{
    static const pgai_failure failures[] = {
        [PGAII_INCOMING_FINE] = {PGAI_PROTOCOL, 1, 0, NULL},
        [PGAII_INCOMING_HEADERS_TOO_LARGE] = {PGAI_TOO_LARGE, 1, 1,
                                              "more than 64 KiB or 256 lines of headers"},
        [PGAII_INCOMING_BODY_TOO_LARGE] = {PGAI_TOO_LARGE, 1, 1,
                                           "a body of more than 8 MiB"},
        [PGAII_INCOMING_BAD_STATUS] = {PGAI_PROTOCOL, 1, 0,
                                       "a status line without a status"},
        [PGAII_INCOMING_BAD_LINE] =
            {PGAI_PROTOCOL, 1, 0,
             "a header line that is not a name, a colon and a value"},
        [PGAII_INCOMING_BAD_LENGTH] =
            {PGAI_PROTOCOL, 1, 0,
             "a Content-Length that is not a number, or two of them"},
        [PGAII_INCOMING_BAD_ENCODING] =
            {PGAI_PROTOCOL, 1, 1,
             "a Content-Encoding that was not requested: a proxy in front of the service "
             "must obey Accept-Encoding"},
        [PGAII_INCOMING_NO_MEMORY] = {PGAI_NO_MEMORY, 1, 1, NULL},
    };

    *out = failures[incoming->trouble];
}

void pgaii_incoming_clear(pgaii_incoming *incoming)
{
    pgaii_buffer_clear(&incoming->block);
    pgaii_buffer_clear(&incoming->body);
    free(incoming->headers);
    incoming->headers = NULL;
    incoming->header_capacity = 0;
}
