/* Requests in progress on one libcurl multi handle, and its connections. */
#include "engine/multi.h"

#include <stdlib.h>

#include "engine/clock.h"
#include "engine/failure.h"
#include "engine/process.h"
#include "protocol/memory.h"

/* Most have one request in progress at a time. */
enum { FIRST_SLOTS = 1 };

/* How often libcurl may want to go on at once before others have their turn. */
enum { MOST_ROUNDS = 4 };

/* Connections that are kept where calls are many. Else libcurl keeps four for each
 * request that is in progress, and closes the others. */
static const long most_kept = 64;

typedef struct slot {
    pgaii_exchange *exchange;
    bool busy; /* it is borrowed */
} slot;

struct pgaii_multi {
    const pgaii_route *route;
    unsigned generation; /* of the process that it belongs to */
    CURLM *curl;
    CURLSH *share;      /* TLS sessions, which handles share; NULL: none */
    pgaii_watch *watch; /* NULL: it is polled */
    int64_t due_at;
    pgaii_sockets sockets;
    slot *slots; /* as many as were ever in progress at once */
    size_t count;
    size_t capacity;
    pgaii_multi *next_abandoned;
};

static void fill_failure(CURLcode code, pgai_failure *out)
{
    pgaii_failure_from_curl(code, false, out);
    out->message = curl_easy_strerror(code);
}

/* The failure when libcurl must not be used any more. */
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
static CURLM *new_curl(pgaii_watch *watch)
{
    CURLM *curl = curl_multi_init();

    if (curl && watch) {
        curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, pgaii_watch_socket);
        curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, watch);
        curl_multi_setopt(curl, CURLMOPT_MAXCONNECTS, most_kept);
    }
    return curl;
}

/* Within libcurl. */
static bool set_up(pgaii_multi *multi)
{
    multi->curl = new_curl(multi->watch);
    if (multi->curl && multi->route->tls)
        multi->share = new_share();
    return multi->curl != NULL;
}

pgaii_multi *
pgaii_multi_new(const pgaii_route *route, pgaii_watch *watch, pgai_failure *failure)
{
    pgaii_multi *multi = pgaii_new(sizeof(*multi));
    bool made = false;

    fill_failure(CURLE_OUT_OF_MEMORY, failure);
    if (multi && !pgaii_process_enter()) {
        fill_exiting(failure);
    } else if (multi) {
        multi->route = route;
        multi->watch = watch;
        multi->due_at = INT64_MAX;
        multi->generation = pgaii_process_generation();
        made = set_up(multi);
        pgaii_process_leave();
    }
    if (made)
        return multi;
    free(multi);
    return NULL;
}

static slot *idle_slot(pgaii_multi *multi)
{
    for (size_t i = 0; i < multi->count; i++) {
        if (!multi->slots[i].busy)
            return &multi->slots[i];
    }
    return NULL;
}

static slot *new_slot(pgaii_multi *multi)
{
    pgaii_exchange *exchange;

    if (!pgaii_grow((void **)&multi->slots, &multi->capacity, multi->count + 1,
                    sizeof(*multi->slots), FIRST_SLOTS))
        return NULL;
    exchange = pgaii_exchange_new(multi->route, &multi->sockets, multi->share);
    if (!exchange)
        return NULL;
    multi->slots[multi->count] = (slot){exchange, false};
    return &multi->slots[multi->count++];
}

static bool is_under_way(const slot *at)
{
    return at->busy && at->exchange->ending == PGAII_UNDER_WAY;
}

/* The handle leaves the multi handle, which keeps its connection if that is alive. */
static void finish(pgaii_multi *multi, pgaii_exchange *exchange, pgaii_ending ending)
{
    if (exchange->easy)
        curl_multi_remove_handle(multi->curl, exchange->easy);
    pgaii_exchange_drop_handle(exchange);
    exchange->ending = ending;
}

static void finish_over(pgaii_multi *multi, pgaii_exchange *exchange, CURLcode code)
{
    exchange->code = code;
    finish(multi, exchange, PGAII_OVER);
}

/* Hand the exchange to libcurl if it could be prepared. */
static void add(pgaii_multi *multi, pgaii_exchange *exchange, CURLcode code)
{
    if (!multi->curl)
        multi->curl = new_curl(multi->watch);
    if (code == CURLE_OK &&
        curl_multi_add_handle(multi->curl, exchange->easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK)
        finish_over(multi, exchange, code);
}

pgaii_exchange *
pgaii_multi_begin(pgaii_multi *multi, const pgai_request *request, pgai_failure *failure)
{
    slot *at = idle_slot(multi);

    if (!at)
        at = new_slot(multi);
    if (!at) {
        fill_failure(CURLE_OUT_OF_MEMORY, failure);
        return NULL;
    }
    if (!pgaii_process_enter()) {
        fill_exiting(failure);
        return NULL;
    }
    at->busy = true;
    add(multi, at->exchange, pgaii_exchange_prepare(at->exchange, request));
    pgaii_process_leave();
    return at->exchange;
}

/* The multi handle itself failed, and with it whatever is on it. One whose callback
 * failed never works again, so it is replaced. Where it is polled there is no such
 * callback, and other threads may be about to wake it. */
static void fail_all(pgaii_multi *multi)
{
    for (size_t i = 0; i < multi->count; i++) {
        if (is_under_way(&multi->slots[i]))
            finish_over(multi, multi->slots[i].exchange, CURLE_OUT_OF_MEMORY);
    }
    if (multi->watch) {
        curl_multi_cleanup(multi->curl);
        multi->curl = new_curl(multi->watch);
    }
}

/* What is in progress when the process ends is left as it is. */
static void stop_all(pgaii_multi *multi)
{
    for (size_t i = 0; i < multi->count; i++) {
        if (is_under_way(&multi->slots[i]))
            multi->slots[i].exchange->ending = PGAII_STOPPED;
    }
}

/* libcurl is done with an exchange. If it was stopped because its connection could not be
 * trusted, and that is closed now, it is sent on a new one. */
static void settle(pgaii_multi *multi, pgaii_exchange *exchange, CURLcode code)
{
    if (!exchange->disturbed) {
        finish_over(multi, exchange, code);
        return;
    }
    curl_multi_remove_handle(multi->curl, exchange->easy);
    add(multi, exchange, pgaii_exchange_restart(exchange));
}

/* What happened on its sockets. */
static CURLMcode act_on_sockets(pgaii_multi *multi)
{
    pgaii_happened happened[PGAII_WATCH_MOST];
    size_t count = pgaii_watch_take(multi->watch, happened);
    CURLMcode code = CURLM_OK;
    int running;

    for (size_t i = 0; i < count && code == CURLM_OK; i++)
        code = curl_multi_socket_action(multi->curl, happened[i].socket, happened[i].mask,
                                        &running);
    return code;
}

/* In how many milliseconds libcurl wants to go on; -1: not by time. It is asked, since
 * its callback for that leaves out a time that it told before. */
static long time_left(const pgaii_multi *multi)
{
    long left_ms = -1;

    curl_multi_timeout(multi->curl, &left_ms);
    return left_ms;
}

static CURLMcode act_on_time(pgaii_multi *multi)
{
    CURLMcode code = CURLM_OK;
    int running;

    for (int i = 0; i < MOST_ROUNDS && code == CURLM_OK && time_left(multi) == 0; i++)
        code = curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
    return code;
}

/* Everything, or only what @p sockets leaves. */
static CURLMcode act(pgaii_multi *multi, bool sockets)
{
    CURLMcode code = CURLM_OK;
    int running;

    if (!multi->watch)
        return curl_multi_perform(multi->curl, &running);
    if (sockets)
        code = act_on_sockets(multi);
    return code == CURLM_OK ? act_on_time(multi) : code;
}

/* @return whether an exchange got its ending. */
static bool harvest(pgaii_multi *multi)
{
    CURLMsg *message;
    bool ended = false;
    int left;

    while ((message = curl_multi_info_read(multi->curl, &left))) {
        CURLcode code = message->data.result;
        char *data = NULL;
        pgaii_exchange *exchange;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
        exchange = (pgaii_exchange *)(void *)data;
        settle(multi, exchange, code);
        ended = ended || exchange->ending != PGAII_UNDER_WAY;
    }
    return ended;
}

static void note_time(pgaii_multi *multi)
{
    long left_ms = time_left(multi);

    multi->due_at = left_ms < 0 ? INT64_MAX : pgaii_clock_now_ms() + left_ms;
}

static bool work(pgaii_multi *multi, bool sockets)
{
    bool ended = true;

    if (!pgaii_process_enter()) {
        stop_all(multi);
        return true;
    }
    if (act(multi, sockets) == CURLM_OK)
        ended = harvest(multi);
    else
        fail_all(multi);
    if (multi->watch)
        note_time(multi);
    pgaii_process_leave();
    return ended;
}

void pgaii_multi_work(pgaii_multi *multi)
{
    work(multi, true);
}

bool pgaii_multi_kick(pgaii_multi *multi)
{
    return work(multi, false);
}

int64_t pgaii_multi_due_at(const pgaii_multi *multi)
{
    return multi->due_at;
}

/* libcurl's poll returns early after a signal, and counts no event then either. */
bool pgaii_multi_poll(pgaii_multi *multi, int64_t most_ms)
{
    int slice = most_ms < PGAII_MULTI_SLICE_MS ? (int)most_ms : PGAII_MULTI_SLICE_MS;
    int events = 0;

    /* A multi handle that cannot be polled cannot be performed either, and that reports
     * the failure. */
    curl_multi_poll(multi->curl, NULL, 0, slice, &events);
    return events > 0;
}

/* Within libcurl. */
static void give_up(pgaii_multi *multi, pgaii_exchange *exchange)
{
    if (exchange->ending == PGAII_UNDER_WAY)
        finish(multi, exchange, PGAII_STOPPED);
}

static void stop(pgaii_multi *multi, pgaii_exchange *exchange)
{
    if (pgaii_process_enter()) {
        give_up(multi, exchange);
        pgaii_process_leave();
    } else {
        stop_all(multi);
    }
}

void pgaii_multi_end(pgaii_multi *multi, pgaii_exchange *exchange)
{
    if (exchange->ending == PGAII_UNDER_WAY)
        stop(multi, exchange);
    for (size_t i = 0; i < multi->count; i++) {
        if (multi->slots[i].exchange == exchange)
            multi->slots[i].busy = false;
    }
}

bool pgaii_multi_inherited(const pgaii_multi *multi)
{
    return multi->generation != pgaii_process_generation();
}

void pgaii_multi_wake(pgaii_multi *multi)
{
    curl_multi_wakeup(multi->curl);
}

void pgaii_multi_abandon(pgaii_multi *multi)
{
    static pgaii_multi *abandoned;

    /* Kept reachable, so that leak checkers see memory in use and not a leak. */
    pgaii_sockets_abandon(&multi->sockets);
    multi->next_abandoned = abandoned;
    abandoned = multi;
}

void pgaii_multi_free(pgaii_multi *multi)
{
    /* What cannot be cleaned up any more ends with the process. */
    if (!multi || !pgaii_process_enter())
        return;
    for (size_t i = 0; i < multi->count; i++)
        give_up(multi, multi->slots[i].exchange);
    curl_multi_cleanup(multi->curl);
    curl_share_cleanup(multi->share);
    pgaii_process_leave();
    for (size_t i = 0; i < multi->count; i++)
        pgaii_exchange_free(multi->slots[i].exchange);
    free(multi->slots);
    pgaii_sockets_clear(&multi->sockets);
    free(multi);
}
