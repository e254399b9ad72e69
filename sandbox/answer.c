#include "sandbox/answer.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/clock.h"

void pgaii_answer_init(pgaii_answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    pgaii_buffer_init(&answer->first, PGAII_ANSWER_HEAD_MAX);
    pgaii_buffer_init(&answer->headers, PGAII_ANSWER_HEAD_MAX);
    pgaii_buffer_init(&answer->body, PGAII_ANSWER_BODY_MAX);
    pgaii_buffer_init(&answer->trailers, PGAII_ANSWER_HEAD_MAX);
    pgaii_answer_start(answer);
}

void pgaii_answer_start(pgaii_answer *answer)
{
    answer->status = 200;
    answer->version = "HTTP/1.1";
    answer->content_type = "application/json";
    answer->no_length = false;
    answer->length[0] = '\0';
    answer->keep_alive = true;
    answer->rate.sent = false;
    answer->chunk_bytes = 0;
    answer->chunk_size = NULL;
    answer->missing = 0;
    pgaii_buffer_reset(&answer->first);
    pgaii_buffer_reset(&answer->headers);
    pgaii_buffer_reset(&answer->body);
    pgaii_buffer_reset(&answer->trailers);
}

void pgaii_answer_json(pgaii_answer *answer, int status, const char *body)
{
    answer->status = status;
    pgaii_buffer_reset(&answer->body);
    pgaii_buffer_add_string(&answer->body, body);
}

void pgaii_answer_error(pgaii_answer *answer, int status, const char *text)
{
    answer->status = status;
    pgaii_buffer_reset(&answer->body);
    pgaii_buffer_printf(&answer->body, "{\"error\": \"%s\"}", text);
}

void pgaii_answer_header(pgaii_answer *answer, const char *name, const char *value)
{
    pgaii_buffer_printf(&answer->headers, "%s: %s\r\n", name, value);
}

static void render_length(const pgaii_answer *answer, pgaii_buffer *out)
{
    if (answer->chunk_bytes > 0)
        pgaii_buffer_add_string(out, "Transfer-Encoding: chunked\r\n");
    if (answer->no_length)
        return;
    if (answer->length[0] != '\0')
        pgaii_buffer_printf(out, "Content-Length: %s\r\n", answer->length);
    else
        pgaii_buffer_printf(out, "Content-Length: %zu\r\n", answer->body.length);
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

static void render_chunks(const pgaii_answer *answer, pgaii_buffer *out)
{
    const pgaii_buffer *body = &answer->body;
    size_t length;

    for (size_t at = 0; at < body->length; at += length) {
        length = body->length - at;
        if (length > answer->chunk_bytes)
            length = answer->chunk_bytes;
        if (at == 0 && answer->chunk_size)
            pgaii_buffer_printf(out, "%s\r\n", answer->chunk_size);
        else
            pgaii_buffer_printf(out, "%zx\r\n", length);
        pgaii_buffer_add(out, body->data + at, length);
        pgaii_buffer_add(out, "\r\n", 2);
    }
    pgaii_buffer_add_string(out, "0\r\n");
    pgaii_buffer_add(out, answer->trailers.data, answer->trailers.length);
    pgaii_buffer_add(out, "\r\n", 2);
}

static void render_head(const pgaii_answer *answer, pgaii_buffer *out)
{
    char date[PGAII_HTTP_DATE_SIZE];

    pgaii_clock_http_date(answer->date_ms, date);
    pgaii_buffer_printf(out, "%s %d %s\r\n", answer->version, answer->status,
                        pgaii_reason(answer->status));
    pgaii_buffer_add(out, answer->first.data, answer->first.length);
    pgaii_buffer_printf(out, "Server: pgai-sandbox\r\nDate: %s\r\n", date);
    if (answer->content_type)
        pgaii_buffer_printf(out, "Content-Type: %s\r\n", answer->content_type);
    render_length(answer, out);
    pgaii_buffer_printf(out, "X-Request-Id: sandbox-%08" PRIu64 "\r\n",
                        answer->request_id);
    if (answer->rate.sent)
        render_rate(&answer->rate, out);
    if (!answer->keep_alive)
        pgaii_buffer_add_string(out, "Connection: close\r\n");
    pgaii_buffer_add(out, answer->headers.data, answer->headers.length);
    pgaii_buffer_add(out, "\r\n", 2);
}

bool pgaii_answer_render(const pgaii_answer *answer, pgaii_buffer *out)
{
    if (answer->first.failed || answer->headers.failed || answer->body.failed ||
        answer->trailers.failed)
        return false;
    render_head(answer, out);
    if (answer->chunk_bytes > 0)
        render_chunks(answer, out);
    else
        pgaii_buffer_add(out, answer->body.data, answer->body.length);
    if (!out->failed)
        out->length -= answer->missing < out->length ? answer->missing : out->length;
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

void pgaii_answer_clear(pgaii_answer *answer)
{
    pgaii_buffer_clear(&answer->first);
    pgaii_buffer_clear(&answer->headers);
    pgaii_buffer_clear(&answer->body);
    pgaii_buffer_clear(&answer->trailers);
}
