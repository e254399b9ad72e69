/* The proxy: found and checked once, when a client is made. */
#include "engine/proxy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "engine/process.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"

enum { MAX_URL = 2048 };

/* As libcurl reads a proxy itself. */
enum { READ_FLAGS = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME };

/* CURLUE_BAD_LOGIN since 7.81; for a proxy it has no other meaning. */
#define NO_MEMORY_FOR_LOGIN ((CURLUcode)23)

/* A URL that is read, and whether memory ran out meanwhile. */
typedef struct parsed {
    CURLU *url;
    bool no_memory;
} parsed;

static CURLUcode get(parsed *from, CURLUPart part, char **text)
{
    CURLUcode code = curl_url_get(from->url, part, text, 0);

    from->no_memory |= code == CURLUE_OUT_OF_MEMORY;
    return code;
}

static bool has(parsed *from, CURLUPart part)
{
    char *text = NULL;
    bool there = get(from, part, &text) == CURLUE_OK && *text;

    curl_free(text);
    return there;
}

/* libcurl itself does not distinguish an escaped control character from a lack of memory.
 */
static bool has_no_control(parsed *from, CURLUPart part)
{
    char *text = NULL;
    bool none = get(from, part, &text) != CURLUE_OK ||
                (!strstr(text, "%0") && !strstr(text, "%1"));

    curl_free(text);
    return none;
}

static bool is_host_alone(parsed *from)
{
    char *path = NULL;
    bool alone = get(from, CURLUPART_PATH, &path) == CURLUE_OK &&
                 (!*path || strcmp(path, "/") == 0) && has(from, CURLUPART_HOST) &&
                 !has(from, CURLUPART_QUERY) && !has(from, CURLUPART_FRAGMENT) &&
                 has_no_control(from, CURLUPART_USER) &&
                 has_no_control(from, CURLUPART_PASSWORD);

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

static bool has_known_scheme(parsed *from)
{
    char *scheme = NULL;
    bool known =
        get(from, CURLUPART_SCHEME, &scheme) == CURLUE_OK && is_scheme_known(scheme);

    curl_free(scheme);
    return known;
}

static bool parse(parsed *into, const char *text)
{
    CURLUcode code;

    if (strlen(text) > MAX_URL)
        return false;
    code = curl_url_set(into->url, CURLUPART_URL, text, READ_FLAGS);
    into->no_memory = code == CURLUE_OUT_OF_MEMORY || code == NO_MEMORY_FOR_LOGIN;
    return code == CURLUE_OK;
}

static pgai_status check(const char *text, const char *name, pgai_error *error)
{
    parsed proxy = {.url = curl_url()};
    bool alone = proxy.url && parse(&proxy, text) && is_host_alone(&proxy);
    bool known = alone && has_known_scheme(&proxy);

    curl_url_cleanup(proxy.url);
    if (!proxy.url || proxy.no_memory)
        return pgaii_fail_memory(error);
    if (!alone)
        return pgaii_fail(error, PGAI_USAGE,
                          "%s is not a valid URL of a proxy: it should look like "
                          "http://proxy.example.com:3128; in a user name or password, "
                          "percent-encode everything except letters, digits and -._~",
                          name);
    if (!known)
        return pgaii_fail(error, PGAI_USAGE,
                          "%s does not begin with http://, https://, socks4://, "
                          "socks4a://, socks5:// or socks5h://, or this libcurl was "
                          "built without that kind",
                          name);
    return PGAI_OK;
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

static pgai_status
keep(const char *url, const char *source, pgaii_proxy *out, pgai_error *error)
{
    const char *except = pgaii_process_variable("no_proxy");

    if (!except)
        except = pgaii_process_variable("NO_PROXY");
    if (!except)
        except = "";
    out->source = *url ? source : NULL;
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
    const char *name = "the option proxy";
    pgai_status status = PGAI_OK;

    memset(out, 0, sizeof(*out));
    /* An option is always checked, so that a mistake shows where it was made. */
    if (!given && !url->loopback)
        given = find_variable(url->tls, &name);
    if (given && *given)
        status = check(given, name, error);
    if (status != PGAI_OK)
        return status;
    return keep(given && !url->loopback ? given : "", name, out, error);
}

void pgaii_proxy_clear(pgaii_proxy *proxy)
{
    /* It may contain a password. */
    if (proxy->url)
        pgaii_wipe(proxy->url, strlen(proxy->url));
    free(proxy->url);
    free(proxy->except);
    memset(proxy, 0, sizeof(*proxy));
}
