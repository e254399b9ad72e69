/* A request and what becomes of it, on a libcurl handle. */
#include "engine/exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/failure.h"
#include "engine/handle.h"
#include "protocol/memory.h"

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    pgaii_exchange *exchange = data;

    return pgaii_incoming_header(&exchange->incoming, line, size * count) ? size * count
                                                                          : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    pgaii_exchange *exchange = data;

    return pgaii_incoming_body(&exchange->incoming, bytes, size * count) ? size * count
                                                                         : 0;
}

/* libcurl calls this when the connection is made and the request is about to be sent:
 * once for each time it is sent. When a kept connection dies before the first byte of a
 * response, libcurl sends again on its own, though the service may have acted already. */
static int on_send(void *data, char *remote, char *local, int remote_port, int local_port)
{
    pgaii_exchange *exchange = data;

    (void)remote;
    (void)local;
    (void)remote_port;
    if (exchange->sent && exchange->once)
        return CURL_PREREQFUNC_ABORT;
    exchange->disturbed = !pgaii_sockets_use(exchange->sockets, local_port);
    if (exchange->disturbed)
        return CURL_PREREQFUNC_ABORT;
    exchange->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* While libcurl reads a proxy's response to CONNECT, it reports each byte, and returns
 * only when the response has ended or there is nothing to read. It reports slow
 * connections a few times a second. */
enum { MAX_PROGRESS = 100000 };

static int on_progress(void *data, curl_off_t down_total, curl_off_t down,
                       curl_off_t up_total, curl_off_t up)
{
    pgaii_exchange *exchange = data;

    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return !exchange->sent && ++exchange->progress > MAX_PROGRESS;
}

/* They can only fail together, if libcurl is older than at compile time. */
static CURLcode set_callbacks(pgaii_exchange *exchange)
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
    failed |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange->sockets);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, pgaii_sockets_close);
    failed |= curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, exchange->sockets);
    failed |= curl_easy_setopt(easy, CURLOPT_SHARE, exchange->share);
    if (*exchange->route->proxy.url) {
        failed |= curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        failed |= curl_easy_setopt(easy, CURLOPT_XFERINFODATA, exchange);
        failed |= curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    }
    return failed ? CURLE_UNKNOWN_OPTION : CURLE_OK;
}

pgaii_exchange *
pgaii_exchange_new(const pgaii_route *route, pgaii_sockets *sockets, CURLSH *share)
{
    pgaii_exchange *exchange = pgaii_new(sizeof(*exchange));

    if (!exchange)
        return NULL;
    exchange->route = route;
    exchange->sockets = sockets;
    exchange->share = share;
    pgaii_incoming_init(&exchange->incoming, true);
    return exchange;
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

static void begin(pgaii_exchange *exchange)
{
    pgaii_incoming_reset(&exchange->incoming);
    exchange->disturbed = false;
    exchange->progress = 0;
    exchange->tunnel = 0;
    exchange->ending = PGAII_UNDER_WAY;
    exchange->code = CURLE_OK;
    exchange->cause[0] = '\0';
}

CURLcode pgaii_exchange_prepare(pgaii_exchange *exchange, const pgai_request *request)
{
    struct curl_slist *headers = headers_for(exchange, request);
    CURLcode code;

    begin(exchange);
    exchange->sent = false;
    exchange->once = request->once;
    snprintf(exchange->host, sizeof(exchange->host), "%s", request->host);
    exchange->easy = curl_easy_init();
    if (!headers || !exchange->easy)
        return CURLE_OUT_OF_MEMORY;
    code = set_callbacks(exchange);
    if (code == CURLE_OK)
        code = pgaii_handle_set_defaults(exchange->easy, exchange->route);
    if (code == CURLE_OK)
        code =
            pgaii_handle_set_request(exchange->easy, request, exchange->route, headers);
    return code;
}

CURLcode pgaii_exchange_restart(pgaii_exchange *exchange)
{
    begin(exchange);
    return curl_easy_setopt(exchange->easy, CURLOPT_FRESH_CONNECT, 1L);
}

void pgaii_exchange_drop_handle(pgaii_exchange *exchange)
{
    if (exchange->easy)
        curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &exchange->tunnel);
    curl_easy_cleanup(exchange->easy);
    exchange->easy = NULL;
}

static void lose(const pgaii_exchange *exchange, const char *cause, pgai_failure *out)
{
    pgaii_failure_from_curl(CURLE_RECV_ERROR, exchange->sent, out);
    out->message = cause;
}

/* Before 8.6 libcurl has one code for a header line of more than 100 KiB and for no
 * memory. */
static bool is_long_line(const pgaii_exchange *exchange)
{
    return exchange->code == CURLE_OUT_OF_MEMORY && exchange->incoming.in_block &&
           curl_version_info(CURLVERSION_NOW)->version_num < 0x080600;
}

/* What ended the exchange; the most certain causes come first. A response cut inside its
 * headers is a success to libcurl, and the guard against a second send an abort; to a
 * call both are a lost connection. */
static void judge(pgaii_exchange *exchange, pgai_failure *out)
{
    /* This is what libcurl says about a header line that it cannot parse. */
    if (exchange->code == CURLE_BAD_FUNCTION_ARGUMENT && exchange->sent &&
        exchange->incoming.trouble == PGAII_INCOMING_FINE)
        exchange->incoming.trouble = PGAII_INCOMING_BAD_LINE;
    if (exchange->ending == PGAII_FORKED)
        lose(exchange, "it belongs to the parent process", out);
    else if (exchange->ending == PGAII_STOPPED)
        *out = (pgai_failure){.status = PGAI_CANCELLED, .sent = exchange->sent};
    else if (exchange->incoming.trouble != PGAII_INCOMING_FINE)
        pgaii_incoming_failure(&exchange->incoming, out);
    else if (exchange->code == CURLE_OK)
        lose(exchange, "it ended inside the headers", out);
    else if (is_long_line(exchange))
        *out = (pgai_failure){PGAI_TOO_LARGE, 1, 1,
                              "a header line of more than 100 KiB, or no memory for one"};
    else if (exchange->progress > MAX_PROGRESS)
        *out = (pgai_failure){.status = PGAI_CONNECT,
                              .message = "the proxy's response to CONNECT does not end"};
    else if (exchange->code == CURLE_WRITE_ERROR)
        *out =
            (pgai_failure){PGAI_PROTOCOL, 1, 1,
                           "gzip in several parts, or with bytes after its end; libcurl "
                           "reads only the first part: turn compression off"};
    else if (!exchange->sent && exchange->code != CURLE_OPERATION_TIMEDOUT &&
             !pgaii_sockets_left())
        *out = (pgai_failure){.status = PGAI_CONNECT, .message = pgaii_sockets_none_left};
    else if (exchange->code == CURLE_ABORTED_BY_CALLBACK)
        lose(exchange, "the request may have arrived, so it was not sent again", out);
    else
        pgaii_failure_from_curl(exchange->code, exchange->sent, out);
}

/* What to check next; NULL: nothing. */
static const char *advice_for(const pgaii_exchange *exchange)
{
    if (exchange->tunnel == 407)
        return "the proxy requires a user name and a password: "
               "http://NAME:PASSWORD@HOST:PORT";
    if (exchange->sent && exchange->incoming.status == 0 && !exchange->route->tls &&
        exchange->code != CURLE_OPERATION_TIMEDOUT)
        return "if the port speaks https, base_url must begin with https://";
    if (exchange->code == CURLE_COULDNT_CONNECT && exchange->route->proxy.source)
        return "is the proxy running, and are its host and port right?";
    return pgaii_failure_advice(exchange->code);
}

/* "WHAT (HOST[ through the proxy in SOURCE]): CAUSE[; ADVICE]" */
static void explain(pgaii_exchange *exchange, pgai_failure *out)
{
    const char *source = exchange->sent ? NULL : exchange->route->proxy.source;
    const char *advice = out->message ? NULL : advice_for(exchange);
    const char *cause = out->message;

    if (!cause)
        cause = *exchange->cause ? exchange->cause : curl_easy_strerror(exchange->code);
    snprintf(exchange->message, sizeof(exchange->message), "%s (%s%s%s): %s%s%s",
             pgai_status_text(out->status), exchange->host,
             source ? " through the proxy in " : "", source ? source : "", cause,
             advice ? "; " : "", advice ? advice : "");
    out->message = exchange->message;
}

bool pgaii_exchange_result(pgaii_exchange *exchange, pgai_response *response,
                           pgai_failure *failure)
{
    if (exchange->ending == PGAII_OVER && exchange->code == CURLE_OK &&
        exchange->incoming.ended) {
        pgaii_incoming_response(&exchange->incoming, response);
        return true;
    }
    judge(exchange, failure);
    /* A proxy that refuses will refuse again. */
    if (exchange->tunnel >= 400 && exchange->tunnel < 500)
        failure->permanent = 1;
    if (failure->status != PGAI_CANCELLED)
        explain(exchange, failure);
    return false;
}

void pgaii_exchange_free(pgaii_exchange *exchange)
{
    if (!exchange)
        return;
    pgaii_handle_wipe_headers(exchange->headers[0]);
    pgaii_handle_wipe_headers(exchange->headers[1]);
    pgaii_incoming_clear(&exchange->incoming);
    free(exchange);
}
