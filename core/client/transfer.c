/* Requests under way on one libcurl multi handle, and its connections. */
#include "client/transfer.h"

#include <stdlib.h>

#include "client/clock.h"
#include "client/failure.h"
#include "client/process.h"
#include "protocol/memory.h"

struct pgaii_transfer {
    const pgaii_route *route;
    CURLM *multi;
    CURLSH *share; /* TLS sessions, which one handle leaves to the next; NULL: none */
    pgaii_sockets sockets;
    pgaii_exchange *exchanges; /* as many as were ever under way at once */
    pgaii_transfer *next_abandoned;
};

static void fill_failure(CURLcode code, pgai_failure *out)
{
    pgaii_failure_from_curl(code, false, out);
    out->message = curl_easy_strerror(code);
}

/* What there is to say where libcurl may not be used any more. */
static void fill_exiting(pgai_failure *out)
{
    *out = (pgai_failure){.status = PGAI_EXITING, .permanent = 1};
}

static CURLSH *new_share(void)
{
    CURLSH *share = curl_share_init();

    if (share && curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)) {
        curl_share_cleanup(share);
        share = NULL;
    }
    return share;
}

/* Within libcurl. */
static bool set_up(pgaii_transfer *transfer)
{
    transfer->multi = curl_multi_init();
    if (transfer->multi && transfer->route->tls)
        transfer->share = new_share();
    return transfer->multi != NULL;
}

pgaii_transfer *pgaii_transfer_new(const pgaii_route *route, pgai_failure *failure)
{
    pgaii_transfer *transfer = pgaii_new(sizeof(*transfer));
    bool made = false;

    fill_failure(CURLE_OUT_OF_MEMORY, failure);
    if (transfer && !pgaii_process_enter()) {
        fill_exiting(failure);
    } else if (transfer) {
        transfer->route = route;
        made = set_up(transfer);
        pgaii_process_leave();
    }
    if (made)
        return transfer;
    free(transfer);
    return NULL;
}

static pgaii_exchange *idle_or_new(pgaii_transfer *transfer)
{
    pgaii_exchange *exchange = transfer->exchanges;

    while (exchange && exchange->busy)
        exchange = exchange->next;
    if (exchange)
        return exchange;
    exchange = pgaii_exchange_new(transfer->route, &transfer->sockets, transfer->share);
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
    if (exchange->easy)
        curl_multi_remove_handle(transfer->multi, exchange->easy);
    pgaii_exchange_drop_handle(exchange);
    exchange->ending = ending;
}

static void finish_over(pgaii_transfer *transfer, pgaii_exchange *exchange, CURLcode code)
{
    exchange->code = code;
    finish(transfer, exchange, PGAII_OVER);
}

/* Hand the exchange to libcurl if it could be prepared. */
static void add(pgaii_transfer *transfer, pgaii_exchange *exchange, CURLcode code)
{
    if (code == CURLE_OK &&
        curl_multi_add_handle(transfer->multi, exchange->easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK)
        finish_over(transfer, exchange, code);
}

pgaii_exchange *pgaii_transfer_begin(pgaii_transfer *transfer,
                                     const pgai_request *request, pgai_failure *failure)
{
    pgaii_exchange *exchange = idle_or_new(transfer);

    if (!exchange) {
        fill_failure(CURLE_OUT_OF_MEMORY, failure);
        return NULL;
    }
    if (!pgaii_process_enter()) {
        fill_exiting(failure);
        return NULL;
    }
    exchange->busy = true;
    add(transfer, exchange, pgaii_exchange_prepare(exchange, request));
    pgaii_process_leave();
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

/* What is under way when the process ends is left as it is. */
static void stop_all(pgaii_transfer *transfer)
{
    for (pgaii_exchange *at = transfer->exchanges; at; at = at->next) {
        if (at->busy && at->ending == PGAII_UNDER_WAY)
            at->ending = PGAII_STOPPED;
    }
}

/* libcurl is done with an exchange. One that was kept from a connection which could not
 * be trusted, and is closed now, goes out on a new one. */
static void settle(pgaii_transfer *transfer, pgaii_exchange *exchange, CURLcode code)
{
    if (!exchange->disturbed) {
        finish_over(transfer, exchange, code);
        return;
    }
    curl_multi_remove_handle(transfer->multi, exchange->easy);
    add(transfer, exchange, pgaii_exchange_restart(exchange));
}

static void perform(pgaii_transfer *transfer)
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
        settle(transfer, (pgaii_exchange *)(void *)exchange, code);
    }
}

void pgaii_transfer_work(pgaii_transfer *transfer)
{
    if (!pgaii_process_enter()) {
        stop_all(transfer);
        return;
    }
    perform(transfer);
    pgaii_process_leave();
}

/* libcurl's poll comes back early after a signal, and counts no event then either. */
bool pgaii_transfer_poll(pgaii_transfer *transfer, int64_t most_ms)
{
    int slice = most_ms < PGAII_WATCH_SLICE_MS ? (int)most_ms : PGAII_WATCH_SLICE_MS;
    int events = 0;

    /* A multi handle that cannot be polled cannot be performed either, which tells. */
    curl_multi_poll(transfer->multi, NULL, 0, slice, &events);
    return events > 0;
}

/* Within libcurl. */
static void give_up(pgaii_transfer *transfer, pgaii_exchange *exchange)
{
    if (exchange->ending == PGAII_UNDER_WAY)
        finish(transfer, exchange, PGAII_STOPPED);
}

static void stop(pgaii_transfer *transfer, pgaii_exchange *exchange)
{
    if (pgaii_process_enter()) {
        give_up(transfer, exchange);
        pgaii_process_leave();
    } else {
        stop_all(transfer);
    }
}

void pgaii_transfer_end(pgaii_transfer *transfer, pgaii_exchange *exchange)
{
    if (exchange->ending == PGAII_UNDER_WAY)
        stop(transfer, exchange);
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
    pgaii_transfer_end(transfer, exchange);
    answered = pgaii_exchange_result(exchange, answer, failure);
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
    /* What cannot be cleaned up any more goes with the process. */
    if (!transfer || !pgaii_process_enter())
        return;
    for (pgaii_exchange *at = transfer->exchanges; at; at = at->next)
        give_up(transfer, at);
    curl_multi_cleanup(transfer->multi);
    curl_share_cleanup(transfer->share);
    pgaii_process_leave();
    free_exchanges(transfer->exchanges);
    pgaii_sockets_clear(&transfer->sockets);
    free(transfer);
}
