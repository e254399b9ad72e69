#include "client/transfer.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/clock.h"
#include "client/failure.h"
#include "client/reply.h"
#include "client/sockets.h"
#include "protocol/memory.h"

struct pgaii_transfer {
    const pgaii_route *route;
    CURLM *multi;
    CURL *easy;
    pgaii_sockets sockets;
    pgaii_reply reply;
    /* By `once`. A session always sends the same, so they are made for the first request
     * of a kind and kept. */
    struct curl_slist *headers[2];
    bool once;    /* the request must not leave twice */
    bool sent;    /* a byte of it may have left */
    bool stopped; /* the watch ended the exchange */
    char cause[CURL_ERROR_SIZE];
    char message[512];
    pgaii_transfer *next_abandoned;
};

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    pgaii_transfer *transfer = data;

    return pgaii_reply_header(&transfer->reply, line, size * count) ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    pgaii_transfer *transfer = data;

    return pgaii_reply_body(&transfer->reply, bytes, size * count) ? size * count : 0;
}

/* libcurl calls this when the connection stands and the request is about to leave: once
 * for each time it leaves. When a kept connection dies before the first byte of an
 * answer, libcurl sends again on its own, though the service may have acted already. */
static int on_send(void *data, char *remote, char *local, int remote_port, int local_port)
{
    pgaii_transfer *transfer = data;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (transfer->sent && transfer->once)
        return CURL_PREREQFUNC_ABORT;
    transfer->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* They can only fail together, where libcurl is older than the one compiled against. */
static CURLcode set_callbacks(pgaii_transfer *transfer)
{
    CURL *easy = transfer->easy;
    unsigned failed = 0;

    failed |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->cause);
    failed |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    failed |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    failed |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    failed |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    failed |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    failed |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    failed |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, pgaii_sockets_open);
    failed |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer->sockets);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, pgaii_sockets_close);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &transfer->sockets);
    return failed ? CURLE_UNKNOWN_OPTION : CURLE_OK;
}

static CURLcode set_up(pgaii_transfer *transfer, const pgaii_route *route)
{
    CURLcode code;

    transfer->easy = curl_easy_init();
    transfer->multi = curl_multi_init();
    if (!transfer->easy || !transfer->multi ||
        curl_multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS,
                          (long)PGAII_KEPT_CONNECTIONS) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    code = set_callbacks(transfer);
    return code ? code : pgaii_handle_set_defaults(transfer->easy, route);
}

pgaii_transfer *pgaii_transfer_new(const pgaii_route *route, pgai_failure *failure)
{
    pgaii_transfer *transfer = pgaii_new(sizeof(*transfer));
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (transfer) {
        transfer->route = route;
        pgaii_reply_init(&transfer->reply);
        code = set_up(transfer, route);
    }
    if (code == CURLE_OK)
        return transfer;
    pgaii_transfer_free(transfer);
    pgaii_failure_from_curl(code, false, failure);
    failure->message = curl_easy_strerror(code);
    return NULL;
}

/* libcurl's poll comes back early after a signal, and counts no event then either. */
static CURLcode poll_slice(pgaii_transfer *transfer, int64_t most_ms, pgaii_watch *watch)
{
    int slice = most_ms < PGAII_WATCH_SLICE_MS ? (int)most_ms : PGAII_WATCH_SLICE_MS;
    int events = 0;

    if (curl_multi_poll(transfer->multi, NULL, 0, slice, &events) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    return pgaii_watch_stops(watch, events == 0) ? CURLE_ABORTED_BY_CALLBACK : CURLE_OK;
}

static CURLcode result_of(CURLM *multi)
{
    int left;
    CURLMsg *message = curl_multi_info_read(multi, &left);

    return message ? message->data.result : CURLE_OUT_OF_MEMORY;
}

static CURLcode run(pgaii_transfer *transfer, pgaii_watch *watch)
{
    bool stops = pgaii_watch_stops(watch, false);
    CURLcode code = stops ? CURLE_ABORTED_BY_CALLBACK : CURLE_OK;
    int running = 1;

    if (curl_multi_add_handle(transfer->multi, transfer->easy) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    while (code == CURLE_OK) {
        if (curl_multi_perform(transfer->multi, &running) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        if (!running)
            return result_of(transfer->multi);
        code = poll_slice(transfer, PGAII_WATCH_SLICE_MS, watch);
    }
    transfer->stopped = code == CURLE_ABORTED_BY_CALLBACK;
    return code;
}

static CURLcode
perform(pgaii_transfer *transfer, const pgai_request *request, pgaii_watch *watch)
{
    struct curl_slist **headers = &transfer->headers[request->once != 0];
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (!*headers)
        *headers = pgaii_handle_headers(request, transfer->route->user_agent);
    if (*headers)
        code = pgaii_handle_set_request(transfer->easy, request, *headers);
    if (code == CURLE_OK)
        code = run(transfer, watch);
    /* What came with a fork is left as it is, to be abandoned. */
    if (!pgaii_watch_forked(watch))
        curl_multi_remove_handle(transfer->multi, transfer->easy);
    return code;
}

static void lose(const pgaii_transfer *transfer, const char *cause, pgai_failure *out)
{
    pgaii_failure_from_curl(CURLE_RECV_ERROR, transfer->sent, out);
    out->message = cause;
}

/* What ended the exchange, the surest knowledge first. An answer cut inside its headers
 * is a success to libcurl, and the guard against a second send an abort; to a call both
 * are a lost connection. */
static void judge(const pgaii_transfer *transfer, CURLcode code, const pgaii_watch *watch,
                  pgai_failure *out)
{
    if (pgaii_watch_forked(watch))
        lose(transfer, "it belongs to the process that this one was forked from", out);
    else if (transfer->stopped)
        *out = (pgai_failure){.status = PGAI_CANCELLED, .sent = transfer->sent};
    else if (transfer->reply.trouble != PGAII_REPLY_FINE)
        pgaii_reply_failure(&transfer->reply, out);
    else if (code == CURLE_OK)
        lose(transfer, "it ended inside the headers", out);
    else if (code == CURLE_ABORTED_BY_CALLBACK)
        lose(transfer, "the request may have arrived, so it was not sent again", out);
    else
        pgaii_failure_from_curl(code, transfer->sent, out);
}

static void explain(pgaii_transfer *transfer, const pgai_request *request, CURLcode code,
                    pgai_failure *out)
{
    const char *cause = out->message;

    if (!cause)
        cause = *transfer->cause ? transfer->cause : curl_easy_strerror(code);
    snprintf(transfer->message, sizeof(transfer->message), "%s (%s): %s",
             pgai_status_text(out->status), request->host, cause);
    out->message = transfer->message;
}

bool pgaii_transfer_exchange(pgaii_transfer *transfer, const pgai_request *request,
                             pgaii_watch *watch, pgai_answer *answer,
                             pgai_failure *failure)
{
    CURLcode code;

    pgaii_reply_reset(&transfer->reply);
    transfer->once = request->once;
    transfer->sent = false;
    transfer->stopped = false;
    transfer->cause[0] = '\0';
    code = perform(transfer, request, watch);
    if (code == CURLE_OK && transfer->reply.ended) {
        pgaii_reply_answer(&transfer->reply, answer);
        return true;
    }
    judge(transfer, code, watch, failure);
    if (failure->status != PGAI_CANCELLED)
        explain(transfer, request, code, failure);
    return false;
}

pgaii_buffer *pgaii_transfer_body(pgaii_transfer *transfer)
{
    return &transfer->reply.body;
}

bool pgaii_transfer_wait(pgaii_transfer *transfer, int64_t until_ms, pgaii_watch *watch)
{
    int64_t left = until_ms - pgaii_clock_now_ms();

    while (left > 0) {
        if (poll_slice(transfer, left, watch) == CURLE_ABORTED_BY_CALLBACK)
            return false;
        left = until_ms - pgaii_clock_now_ms();
    }
    return true;
}

void pgaii_transfer_wake(pgaii_transfer *transfer)
{
    curl_multi_wakeup(transfer->multi);
}

void pgaii_transfer_abandon(pgaii_transfer *transfer)
{
    static pgaii_transfer *abandoned;

    /* Kept within reach, so that leak checkers see memory in use and not a leak. */
    pgaii_sockets_abandon(&transfer->sockets);
    transfer->next_abandoned = abandoned;
    abandoned = transfer;
}

void pgaii_transfer_free(pgaii_transfer *transfer)
{
    if (!transfer)
        return;
    curl_easy_cleanup(transfer->easy);
    curl_multi_cleanup(transfer->multi);
    pgaii_handle_wipe_headers(transfer->headers[0]);
    pgaii_handle_wipe_headers(transfer->headers[1]);
    pgaii_reply_clear(&transfer->reply);
    free(transfer);
}
