/* Base URLs, taken apart and checked. */
#include "protocol/url.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* Of a DNS name, RFC 1035; addresses are shorter. */
enum { MAX_HOST = 253, MAX_URL = 2048 };

static pgai_status refuse(pgai_error *error, const char *why)
{
    return pgaii_fail(error, PGAI_USAGE,
                      "base_url %s; it should look like https://api.example.com/v1", why);
}

/* Exactly four numbers up to 255: any other text of digits and dots is a name for DNS,
 * which may lead anywhere. */
static bool is_loopback_v4(const char *host)
{
    int parts = 0;

    if (strncmp(host, "127.", 4) != 0)
        return false;
    for (;; host++) {
        size_t digits = strspn(host, "0123456789");
        int64_t number;

        if (digits > 3 || !pgaii_text_number((pgai_text){host, digits}, &number) ||
            number > 255)
            return false;
        parts++;
        host += digits;
        if (*host != '.')
            return *host == '\0' && parts == 4;
    }
}

bool pgaii_is_loopback(const char *host)
{
    return pgaii_text_equal_nocase(pgaii_text(host), pgaii_text("localhost")) ||
           strcmp(host, "::1") == 0 || is_loopback_v4(host);
}

static bool is_host(pgai_text host, const char *extra)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (host.length == 0 || host.length > MAX_HOST)
        return false;
    for (size_t i = 0; i < host.length; i++) {
        char c = host.data[i];

        if (c == '\0' ||
            !(strchr(letters, c) || strchr("0123456789", c) || strchr(extra, c)))
            return false;
    }
    return true;
}

static bool is_path(const char *path)
{
    for (; *path; path++) {
        if (*path <= ' ' || *path >= 0x7F || strchr("\"<>\\^`{|}", *path))
            return false;
    }
    return true;
}

static bool read_port(const char **at, int *port)
{
    size_t digits = strspn(*at + 1, "0123456789");
    int64_t number;

    if (!pgaii_text_number((pgai_text){*at + 1, digits}, &number) || number < 1 ||
        number > 65535)
        return false;
    *port = (int)number;
    *at += 1 + digits;
    return true;
}

/* Host and port of `text` after the scheme; @p end is where the path begins. */
static pgai_status
read_authority(pgaii_url *url, const char *text, const char **end, pgai_error *error)
{
    bool bracket = *text == '[';
    const char *first = text + bracket;
    size_t length = strcspn(first, bracket ? "]" : ":/");
    const char *rest = first + length + (bracket && first[length] == ']');

    if (bracket && first[length] != ']')
        return refuse(error, "has no ] after its IPv6 address");
    if (!is_host((pgai_text){first, length}, bracket ? ":." : "-._"))
        return refuse(error, "has no valid host name");
    url->port = url->tls ? 443 : 80;
    if (*rest == ':' && !read_port(&rest, &url->port))
        return refuse(error, "has a port that is not a number from 1 to 65535");
    if (*rest != '\0' && *rest != '/')
        return refuse(error, "has no valid host name");
    url->host = pgaii_copy(first, length);
    *end = rest;
    return url->host ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status
read_scheme(pgaii_url *url, const char *text, const char **rest, pgai_error *error)
{
    url->tls = strncasecmp(text, "https://", 8) == 0;
    if (!url->tls && strncasecmp(text, "http://", 7) != 0)
        return refuse(error, "does not begin with https:// or http://");
    *rest = text + (url->tls ? 8 : 7);
    if (strlen(text) > MAX_URL)
        return refuse(error, "is longer than 2048 bytes");
    if (strchr(*rest, '?'))
        return refuse(error, "has a query");
    if (strchr(*rest, '#'))
        return refuse(error, "has a fragment");
    if (strchr(*rest, '@'))
        return refuse(error, "contains a user name");
    return PGAI_OK;
}

pgai_status pgaii_url_init(pgaii_url *out, const char *text, pgai_error *error)
{
    const char *at = text;
    size_t length = strlen(text);
    pgai_status status;

    memset(out, 0, sizeof(*out));
    status = read_scheme(out, text, &at, error);
    if (status == PGAI_OK)
        status = read_authority(out, at, &at, error);
    if (status == PGAI_OK && !is_path(at))
        status =
            refuse(error, "has a character in its path that must be percent-encoded");
    if (status == PGAI_OK) {
        while (length > (size_t)(at - text) && text[length - 1] == '/')
            length--;
        out->text = pgaii_copy(text, length);
        status = out->text ? PGAI_OK : pgaii_fail_memory(error);
    }
    if (status == PGAI_OK) {
        out->path = out->text + (at - text);
        out->loopback = pgaii_is_loopback(out->host);
    } else {
        pgaii_url_clear(out);
    }
    return status;
}

void pgaii_url_clear(pgaii_url *url)
{
    free(url->text);
    free(url->host);
    memset(url, 0, sizeof(*url));
}

pgai_text pgaii_url_host_of(pgai_text location)
{
    for (size_t i = 0; i + 1 < location.length; i++) {
        if (location.data[i] == '/' && location.data[i + 1] == '/') {
            pgai_text host = {location.data + i + 2, 0};

            while (i + 2 + host.length < location.length &&
                   !strchr("/?#", host.data[host.length]))
                host.length++;
            return host;
        }
    }
    return location;
}
