/* A request as bytes of HTTP/1.1. */
#include "protocol/wire.h"

#include <string.h>

/* What the lines have in addition to their texts. */
enum { ROOM_FOR_LINES = 128 };

/* What the lines take at most. */
static size_t head_room(const pgai_request *request)
{
    size_t room = ROOM_FOR_LINES + strlen(request->method) + strlen(request->target) +
                  strlen(request->host);

    for (size_t i = 0; i < request->header_count; i++)
        room += request->headers[i].name.length + request->headers[i].value.length + 4;
    return room;
}

/* An IPv6 address is in brackets, and a scheme's own port is left out. */
static void add_host(const pgai_request *request, pgaii_buffer *out)
{
    bool bracketed = strchr(request->host, ':') != NULL;

    pgaii_buffer_add_string(out, bracketed ? "host: [" : "host: ");
    pgaii_buffer_add_string(out, request->host);
    pgaii_buffer_add_string(out, bracketed ? "]" : "");
    if (request->port != (request->tls ? 443 : 80))
        pgaii_buffer_printf(out, ":%d", request->port);
    pgaii_buffer_add_string(out, "\r\n");
}

static void add_header(const pgai_header *header, pgaii_buffer *out)
{
    pgaii_buffer_add(out, header->name.data, header->name.length);
    pgaii_buffer_add_string(out, ": ");
    pgaii_buffer_add(out, header->value.data, header->value.length);
    pgaii_buffer_add_string(out, "\r\n");
}

/* Returns how many lines there are. */
static size_t add_head(const pgai_request *request, pgaii_buffer *out)
{
    size_t lines = 3 + request->header_count;

    pgaii_buffer_add_string(out, request->method);
    pgaii_buffer_add_string(out, " ");
    pgaii_buffer_add_string(out, request->target);
    pgaii_buffer_add_string(out, " HTTP/1.1\r\n");
    add_host(request, out);
    for (size_t i = 0; i < request->header_count; i++)
        add_header(&request->headers[i], out);
    if (request->body.data) {
        pgaii_buffer_printf(out, "content-length: %zu\r\n", request->body.length);
        lines++;
    }
    pgaii_buffer_add_string(out, "\r\n");
    return lines;
}

static size_t count_controls(const pgaii_buffer *head)
{
    size_t count = 0;

    for (size_t i = 0; i < head->length; i++) {
        unsigned char byte = (unsigned char)head->data[i];

        count += byte < ' ' && byte != '\t';
    }
    return count;
}

bool pgaii_wire_write(const pgai_request *request, pgaii_buffer *out)
{
    size_t lines;

    pgaii_buffer_reserve(out, head_room(request) + request->body.length);
    lines = add_head(request, out);
    /* Each line ends with two bytes. */
    if (count_controls(out) != 2 * lines)
        return false;
    return pgaii_buffer_add(out, request->body.data, request->body.length);
}
