/* A request, read from bytes that may not be all of it. */
#include "sandbox/request.h"

#include <string.h>

#include "protocol/text.h"

/* The headers of one request that matter here. */
typedef struct headers {
    pgai_text api_key;
    pgai_text host;
    pgai_text origin;
    pgai_text connection;
    pgai_text length;
    pgai_text transfer_encoding;
    bool repeated_length;
} headers;

/* The part before a byte; the text goes on after it, and is empty without it. */
static pgai_text take_until(pgai_text *text, char byte)
{
    const char *end = text->length > 0 ? memchr(text->data, byte, text->length) : NULL;
    pgai_text part = {text->data, end ? (size_t)(end - text->data) : text->length};
    size_t used = part.length + (end ? 1 : 0);

    text->data += used;
    text->length -= used;
    return part;
}

/* The next line of the headers, without its CRLF; false: it has a lone CR or LF. */
static bool take_line(pgai_text *head, pgai_text *line)
{
    *line = take_until(head, '\n');
    if (line->length == 0 || line->data[line->length - 1] != '\r')
        return false;
    line->length--;
    return !memchr(line->data, '\r', line->length);
}

static bool is_target(pgai_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7E)
            return false;
    }
    return text.length > 0 && text.data[0] == '/';
}

static bool read_request_line(pgai_text line, pgaii_sandbox_request *out)
{
    pgai_text rest;

    out->method = take_until(&line, ' ');
    out->target = take_until(&line, ' ');
    if (out->method.length == 0 || !is_target(out->target))
        return false;
    rest = out->target;
    out->path = take_until(&rest, '?');
    if (out->path.length < out->target.length)
        out->query = rest;
    out->keep_alive = pgaii_text_equal(line, pgaii_text("HTTP/1.1"));
    return out->keep_alive || pgaii_text_equal(line, pgaii_text("HTTP/1.0"));
}

static bool read_header(pgai_text line, headers *out)
{
    const struct {
        const char *name;
        pgai_text *value;
    } wanted[] = {
        {"x-api-key", &out->api_key},     {"host", &out->host},
        {"origin", &out->origin},         {"connection", &out->connection},
        {"content-length", &out->length}, {"transfer-encoding", &out->transfer_encoding},
    };
    pgai_text name = take_until(&line, ':');

    if (name.length == 0 || name.data + name.length == line.data ||
        memchr(name.data, ' ', name.length))
        return false;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (!pgaii_text_equal_nocase(name, pgaii_text(wanted[i].name)))
            continue;
        if (wanted[i].value == &out->length && out->length.data)
            out->repeated_length = true;
        *wanted[i].value = pgaii_text_trim(line);
    }
    return true;
}

static bool read_head(pgai_text head, pgaii_sandbox_request *out, headers *found)
{
    pgai_text line;

    if (!take_line(&head, &line) || !read_request_line(line, out))
        return false;
    while (head.length > 0) {
        if (!take_line(&head, &line) || !read_header(line, found))
            return false;
    }
    if (pgaii_text_equal_nocase(found->connection, pgaii_text("close")))
        out->keep_alive = false;
    if (pgaii_text_equal_nocase(found->connection, pgaii_text("keep-alive")))
        out->keep_alive = true;
    out->api_key = found->api_key;
    out->host = found->host;
    out->origin = found->origin;
    return true;
}

static size_t refuse(pgai_text input, int status, pgaii_sandbox_request *out)
{
    out->refused = status;
    out->keep_alive = false;
    return input.length;
}

bool pgaii_sandbox_request_may_begin(pgai_text input)
{
    return input.length == 0 || (input.data[0] >= 0x20 && input.data[0] < 0x7F) ||
           input.data[0] == '\r' || input.data[0] == '\n';
}

size_t pgaii_sandbox_request_read(pgai_text input, pgaii_sandbox_request *out)
{
    headers found = {0};
    const char *blank;
    size_t head;
    int64_t length = 0;

    memset(out, 0, sizeof(*out));
    blank = input.length > 0 ? memmem(input.data, input.length, "\r\n\r\n", 4) : NULL;
    head = blank ? (size_t)(blank - input.data) + 4 : input.length;
    if (head > PGAII_MAX_REQUEST_HEAD)
        return refuse(input, 431, out);
    if (!blank)
        return 0;
    if (!read_head((pgai_text){input.data, head - 2}, out, &found))
        return refuse(input, 400, out);
    if (found.transfer_encoding.data)
        return refuse(input, 411, out);
    if (found.repeated_length ||
        (found.length.data && !pgaii_text_number(found.length, &length)))
        return refuse(input, 400, out);
    if (length > PGAII_MAX_REQUEST_BODY)
        return refuse(input, 413, out);
    if (input.length - head < (size_t)length)
        return 0;
    out->body = (pgai_text){input.data + head, (size_t)length};
    return head + (size_t)length;
}

pgai_text pgaii_query_value(pgai_text query, const char *name)
{
    pgai_text value = {NULL, 0};

    while (query.length > 0) {
        pgai_text pair = take_until(&query, '&');

        if (pgaii_text_equal(take_until(&pair, '='), pgaii_text(name)))
            value = pair;
    }
    return value;
}

int64_t pgaii_query_page(pgai_text query)
{
    int64_t page;

    return pgaii_text_number(pgaii_query_value(query, "page"), &page) ? page : 1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool pgaii_percent_decode(pgai_text text, pgaii_buffer *out)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.data[i];

        if (byte == '%') {
            int high = i + 1 < text.length ? hex_digit(text.data[i + 1]) : -1;
            int low = i + 2 < text.length ? hex_digit(text.data[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            byte = (char)(high << 4 | low);
            i += 2;
        }
        pgaii_buffer_add(out, &byte, 1);
    }
    return !out->failed;
}
