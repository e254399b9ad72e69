/* Endpoints of which the library knows nothing: their method, path, query and body. */
#include "protocol/endpoint.h"

#include <stdbool.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/scan.h"
#include "protocol/text.h"

/* RFC 3986, section 3.3. */
static bool is_path_byte(char byte)
{
    return pgaii_is_unreserved(byte) || (byte && strchr("!$&'()*+,;=:@/", byte));
}

/* The byte that comes next, as the service reads it; -1: none can stand there. */
static int read_byte(const char **at)
{
    const char *text = *at;
    int high;
    int low;

    if (*text != '%') {
        (*at)++;
        return is_path_byte(*text) ? (unsigned char)*text : -1;
    }
    high = pgaii_hex_digit(text[1]);
    low = high < 0 ? -1 : pgaii_hex_digit(text[2]);
    *at += 3;
    return low < 0 ? -1 : high * 16 + low;
}

/* "." and ".." lead elsewhere, escaped as well. Some services take an escaped slash, or a
 * backslash, for a slash. */
static const char *find_fault(const char *path)
{
    size_t length = 0; /* of the segment */
    bool dots = true;  /* and it has nothing else */
    bool more = true;

    while (more) {
        int byte = *path ? read_byte(&path) : '/';

        if (byte < 0)
            return "has a byte that is not allowed there: percent-encode it";
        if (byte < ' ' || byte == 0x7F)
            return "contains a control byte";
        if (byte != '/' && byte != '\\') {
            length++;
            dots = dots && byte == '.';
            continue;
        }
        if (dots && (length == 1 || length == 2))
            return "has the segment . or .., which leads elsewhere";
        length = 0;
        dots = true;
        more = *path != '\0';
    }
    return NULL;
}

static pgai_status check_path(const char *path, pgai_error *error)
{
    const char *wrong = NULL;

    if (!path)
        wrong = "is NULL";
    else if (strncmp(path, "//", 2) == 0 || (*path != '/' && strstr(path, "://")))
        wrong = "names a host";
    else if (*path != '/')
        wrong = "does not begin with /";
    else if (strpbrk(path, "?#"))
        wrong = "contains ? or #: pass parameters in query";
    else
        wrong = find_fault(path);
    if (!wrong)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_USAGE,
                      "path %s; pass what follows base_url, such as /territories", wrong);
}

static pgai_status check_query(const pgai_request_options *options, pgai_error *error)
{
    if (options->query_count > 0 && !options->query)
        return pgaii_fail(error, PGAI_USAGE, "query is NULL, but query_count is not 0");
    for (size_t i = 0; i < options->query_count; i++) {
        const pgai_parameter *at = &options->query[i];
        const char *wrong = NULL;

        if (!at->name || !*at->name)
            wrong = "without a name";
        else if (!at->value)
            wrong = "without a value: leave it out, or pass an empty one";
        else if (pgaii_utf8_check(pgaii_text(at->name)) < strlen(at->name) ||
                 pgaii_utf8_check(pgaii_text(at->value)) < strlen(at->value))
            wrong = "that is not valid UTF-8";
        if (wrong)
            return pgaii_fail(error, PGAI_USAGE, "query has a parameter %s (number %zu)",
                              wrong, i + 1);
    }
    return PGAI_OK;
}

static pgai_status
check_body(const pgaii_method *method, const char *json, pgai_error *error)
{
    pgaii_scan_fault fault;
    pgaii_scan result;
    char words[128];

    if (!json)
        return PGAI_OK;
    if (method->body == PGAII_NO_BODY)
        return pgaii_fail(error, PGAI_USAGE,
                          "json is given, but a %s has no body: pass parameters in query",
                          method->name);
    result = pgaii_scan_value(pgaii_text(json), &fault);
    if (result == PGAII_SCAN_OK)
        return PGAI_OK;
    pgaii_scan_explain(result, &fault, pgaii_text(json), words, sizeof(words));
    return pgaii_fail(error, PGAI_USAGE, "json must be JSON text in UTF-8: %s", words);
}

static pgai_status refuse_method(const char *method, pgai_error *error)
{
    char shown[24];

    pgaii_error_text(shown, sizeof(shown), pgaii_text(method ? method : "NULL"), NULL);
    return pgaii_fail(error, PGAI_USAGE,
                      "method is %s%s%s, but must be GET, HEAD, POST, PUT, PATCH or "
                      "DELETE",
                      method ? "\"" : "", shown, method ? "\"" : "");
}

pgai_status pgaii_endpoint_check(const pgai_request_options *options,
                                 const pgaii_method **method, pgai_error *error)
{
    pgai_status status;

    *method = options->method ? pgaii_method_find(options->method) : NULL;
    if (!*method)
        return refuse_method(options->method, error);
    status = check_path(options->path, error);
    if (status == PGAI_OK)
        status = check_query(options, error);
    return status == PGAI_OK ? check_body(*method, options->json, error) : status;
}

void pgaii_endpoint_write(const pgai_request_options *options, pgaii_buffer *url)
{
    pgaii_buffer_add_string(url, options->path);
    for (size_t i = 0; i < options->query_count; i++) {
        pgaii_buffer_add_string(url, i == 0 ? "?" : "&");
        pgaii_percent_encode(url, pgaii_text(options->query[i].name));
        pgaii_buffer_add_string(url, "=");
        pgaii_percent_encode(url, pgaii_text(options->query[i].value));
    }
}
