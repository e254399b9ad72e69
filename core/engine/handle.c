/* Options of a libcurl handle: the safe defaults, the route to the service, a request. */
#include "engine/handle.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buffer.h"
#include "protocol/incoming.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* Load balancers drop idle connections after a minute or more; certificates and addresses
 * are checked again at least once an hour. */
enum { KEEP_IDLE_SECONDS = 30, KEEP_AT_MOST_SECONDS = 3600 };

/* The longest header line that is sent: a key of 512 bytes and a name, or a user agent.
 */
enum { MAX_HEADER_LINE = 64 * 1024 };

static const struct {
    CURLoption option;
    long value;
} defaults[] = {
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_UNRESTRICTED_AUTH, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
    {CURLOPT_PATH_AS_IS, 1},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_HTTP09_ALLOWED, 0},
    {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_OPTIONS, 0},
    {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
    {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
    {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_MAXFILESIZE, PGAII_MAX_BODY_BYTES},
    {CURLOPT_MAXAGE_CONN, KEEP_IDLE_SECONDS},
    {CURLOPT_MAXLIFETIME_CONN, KEEP_AT_MOST_SECONDS},
};

/* A handle being set up: the first failure stays, and stops the rest. */
struct setup {
    CURL *easy;
    CURLcode code;
};

static void set_number(struct setup *setup, CURLoption option, long value)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, option, value);
}

static void set_data(struct setup *setup, CURLoption option, const void *data)
{
    if (setup->code == CURLE_OK)
        setup->code = curl_easy_setopt(setup->easy, option, data);
}

/* If no place for certificates is set, libcurl takes its built-in one. If a directory is
 * set, it parses a bundle again for each connection. So both are set, one of them at
 * least to NULL. */
static void set_ca(struct setup *setup, const pgaii_ca *ca)
{
    struct curl_blob pem = {ca->pem, ca->pem ? strlen(ca->pem) : 0, CURL_BLOB_NOCOPY};

    set_data(setup, CURLOPT_CAINFO, ca->file);
    set_data(setup, CURLOPT_CAPATH, ca->directory);
    set_data(setup, CURLOPT_PROXY_CAINFO, ca->file);
    set_data(setup, CURLOPT_PROXY_CAPATH, ca->directory);
    if (ca->pem) {
        set_data(setup, CURLOPT_CAINFO_BLOB, &pem);
        set_data(setup, CURLOPT_PROXY_CAINFO_BLOB, &pem);
    }
}

static void set_protocol(struct setup *setup, bool tls)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    set_data(setup, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http");
#else
    set_number(setup, CURLOPT_PROTOCOLS, tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP);
#endif
}

CURLcode pgaii_handle_set_defaults(CURL *easy, const pgaii_route *route)
{
    struct setup setup = {easy, CURLE_OK};

    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
        set_number(&setup, defaults[i].option, defaults[i].value);
    set_data(&setup, CURLOPT_ACCEPT_ENCODING, "gzip");
    set_protocol(&setup, route->tls);
    if (route->tls || *route->proxy.url)
        set_ca(&setup, &route->ca);
    set_data(&setup, CURLOPT_PROXY, route->proxy.url);
    set_data(&setup, CURLOPT_NOPROXY, route->proxy.except);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Without this, a call that ends during a DNS lookup still waits for the resolver,
     * past its deadline and its cancel. */
    set_number(&setup, CURLOPT_QUICK_EXIT, 1);
#endif
    return setup.code;
}

/* For libcurl, 0 means its own default. */
static long to_timeout(int64_t ms)
{
    return ms >= INT_MAX ? INT_MAX : ms < 1 ? 1 : (long)ms;
}

/* The target is set in addition to the URL, which libcurl parses: without memory it would
 * leave the query out, and send another request. A proxy for http needs the whole URL,
 * which every server accepts, too (RFC 9112, section 3.2.2). */
static const char *target_of(const pgai_request *request, const pgaii_route *route)
{
    return request->tls || !*route->proxy.url ? request->target : request->url;
}

static void set_method(struct setup *setup, const pgai_request *request)
{
    if (strcmp(request->method, "HEAD") == 0) {
        set_number(setup, CURLOPT_NOBODY, 1);
        return;
    }
    if (request->body.data) {
        set_number(setup, CURLOPT_POST, 1);
        set_number(setup, CURLOPT_POSTFIELDSIZE, (long)request->body.length);
        set_data(setup, CURLOPT_COPYPOSTFIELDS, request->body.data);
    } else {
        set_number(setup, CURLOPT_HTTPGET, 1);
    }
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        set_data(setup, CURLOPT_CUSTOMREQUEST, request->method);
}

CURLcode pgaii_handle_set_request(CURL *easy, const pgai_request *request,
                                  const pgaii_route *route, struct curl_slist *headers)
{
    struct setup setup = {easy, CURLE_OK};

    set_data(&setup, CURLOPT_URL, request->url);
    set_data(&setup, CURLOPT_REQUEST_TARGET, target_of(request, route));
    set_data(&setup, CURLOPT_HTTPHEADER, headers);
    set_method(&setup, request);
    set_number(&setup, CURLOPT_FRESH_CONNECT, request->once);
    set_number(&setup, CURLOPT_TIMEOUT_MS, to_timeout(request->timeout_ms));
    set_number(&setup, CURLOPT_CONNECTTIMEOUT_MS,
               to_timeout(request->connect_timeout_ms));
    return setup.code;
}

static bool add_line(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);

    if (longer)
        *headers = longer;
    return longer != NULL;
}

/* The line is made in one piece, since a buffer that grows leaves copies of the key. */
static bool add_header(struct curl_slist **headers, const pgai_header *header)
{
    pgaii_buffer line;
    bool added;

    pgaii_buffer_init(&line, MAX_HEADER_LINE);
    pgaii_buffer_reserve(&line, header->name.length + 2 + header->value.length);
    pgaii_buffer_add(&line, header->name.data, header->name.length);
    pgaii_buffer_add_string(&line, ": ");
    pgaii_buffer_add(&line, header->value.data, header->value.length);
    added = line.data && add_line(headers, line.data);
    pgaii_wipe(line.data, line.length);
    pgaii_buffer_clear(&line);
    return added;
}

static pgai_header
header_of(const pgai_request *request, size_t index, const char *user_agent)
{
    pgai_header header = request->headers[index];

    if (user_agent && pgaii_text_equal(header.name, pgaii_text("user-agent")))
        header.value = pgaii_text(user_agent);
    return header;
}

/* Without an empty Expect, libcurl asks before it sends a large body, and sends the
 * request again when the response is 417. Without an empty Content-Type, it calls a body
 * that is empty a form. */
struct curl_slist *
pgaii_handle_headers(const pgai_request *request, const char *user_agent)
{
    struct curl_slist *headers = NULL;
    bool complete = add_line(&headers, "Expect:");

    for (size_t i = 0; complete && i < request->header_count; i++) {
        pgai_header header = header_of(request, i, user_agent);

        complete = add_header(&headers, &header);
    }
    if (complete && request->body.data && request->body.length == 0)
        complete = add_line(&headers, "Content-Type:");
    if (complete)
        return headers;
    pgaii_handle_wipe_headers(headers);
    return NULL;
}

static bool is_line_of(const char *line, const pgai_header *header)
{
    size_t name = header->name.length;

    return strncmp(line, header->name.data, name) == 0 &&
           strncmp(line + name, ": ", 2) == 0 &&
           pgaii_text_equal(pgaii_text(line + name + 2), header->value);
}

bool pgaii_handle_headers_fit(const struct curl_slist *headers,
                              const pgai_request *request, const char *user_agent)
{
    const struct curl_slist *line = headers ? headers->next : NULL;

    for (size_t i = 0; i < request->header_count; i++) {
        pgai_header header = header_of(request, i, user_agent);

        if (!line || !is_line_of(line->data, &header))
            return false;
        line = line->next;
    }
    return headers && !line;
}

void pgaii_handle_wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line; line = line->next)
        pgaii_wipe(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}
