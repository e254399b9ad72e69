#include "client/transfer.h"

#include <stdlib.h>

#include "client/clock.h"
#include "client/failure.h"
#include "protocol/memory.h"

struct pgaii_transfer {
    const pgaii_route *route;
    CURLM *multi;
    pgaii_sockets sockets;
    pgaii_exchange *exchanges; /* as many as were ever under way at once */
    pgaii_transfer *next_abandoned;
};

static void fill_failure(CURLcode code, pgai_failure *out)
{
    pgaii_failure_from_curl(code, false, out);
    out->message = curl_easy_strerror(code);
}

pgaii_transfer *pgaii_transfer_new(const pgaii_route *route, pgai_failure *failure)
{
    pgaii_transfer *transfer = pgaii_new(sizeof(*transfer));

    if (transfer) {
        transfer->route = route;
        transfer->multi = curl_multi_init();
        if (transfer->multi)
            return transfer;
    }
    free(transfer);
    fill_failure(CURLE_OUT_OF_MEMORY, failure);
    return NULL;
}

static pgaii_exchange *idle_or_new(pgaii_transfer *transfer, CURLcode *code)
{
    pgaii_exchange *exchange = transfer->exchanges;

    *code = CURLE_OK;
    while (exchange && exchange->busy)
        exchange = exchange->next;
    if (exchange)
        return exchange;
    exchange = pgaii_exchange_new(transfer->route, &transfer->sockets, code);
    if (exchange) {
        exchange->next = transfer->exchanges;
        transfer->exchanges = exchange;
    }
    return exchange;
}

/* The handle leaves the multi handle, which keeps its connection if that is alive. */
static void
finish(pgaii_transfer *transfer, pgaii_exchange *exchange, pgaii_ending ending)
{
    curl_multi_remove_handle(transfer->multi, exchange->easy);
    exchange->ending = ending;
}

static void finish_over(pgaii_transfer *transfer, pgaii_exchange *exchange, CURLcode code)
{
    exchange->code = code;
    finish(transfer, exchange, PGAII_OVER);
}

pgaii_exchange *pgaii_transfer_begin(pgaii_transfer *transfer,
                                     const pgai_request *request, pgai_failure *failure)
{
    CURLcode code;
    pgaii_exchange *exchange = idle_or_new(transfer, &code);

    if (!exchange) {
        fill_failure(code, failure);
        return NULL;
    }
    exchange->busy = true;
    code = pgaii_exchange_prepare(exchange, request);
    if (code == CURLE_OK &&
        curl_multi_add_handle(transfer->multi, exchange->easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK)
        finish_over(transfer, exchange, code);
    return exchange;
}

/* The multi handle itself failed, and with it whatever is on it. */
static void fail_all(pgaii_transfer *transfer)
{
    for (pgaii_exchange *at = transfer->exchanges; at; at = at->next) {
        if (at->busy && at->ending == PGAII_UNDER_WAY)
            finish_over(transfer, at, CURLE_OUT_OF_MEMORY);
    }
}

void pgaii_transfer_work(pgaii_transfer *transfer)
{
    CURLMsg *message;
    int running;
    int left;

    if (curl_multi_perform(transfer->multi, &running) != CURLM_OK) {
        fail_all(transfer);
        return;
    }
    while ((message = curl_multi_info_read(transfer->multi, &left))) {
        CURLcode code = message->data.result;
        char *exchange = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish_over(transfer, (pgaii_exchange *)(void *)exchange, code);
    }
}

/* libcurl's poll comes back early after a signal, and counts no event then either. */
bool pgaii_transfer_poll(pgaii_transfer *transfer, int64_t most_ms)
{
    int slice = most_ms < PGAII_WATCH_SLICE_MS ? (int)most_ms : PGAII_WATCH_SLICE_MS;
    int events = 0;

    if (curl_multi_poll(transfer->multi, NULL, 0, slice, &events) != CURLM_OK)
        fail_all(transfer);
    return events > 0;
}

void pgaii_transfer_end(pgaii_transfer *transfer, pgaii_exchange *exchange)
{
    if (exchange->ending == PGAII_UNDER_WAY)
        finish(transfer, exchange, PGAII_STOPPED);
    exchange->busy = false;
}

static void run(pgaii_transfer *transfer, pgaii_exchange *exchange, pgaii_watch *watch)
{
    bool stops = pgaii_watch_stops(watch, false);

    while (!stops) {
        pgaii_transfer_work(transfer);
        if (exchange->ending != PGAII_UNDER_WAY)
            return;
        stops = pgaii_watch_stops(watch,
                                  !pgaii_transfer_poll(transfer, PGAII_WATCH_SLICE_MS));
    }
    /* What came with a fork is left as it is, to be abandoned. */
    if (pgaii_watch_forked(watch))
        exchange->ending = PGAII_FORKED;
    else
        finish(transfer, exchange, PGAII_STOPPED);
}

bool pgaii_transfer_exchange(pgaii_transfer *transfer, const pgai_request *request,
                             pgaii_watch *watch, pgai_answer *answer,
                             pgai_failure *failure)
{
    pgaii_exchange *exchange = pgaii_transfer_begin(transfer, request, failure);
    bool answered;

    if (!exchange)
        return false;
    if (exchange->ending == PGAII_UNDER_WAY)
        run(transfer, exchange, watch);
    answered = pgaii_exchange_result(exchange, answer, failure);
    pgaii_transfer_end(transfer, exchange);
    return answered;
}

/* Whose requests wait for each other have one exchange. */
pgaii_buffer *pgaii_transfer_body(pgaii_transfer *transfer)
{
    return &transfer->exchanges->reply.body;
}

bool pgaii_transfer_wait(pgaii_transfer *transfer, int64_t until_ms, pgaii_watch *watch)
{
    int64_t left = until_ms - pgaii_clock_now_ms();

    while (left > 0) {
        if (pgaii_watch_stops(watch, !pgaii_transfer_poll(transfer, left)))
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

static void free_exchanges(pgaii_exchange *exchange)
{
    while (exchange) {
        pgaii_exchange *next = exchange->next;

        pgaii_exchange_free(exchange);
        exchange = next;
    }
}

void pgaii_transfer_free(pgaii_transfer *transfer)
{
    if (!transfer)
        return;
    for (pgaii_exchange *at = transfer->exchanges; at; at = at->next)
        pgaii_transfer_end(transfer, at);
    free_exchanges(transfer->exchanges);
    curl_multi_cleanup(transfer->multi);
    pgaii_sockets_clear(&transfer->sockets);
    free(transfer);
}
