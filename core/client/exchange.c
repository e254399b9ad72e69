#include "client/exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/failure.h"
#include "client/handle.h"
#include "protocol/memory.h"

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    pgaii_exchange *exchange = data;

    return pgaii_reply_header(&exchange->reply, line, size * count) ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    pgaii_exchange *exchange = data;

    return pgaii_reply_body(&exchange->reply, bytes, size * count) ? size * count : 0;
}

/* libcurl calls this when the connection stands and the request is about to leave: once
 * for each time it leaves. When a kept connection dies before the first byte of an
 * answer, libcurl sends again on its own, though the service may have acted already. */
static int on_send(void *data, char *remote, char *local, int remote_port, int local_port)
{
    pgaii_exchange *exchange = data;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (exchange->sent && exchange->once)
        return CURL_PREREQFUNC_ABORT;
    exchange->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* They can only fail together, where libcurl is older than the one compiled against. */
static CURLcode set_callbacks(pgaii_exchange *exchange, pgaii_sockets *sockets)
{
    CURL *easy = exchange->easy;
    unsigned failed = 0;

    failed |= curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    failed |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->cause);
    failed |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    failed |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    failed |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    failed |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    failed |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    failed |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
    failed |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, pgaii_sockets_open);
    failed |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sockets);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, pgaii_sockets_close);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
    return failed ? CURLE_UNKNOWN_OPTION : CURLE_OK;
}

static CURLcode set_up(pgaii_exchange *exchange, pgaii_sockets *sockets)
{
    CURLcode code;

    exchange->easy = curl_easy_init();
    if (!exchange->easy)
        return CURLE_OUT_OF_MEMORY;
    code = set_callbacks(exchange, sockets);
    return code ? code : pgaii_handle_set_defaults(exchange->easy, exchange->route);
}

pgaii_exchange *
pgaii_exchange_new(const pgaii_route *route, pgaii_sockets *sockets, CURLcode *code)
{
    pgaii_exchange *exchange = pgaii_new(sizeof(*exchange));

    *code = CURLE_OUT_OF_MEMORY;
    if (!exchange)
        return NULL;
    exchange->route = route;
    pgaii_reply_init(&exchange->reply);
    *code = set_up(exchange, sockets);
    if (*code == CURLE_OK)
        return exchange;
    pgaii_exchange_free(exchange);
    return NULL;
}

static struct curl_slist *
headers_for(pgaii_exchange *exchange, const pgai_request *request)
{
    struct curl_slist **kept = &exchange->headers[request->once != 0];
    const char *user_agent = exchange->route->user_agent;

    if (!pgaii_handle_headers_fit(*kept, request, user_agent)) {
        pgaii_handle_wipe_headers(*kept);
        *kept = pgaii_handle_headers(request, user_agent);
    }
    return *kept;
}

CURLcode pgaii_exchange_prepare(pgaii_exchange *exchange, const pgai_request *request)
{
    struct curl_slist *headers = headers_for(exchange, request);

    pgaii_reply_reset(&exchange->reply);
    exchange->once = request->once;
    exchange->sent = false;
    exchange->ending = PGAII_UNDER_WAY;
    exchange->code = CURLE_OK;
    exchange->cause[0] = '\0';
    snprintf(exchange->host, sizeof(exchange->host), "%s", request->host);
    if (!headers)
        return CURLE_OUT_OF_MEMORY;
    return pgaii_handle_set_request(exchange->easy, request, headers);
}

static void lose(const pgaii_exchange *exchange, const char *cause, pgai_failure *out)
{
    pgaii_failure_from_curl(CURLE_RECV_ERROR, exchange->sent, out);
    out->message = cause;
}

/* What ended the exchange, the surest knowledge first. An answer cut inside its headers
 * is a success to libcurl, and the guard against a second send an abort; to a call both
 * are a lost connection. */
static void judge(const pgaii_exchange *exchange, pgai_failure *out)
{
    if (exchange->ending == PGAII_FORKED)
        lose(exchange, "it belongs to the process that this one was forked from", out);
    else if (exchange->ending == PGAII_STOPPED)
        *out = (pgai_failure){.status = PGAI_CANCELLED, .sent = exchange->sent};
    else if (exchange->reply.trouble != PGAII_REPLY_FINE)
        pgaii_reply_failure(&exchange->reply, out);
    else if (exchange->code == CURLE_OK)
        lose(exchange, "it ended inside the headers", out);
    else if (exchange->code == CURLE_ABORTED_BY_CALLBACK)
        lose(exchange, "the request may have arrived, so it was not sent again", out);
    else
        pgaii_failure_from_curl(exchange->code, exchange->sent, out);
}

static void explain(pgaii_exchange *exchange, pgai_failure *out)
{
    const char *cause = out->message;

    if (!cause)
        cause = *exchange->cause ? exchange->cause : curl_easy_strerror(exchange->code);
    snprintf(exchange->message, sizeof(exchange->message), "%s (%s): %s",
             pgai_status_text(out->status), exchange->host, cause);
    out->message = exchange->message;
}

bool pgaii_exchange_result(pgaii_exchange *exchange, pgai_answer *answer,
                           pgai_failure *failure)
{
    if (exchange->ending == PGAII_OVER && exchange->code == CURLE_OK &&
        exchange->reply.ended) {
        pgaii_reply_answer(&exchange->reply, answer);
        return true;
    }
    judge(exchange, failure);
    if (failure->status != PGAI_CANCELLED)
        explain(exchange, failure);
    return false;
}

void pgaii_exchange_free(pgaii_exchange *exchange)
{
    if (!exchange)
        return;
    curl_easy_cleanup(exchange->easy);
    pgaii_handle_wipe_headers(exchange->headers[0]);
    pgaii_handle_wipe_headers(exchange->headers[1]);
    pgaii_reply_clear(&exchange->reply);
    free(exchange);
}
