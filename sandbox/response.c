/* A response, and the bytes it becomes. */
#include "sandbox/response.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/clock.h"

void pgaii_sandbox_response_init(pgaii_sandbox_response *response)
{
    memset(response, 0, sizeof(*response));
    pgaii_buffer_init(&response->first, PGAII_SANDBOX_MAX_RESPONSE_HEAD);
    pgaii_buffer_init(&response->headers, PGAII_SANDBOX_MAX_RESPONSE_HEAD);
    pgaii_buffer_init(&response->body, PGAII_SANDBOX_MAX_RESPONSE_BODY);
    pgaii_buffer_init(&response->trailers, PGAII_SANDBOX_MAX_RESPONSE_HEAD);
    pgaii_sandbox_response_start(response);
}

void pgaii_sandbox_response_start(pgaii_sandbox_response *response)
{
    response->status = 200;
    response->version = "HTTP/1.1";
    response->content_type = "application/json";
    response->no_length = false;
    response->length[0] = '\0';
    response->keep_alive = true;
    response->rate.sent = false;
    response->chunk_bytes = 0;
    response->chunk_size = NULL;
    response->missing = 0;
    pgaii_buffer_reset(&response->first);
    pgaii_buffer_reset(&response->headers);
    pgaii_buffer_reset(&response->body);
    pgaii_buffer_reset(&response->trailers);
}

void pgaii_sandbox_response_json(pgaii_sandbox_response *response, int status,
                                 const char *body)
{
    response->status = status;
    pgaii_buffer_reset(&response->body);
    pgaii_buffer_add_string(&response->body, body);
}

void pgaii_sandbox_response_error(pgaii_sandbox_response *response, int status,
                                  const char *text)
{
    response->status = status;
    pgaii_buffer_reset(&response->body);
    pgaii_buffer_printf(&response->body, "{\"error\": \"%s\"}", text);
}

void pgaii_sandbox_response_header(pgaii_sandbox_response *response, const char *name,
                                   const char *value)
{
    pgaii_buffer_printf(&response->headers, "%s: %s\r\n", name, value);
}

static void render_length(const pgaii_sandbox_response *response, pgaii_buffer *out)
{
    if (response->chunk_bytes > 0)
        pgaii_buffer_add_string(out, "Transfer-Encoding: chunked\r\n");
    if (response->no_length)
        return;
    if (response->length[0] != '\0')
        pgaii_buffer_printf(out, "Content-Length: %s\r\n", response->length);
    else
        pgaii_buffer_printf(out, "Content-Length: %zu\r\n", response->body.length);
}

static void render_rate(const pgaii_rate_headers *rate, pgaii_buffer *out)
{
    pgaii_buffer_printf(out,
                        "X-RateLimit-Limit: %" PRId64 "\r\n"
                        "X-RateLimit-Remaining: %" PRId64 "\r\n",
                        rate->limit, rate->remaining);
    if (rate->reset[0] != '\0')
        pgaii_buffer_printf(out, "X-RateLimit-Reset: %s\r\n", rate->reset);
}

static void render_chunks(const pgaii_sandbox_response *response, pgaii_buffer *out)
{
    const pgaii_buffer *body = &response->body;
    size_t length;

    for (size_t at = 0; at < body->length; at += length) {
        length = body->length - at;
        if (length > response->chunk_bytes)
            length = response->chunk_bytes;
        if (at == 0 && response->chunk_size)
            pgaii_buffer_printf(out, "%s\r\n", response->chunk_size);
        else
            pgaii_buffer_printf(out, "%zx\r\n", length);
        pgaii_buffer_add(out, body->data + at, length);
        pgaii_buffer_add(out, "\r\n", 2);
    }
    pgaii_buffer_add_string(out, "0\r\n");
    pgaii_buffer_add(out, response->trailers.data, response->trailers.length);
    pgaii_buffer_add(out, "\r\n", 2);
}

static void render_head(const pgaii_sandbox_response *response, pgaii_buffer *out)
{
    char date[PGAII_HTTP_DATE_SIZE];

    pgaii_clock_http_date(response->date_ms, date);
    pgaii_buffer_printf(out, "%s %d %s\r\n", response->version, response->status,
                        pgaii_reason(response->status));
    pgaii_buffer_add(out, response->first.data, response->first.length);
    pgaii_buffer_printf(out, "Server: pgai-sandbox\r\nDate: %s\r\n", date);
    if (response->content_type)
        pgaii_buffer_printf(out, "Content-Type: %s\r\n", response->content_type);
    render_length(response, out);
    pgaii_buffer_printf(out, "X-Request-Id: sandbox-%08" PRIu64 "\r\n",
                        response->request_id);
    if (response->rate.sent)
        render_rate(&response->rate, out);
    if (!response->keep_alive)
        pgaii_buffer_add_string(out, "Connection: close\r\n");
    pgaii_buffer_add(out, response->headers.data, response->headers.length);
    pgaii_buffer_add(out, "\r\n", 2);
}

bool pgaii_sandbox_response_render(const pgaii_sandbox_response *response,
                                   pgaii_buffer *out)
{
    if (response->first.failed || response->headers.failed || response->body.failed ||
        response->trailers.failed)
        return false;
    render_head(response, out);
    if (response->chunk_bytes > 0)
        render_chunks(response, out);
    else
        pgaii_buffer_add(out, response->body.data, response->body.length);
    if (!out->failed)
        out->length -= response->missing < out->length ? response->missing : out->length;
    return !out->failed;
}

const char *pgaii_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {425, "Too Early"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown";
}

void pgaii_sandbox_response_clear(pgaii_sandbox_response *response)
{
    pgaii_buffer_clear(&response->first);
    pgaii_buffer_clear(&response->headers);
    pgaii_buffer_clear(&response->body);
    pgaii_buffer_clear(&response->trailers);
}
