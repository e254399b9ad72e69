/* Any bytes as HTTP/1.1: split anywhere, they read the same. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <pgai/http1.h>

#include "fuzz/fuzz.h"

enum { MAX_BODY = 8 * 1024 * 1024, MAX_HEADERS = 256 };

static const pgai_request request = {
    .method = "GET", .target = "/v1/contacts", .host = "127.0.0.1", .port = 80};

static pgai_http1 *new_http(void)
{
    pgai_http1 *http = NULL;

    if (pgai_http1_new(&http, NULL) != PGAI_OK || !pgai_http1_begin(http, &request).data)
        abort();
    return http;
}

/* Pieces of @p size bytes, each in a block of its own, so that sanitizers see each byte
 * that is read too far, or kept too long. */
static pgai_http1_step
give(pgai_http1 *http, const uint8_t *data, size_t length, size_t size)
{
    pgai_http1_step step = PGAI_HTTP1_MORE;

    for (size_t at = 0; at < length; at += size) {
        size_t now = length - at < size ? length - at : size;
        uint8_t *piece = malloc(now);

        if (!piece)
            abort();
        memcpy(piece, data + at, now);
        step = pgai_http1_receive(http, piece, now);
        free(piece);
    }
    return step;
}

static bool same_text(pgai_text a, pgai_text b)
{
    return a.length == b.length && (!a.length || memcmp(a.data, b.data, a.length) == 0);
}

static void must_be_alike(const pgai_response *a, const pgai_response *b)
{
    if (a->status != b->status || a->header_count != b->header_count ||
        !same_text(a->body, b->body))
        abort();
    for (size_t i = 0; i < a->header_count; i++) {
        if (!same_text(a->headers[i].name, b->headers[i].name) ||
            !same_text(a->headers[i].value, b->headers[i].value))
            abort();
    }
    if (a->status < 200 || a->status > 999 || a->header_count > MAX_HEADERS ||
        a->body.length > MAX_BODY)
        abort();
}

/* A response is the same however its bytes are split, and a length that was announced is
 * not cut short. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pgai_http1 *whole = new_http();
    pgai_http1 *split = new_http();
    size_t piece = size > 0 ? data[0] % 7 + 1 : 1;
    pgai_http1_step step = give(whole, data, size, size ? size : 1);

    if (give(split, data, size, piece) != step)
        abort();
    if (step == PGAI_HTTP1_MORE) {
        step = pgai_http1_end(whole, NULL);
        if (pgai_http1_end(split, NULL) != step || step == PGAI_HTTP1_MORE ||
            (step == PGAI_HTTP1_WHOLE && pgai_http1_reusable(whole)))
            abort();
    }
    if (pgai_http1_began(whole) != (size > 0))
        abort();
    if (step == PGAI_HTTP1_WHOLE)
        must_be_alike(pgai_http1_response(whole), pgai_http1_response(split));
    else if (pgai_http1_failure(whole)->status != pgai_http1_failure(split)->status)
        abort();
    if (step == PGAI_HTTP1_WHOLE &&
        pgai_http1_reusable(whole) != pgai_http1_reusable(split))
        abort();
    pgai_http1_free(whole);
    pgai_http1_free(split);
    return 0;
}
