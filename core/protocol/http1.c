/* Where the parts of a response begin and end. */
#include <pgai/http1.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buffer.h"
#include "protocol/error.h"
#include "protocol/incoming.h"
#include "protocol/memory.h"
#include "protocol/text.h"
#include "protocol/wire.h"

/* Of a chunk's size, in hexadecimal and without zeros in front: more than any body may
 * have, and less than a size_t can hold. */
enum { MAX_SIZE_DIGITS = 7 };

/* What the next byte belongs to. */
typedef enum part {
    IN_HEADERS,
    IN_BODY,
    IN_OPEN_BODY, /* one that ends with its connection */
    IN_CHUNK_SIZE,
    IN_CHUNK,
    IN_CHUNK_END,
    IN_TRAILERS
} part;

struct pgai_http1 {
    pgaii_buffer request;
    pgaii_buffer line; /* the part that came of a line whose end has not come */
    pgaii_incoming incoming;
    part part;
    size_t left;   /* bytes of the body, or of the chunk, that are still to come */
    bool bodiless; /* the request is a HEAD: headers may announce what does not come */
    bool began;
    bool reusable;
    pgai_http1_step step;
    pgai_response response;
    pgai_failure failure;
    char message[160];
};

static void wipe(pgaii_buffer *buffer)
{
    pgaii_wipe(buffer->data, buffer->length);
    pgaii_buffer_reset(buffer);
}

static void forget(pgai_http1 *http)
{
    wipe(&http->request);
    pgaii_buffer_reset(&http->line);
    pgaii_incoming_reset(&http->incoming);
    http->part = IN_HEADERS;
    http->bodiless = false;
    http->began = false;
    http->reusable = true;
    http->step = PGAI_HTTP1_MORE;
    http->response = (pgai_response){0, NULL, 0, {NULL, 0}};
}

pgai_status pgai_http1_new(pgai_http1 **out, pgai_error *error)
{
    pgai_http1 *http;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    http = *out = pgaii_new(sizeof(*http));
    if (!http)
        return pgaii_fail_memory(error);
    pgaii_buffer_init(&http->request, SIZE_MAX / 2);
    pgaii_buffer_init(&http->line, PGAII_MAX_HEADER_BYTES);
    pgaii_incoming_init(&http->incoming, false);
    return PGAI_OK;
}

static void fail(pgai_http1 *http, const pgai_failure *failure)
{
    http->failure = *failure;
    http->step = PGAI_HTTP1_FAILED;
}

pgai_text pgai_http1_begin(pgai_http1 *http, const pgai_request *request)
{
    static const pgai_failure unfit = {PGAI_PROTOCOL, 0, 1,
                                       "a line of the request contains a control byte"};
    static const pgai_failure no_memory = {PGAI_NO_MEMORY, 0, 1, NULL};

    forget(http);
    http->bodiless = strcmp(request->method, "HEAD") == 0;
    if (pgaii_wire_write(request, &http->request))
        return (pgai_text){http->request.data, http->request.length};
    fail(http, http->request.failed ? &no_memory : &unfit);
    wipe(&http->request);
    return (pgai_text){NULL, 0};
}

/* Functions that read return whether to go on. */

static bool refuse(pgai_http1 *http, const char *message)
{
    fail(http, &(pgai_failure){PGAI_PROTOCOL, 1, 0, message});
    return false;
}

/* The same, for what the incoming has found. */
static bool refuse_incoming(pgai_http1 *http)
{
    pgai_failure failure;

    pgaii_incoming_failure(&http->incoming, &failure);
    fail(http, &failure);
    return false;
}

static bool refuse_size(pgai_http1 *http, pgaii_incoming_trouble trouble)
{
    http->incoming.trouble = trouble;
    return refuse_incoming(http);
}

/* Removes a line with its end from the front of the input. False: its end has not come,
 * or it is too long. */
static bool take_line(pgai_http1 *http, pgai_text *in, pgai_text *line)
{
    const char *end = memchr(in->data, '\n', in->length);

    *line = pgaii_text_take(in, end ? (size_t)(end + 1 - in->data) : in->length);
    if (end && http->line.length == 0)
        return line->length <= PGAII_MAX_HEADER_BYTES ||
               refuse_size(http, PGAII_INCOMING_HEADERS_TOO_LARGE);
    if (!pgaii_buffer_add(&http->line, line->data, line->length))
        return refuse_size(http, http->line.over ? PGAII_INCOMING_HEADERS_TOO_LARGE
                                                 : PGAII_INCOMING_NO_MEMORY);
    *line = (pgai_text){http->line.data, http->line.length};
    return end != NULL;
}

static bool is_blank_line(pgai_text line)
{
    return line.length == 1 || (line.length == 2 && line.data[0] == '\r');
}

static bool finish(pgai_http1 *http)
{
    http->response.body =
        (pgai_text){http->incoming.body.data, http->incoming.body.length};
    http->step = PGAI_HTTP1_WHOLE;
    return false;
}

static bool mentions(pgai_text text, pgai_text word)
{
    bool found = false;

    for (; text.length >= word.length && !found; pgaii_text_take(&text, 1))
        found = pgaii_text_equal_nocase((pgai_text){text.data, word.length}, word);
    return found;
}

/* What a header says about the body, and about keeping the connection. */
static bool heed(pgai_http1 *http, const pgai_header *header, bool *chunked)
{
    if (pgaii_text_equal_nocase(header->name, pgaii_text("connection"))) {
        if (mentions(header->value, pgaii_text("close")))
            http->reusable = false;
    } else if (pgaii_text_equal_nocase(header->name, pgaii_text("transfer-encoding"))) {
        if (*chunked || !pgaii_text_equal_nocase(header->value, pgaii_text("chunked")))
            return refuse(http, "a transfer encoding other than chunked");
        *chunked = true;
    }
    return true;
}

/* The headers are there: how does the body end? */
static bool begin_body(pgai_http1 *http)
{
    int64_t length = http->incoming.length;
    bool chunked = false;

    pgaii_incoming_response(&http->incoming, &http->response);
    for (size_t i = 0; i < http->response.header_count; i++) {
        if (!heed(http, &http->response.headers[i], &chunked))
            return false;
    }
    if (http->bodiless)
        return finish(http);
    if (http->response.status == 204 || http->response.status == 304) {
        /* A response that announces a body may still send one. */
        if (chunked || (http->response.status == 204 && length > 0))
            http->reusable = false;
        return finish(http);
    }
    if (chunked) {
        /* If there is a length as well, a proxy may have used that. */
        http->reusable = http->reusable && length < 0;
        http->part = IN_CHUNK_SIZE;
    } else if (length < 0) {
        http->reusable = false;
        http->part = IN_OPEN_BODY;
    } else if (length > PGAII_MAX_BODY_BYTES) {
        return refuse_size(http, PGAII_INCOMING_BODY_TOO_LARGE);
    } else if (length == 0) {
        return finish(http);
    } else {
        http->left = (size_t)length;
        http->part = IN_BODY;
    }
    return true;
}

/* "HTTP/1.1 200", and after a blank anything else; the reader of the line reads the
 * digits. */
static bool is_status_line(pgai_text line)
{
    const char *at = line.data;
    pgai_text rest;

    if (line.length < 13 || memcmp(at, "HTTP/1.", 7) != 0 ||
        (at[7] != '0' && at[7] != '1') || at[8] != ' ' || at[9] == '0')
        return false;
    rest = (pgai_text){at + 12, line.length - 12};
    return rest.data[0] == ' ' || is_blank_line(rest);
}

static bool take_header(pgai_http1 *http, pgai_text line)
{
    bool begins = !http->incoming.in_block;

    if (begins && !is_status_line(line)) {
        http->incoming.trouble = PGAII_INCOMING_BAD_STATUS;
        return refuse_incoming(http);
    }
    if (begins && line.data[7] == '0')
        http->reusable = false;
    if (!pgaii_incoming_header(&http->incoming, line.data, line.length))
        return refuse_incoming(http);
    return !http->incoming.ended || begin_body(http);
}

static bool take_trailer(pgai_http1 *http, pgai_text line)
{
    if (!pgaii_incoming_header(&http->incoming, line.data, line.length))
        return refuse_incoming(http);
    return !is_blank_line(line) || finish(http);
}

/* Reads the size at the front of a line, and removes it. Returns the number of its
 * digits, without leading zeros; 0: there is no size. */
static size_t read_size(pgai_text *line, size_t *size)
{
    size_t length = 0;
    size_t digits = 0;

    *size = 0;
    for (; length < line->length && pgaii_hex_digit(line->data[length]) >= 0; length++) {
        digits += *size > 0;
        if (digits < MAX_SIZE_DIGITS)
            *size = *size * 16 + (size_t)pgaii_hex_digit(line->data[length]);
    }
    if (digits >= MAX_SIZE_DIGITS)
        *size = SIZE_MAX;
    pgaii_text_take(line, length);
    return length > 0 ? digits + 1 : 0;
}

/* "1f4", or "1f4;name=value". What comes after the digits counts as headers, except the
 * line end, so that it cannot be endless. */
static bool take_chunk_size(pgai_http1 *http, pgai_text line)
{
    size_t room = PGAII_MAX_BODY_BYTES - http->incoming.body.length;
    size_t length = line.length;
    size_t digits = read_size(&line, &http->left);

    line = pgaii_text_trim(line);
    if (!digits || (!is_blank_line(line) && line.data[0] != ';'))
        return refuse(http, "a chunk without a size");
    if (pgaii_text_has_stray_end(pgaii_text_without_line_end(line)))
        return refuse(http, "a NUL or a stray CR in a line");
    http->incoming.header_bytes += length > digits + 2 ? length - digits - 2 : 0;
    if (http->incoming.header_bytes > PGAII_MAX_HEADER_BYTES)
        return refuse_size(http, PGAII_INCOMING_HEADERS_TOO_LARGE);
    if (http->left > room)
        return refuse_size(http, PGAII_INCOMING_BODY_TOO_LARGE);
    http->part = http->left > 0 ? IN_CHUNK : IN_TRAILERS;
    return true;
}

static bool take_chunk_end(pgai_http1 *http, pgai_text line)
{
    if (!is_blank_line(line))
        return refuse(http, "a chunk that is longer than its size");
    http->part = IN_CHUNK_SIZE;
    return true;
}

static bool take_bytes(pgai_http1 *http, pgai_text *in)
{
    bool open = http->part == IN_OPEN_BODY;
    pgai_text piece =
        pgaii_text_take(in, open || in->length < http->left ? in->length : http->left);

    if (!pgaii_incoming_body(&http->incoming, piece.data, piece.length))
        return refuse_incoming(http);
    if (open)
        return true;
    http->left -= piece.length;
    if (http->left > 0)
        return true;
    if (http->part == IN_BODY)
        return finish(http);
    http->part = IN_CHUNK_END;
    return true;
}

/* Takes what can be taken at once from the front of the input. */
static bool advance(pgai_http1 *http, pgai_text *in)
{
    static bool (*const readers[])(pgai_http1 *, pgai_text) = {
        [IN_HEADERS] = take_header,
        [IN_CHUNK_SIZE] = take_chunk_size,
        [IN_CHUNK_END] = take_chunk_end,
        [IN_TRAILERS] = take_trailer,
    };
    pgai_text line;
    bool more;

    if (http->part == IN_BODY || http->part == IN_OPEN_BODY || http->part == IN_CHUNK)
        return take_bytes(http, in);
    if (!take_line(http, in, &line))
        return http->step == PGAI_HTTP1_MORE;
    more = readers[http->part](http, line);
    pgaii_buffer_reset(&http->line);
    return more;
}

pgai_http1_step pgai_http1_receive(pgai_http1 *http, const void *data, size_t length)
{
    pgai_text in = {data, length};

    http->began = http->began || length > 0;
    if (http->step == PGAI_HTTP1_MORE) {
        while (in.length > 0 && advance(http, &in))
            continue;
    }
    if (in.length > 0)
        http->reusable = false;
    return http->step;
}

pgai_http1_step pgai_http1_end(pgai_http1 *http, const char *reason)
{
    bool in_headers = http->part == IN_HEADERS;

    if (http->step != PGAI_HTTP1_MORE)
        return http->step;
    if (http->part == IN_OPEN_BODY && !reason) {
        finish(http);
        return http->step;
    }
    snprintf(http->message, sizeof(http->message), "it ended inside the %s%s%s",
             in_headers ? "headers" : "body", reason ? ": " : "", reason ? reason : "");
    fail(http, &(pgai_failure){PGAI_CONNECTION_LOST, 1, 0, http->message});
    return http->step;
}

const pgai_response *pgai_http1_response(const pgai_http1 *http)
{
    return &http->response;
}

const pgai_failure *pgai_http1_failure(const pgai_http1 *http)
{
    return &http->failure;
}

int pgai_http1_began(const pgai_http1 *http)
{
    return http->began;
}

int pgai_http1_reusable(const pgai_http1 *http)
{
    return http->reusable;
}

void pgai_http1_free(pgai_http1 *http)
{
    if (!http)
        return;
    wipe(&http->request);
    pgaii_buffer_clear(&http->request);
    pgaii_buffer_clear(&http->line);
    pgaii_incoming_clear(&http->incoming);
    free(http);
}
