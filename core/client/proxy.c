/* The proxy: found and checked once, when a client is made. */
#include "client/proxy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "client/process.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"

enum { LONGEST_URL = 2048 };

/* As libcurl reads a proxy itself. */
enum { READ_FLAGS = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME };

/* Whether a part of the URL is there; decoding it must be possible. */
static bool has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, part, &text, CURLU_URLDECODE);
    bool there = code == CURLUE_OK && *text;

    curl_free(text);
    return there;
}

static bool can_be_decoded(CURLU *url, CURLUPart part, CURLUcode none)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, part, &text, CURLU_URLDECODE);

    curl_free(text);
    return code == CURLUE_OK || code == none;
}

static bool is_host_alone(CURLU *url)
{
    char *path = NULL;
    bool alone = curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
                 (!*path || strcmp(path, "/") == 0) && has(url, CURLUPART_HOST) &&
                 !has(url, CURLUPART_QUERY) && !has(url, CURLUPART_FRAGMENT) &&
                 can_be_decoded(url, CURLUPART_USER, CURLUE_NO_USER) &&
                 can_be_decoded(url, CURLUPART_PASSWORD, CURLUE_NO_PASSWORD);

    curl_free(path);
    return alone;
}

static bool is_scheme_known(const char *scheme)
{
    static const char *const known[] = {"http", "socks4", "socks4a", "socks5", "socks5h"};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (pgaii_text_equal_nocase(pgaii_text(scheme), pgaii_text(known[i])))
            return true;
    }
    return pgaii_text_equal_nocase(pgaii_text(scheme), pgaii_text("https")) &&
           (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTPS_PROXY);
}

static bool has_known_scheme(CURLU *url)
{
    char *scheme = NULL;
    bool known = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 is_scheme_known(scheme);

    curl_free(scheme);
    return known;
}

static pgai_status
check_parts(CURLU *url, const char *text, const char *name, pgai_error *error)
{
    CURLUcode code = strlen(text) > LONGEST_URL
                         ? CURLUE_MALFORMED_INPUT
                         : curl_url_set(url, CURLUPART_URL, text, READ_FLAGS);

    if (code == CURLUE_OUT_OF_MEMORY)
        return pgaii_fail_memory(error);
    if (code != CURLUE_OK || !is_host_alone(url))
        return pgaii_fail(error, PGAI_USAGE,
                          "%s cannot be read: it should look like "
                          "http://proxy.example.com:3128; in a user name or password, "
                          "percent-encode all but letters, digits and -._~",
                          name);
    if (!has_known_scheme(url))
        return pgaii_fail(error, PGAI_USAGE,
                          "%s does not begin with http://, https://, socks4://, "
                          "socks4a://, socks5:// or socks5h://, or is of a kind that "
                          "libcurl was built without",
                          name);
    return PGAI_OK;
}

static pgai_status check(const char *text, const char *name, pgai_error *error)
{
    CURLU *url = curl_url();
    pgai_status status =
        url ? check_parts(url, text, name, error) : pgaii_fail_memory(error);

    curl_url_cleanup(url);
    return status;
}

/* The first variable that is set; its value is NULL where none is. */
static const char *find_variable(bool tls, const char **name)
{
    static const char *const of_http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    static const char *const of_https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy",
                                           "ALL_PROXY", NULL};
    const char *const *names = tls ? of_https : of_http;
    const char *value = NULL;

    for (; *names && !value; names++) {
        *name = *names;
        value = pgaii_process_variable(*names);
    }
    return value;
}

static pgai_status keep(const char *url, pgaii_proxy *out, pgai_error *error)
{
    const char *except = pgaii_process_variable("no_proxy");

    if (!except)
        except = pgaii_process_variable("NO_PROXY");
    if (!except)
        except = "";
    out->url = pgaii_copy(url, strlen(url));
    out->except = pgaii_copy(except, strlen(except));
    if (out->url && out->except)
        return PGAI_OK;
    pgaii_proxy_clear(out);
    return pgaii_fail_memory(error);
}

pgai_status pgaii_proxy_find(const pgaii_url *url, const char *given, pgaii_proxy *out,
                             pgai_error *error)
{
    const char *name = "proxy";
    pgai_status status = PGAI_OK;

    memset(out, 0, sizeof(*out));
    /* One that was given is checked in any case, so that a mistake shows where it was
     * made. */
    if (!given && !url->loopback)
        given = find_variable(url->tls, &name);
    if (given && *given)
        status = check(given, name, error);
    if (status != PGAI_OK)
        return status;
    return keep(given && !url->loopback ? given : "", out, error);
}

void pgaii_proxy_clear(pgaii_proxy *proxy)
{
    /* It may hold a password. */
    if (proxy->url)
        pgaii_wipe(proxy->url, strlen(proxy->url));
    free(proxy->url);
    free(proxy->except);
    memset(proxy, 0, sizeof(*proxy));
}
