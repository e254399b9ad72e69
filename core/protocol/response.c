/* What a response means to the caller: a page, a contact, an error. */
#include "protocol/response.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/error_body.h"
#include "protocol/incoming.h"
#include "protocol/memory.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"
#include "protocol/url.h"

/* Longer plain text is a page for people, not a message. */
enum { MAX_TEXT_BODY = 2000 };

enum { PARTIAL_CONTENT = 206 };

static const char *subject(const pgaii_expectation *expected)
{
    switch (expected->operation->shape) {
    case PGAII_A_PAGE:
        return "a page";
    case PGAII_A_CONTACT:
        return "a contact";
    case PGAII_ANY_JSON:
        return "JSON";
    }
    return "what was asked for";
}

static bool is_markup(pgai_text body)
{
    while (body.length > 0 && strchr(" \t\r\n", body.data[0])) {
        body.data++;
        body.length--;
    }
    return body.length > 0 && body.data[0] == '<';
}

static pgai_status refuse_body(const pgaii_expectation *expected, pgaii_scan result,
                               const pgaii_scan_fault *fault, pgai_text body,
                               pgai_error *error)
{
    char words[128];

    if (result == PGAII_SCAN_NO_MEMORY)
        return pgaii_fail_memory(error);
    if (is_markup(body))
        return pgaii_fail(error, PGAI_DECODE,
                          "the response is not %s but a web page: is base_url right, and "
                          "does this network ask for a login?",
                          subject(expected));
    pgaii_scan_explain(result, fault, body, words, sizeof(words));
    return pgaii_fail(error, PGAI_DECODE, "the response is not %s: %s", subject(expected),
                      words);
}

static pgai_status
check_page(const pgaii_expectation *expected, const pgai_page *page, pgai_error *error)
{
    if (expected->page == PGAI_UNSET || page->number < 0 ||
        page->number == expected->page)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_DECODE,
                      "page %" PRId64 " was requested, but page %" PRId64 " came",
                      expected->page, page->number);
}

static pgai_status
check_id(const pgaii_expectation *expected, const pgai_page *page, pgai_error *error)
{
    pgai_text id = pgai_contact_text(&page->contacts[0], PGAI_ID);

    if (!expected->id || !id.data ||
        pgaii_text_equal_nocase(id, pgaii_text(expected->id)))
        return PGAI_OK;
    return pgaii_fail(error, PGAI_DECODE,
                      "the response has another contact than the one requested");
}

static pgai_status refuse_part(pgai_error *error)
{
    return pgaii_fail(error, PGAI_PROTOCOL, "the response is only a part (status 206)");
}

pgai_status pgaii_response_read(const pgaii_expectation *expected, int http_status,
                                pgaii_buffer *body, pgai_page **out, pgai_error *error)
{
    bool list = expected->operation->shape == PGAII_A_PAGE;
    pgaii_scan_fault fault;
    pgai_page *page;
    pgaii_scan result;
    pgai_status status;

    *out = NULL;
    if (http_status == PARTIAL_CONTENT)
        return refuse_part(error);
    page = pgaii_page_new_take(body);
    if (!page)
        return pgaii_fail_memory(error);
    result = list ? pgaii_scan_page(page, &fault) : pgaii_scan_contact(page, &fault);
    if (result != PGAII_SCAN_OK)
        status = refuse_body(expected, result, &fault,
                             (pgai_text){page->body, page->body_length}, error);
    else if (list)
        status = check_page(expected, page, error);
    else
        status = check_id(expected, page, error);
    if (status == PGAI_OK)
        *out = page;
    else
        pgai_page_free(page);
    return status;
}

/* No response that a client takes is longer than what these two read. */
static pgai_status copy_text(pgaii_buffer *out, pgai_text text, pgai_error *error)
{
    pgaii_buffer_init(out, PGAII_MAX_BODY_BYTES);
    if (pgaii_buffer_add(out, text.data, text.length))
        return PGAI_OK;
    if (out->over)
        return pgaii_fail(error, PGAI_TOO_LARGE, "a contact of more than 8 MiB");
    return pgaii_fail_memory(error);
}

/* @p page has the text, and gets the contact. */
static pgai_status scan_text(pgai_page *page, pgai_error *error)
{
    pgai_text text = {page->body, page->body_length};
    pgaii_scan_fault fault;
    pgaii_scan result = pgaii_scan_object(page, text, &fault);
    char words[128];

    if (result == PGAII_SCAN_OK)
        return PGAI_OK;
    if (result == PGAII_SCAN_NO_MEMORY)
        return pgaii_fail_memory(error);
    pgaii_scan_explain(result, &fault, text, words, sizeof(words));
    return pgaii_fail(error, PGAI_DECODE, "the text is not a contact: %s", words);
}

pgai_status pgai_contact_parse(pgai_text json, pgai_contact **out, pgai_error *error)
{
    pgaii_buffer text;
    pgai_page *page = NULL;
    pgai_status status = copy_text(&text, json, error);

    *out = NULL;
    if (status == PGAI_OK) {
        page = pgaii_page_new_take(&text);
        status = page ? scan_text(page, error) : pgaii_fail_memory(error);
    }
    pgaii_buffer_clear(&text);
    if (status == PGAI_OK)
        *out = &page->contacts[0];
    else
        pgai_page_free(page);
    return status;
}

pgai_status pgai_contact_parse_body(pgai_text body, pgai_contact **out, pgai_error *error)
{
    const pgaii_expectation expected = {
        .operation = &pgaii_operation_create, .page = PGAI_UNSET, .key = ""};
    pgaii_buffer text;
    pgai_page *page = NULL;
    pgai_status status = copy_text(&text, body, error);

    *out = NULL;
    if (status == PGAI_OK)
        status = pgaii_response_read(&expected, 200, &text, &page, error);
    pgaii_buffer_clear(&text);
    if (page)
        *out = &page->contacts[0];
    return status;
}

/* Put a text, and a NUL behind it, where @p at stands. */
static pgai_text put(char **at, pgai_text text)
{
    char *copy = *at;

    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *at += text.length + 1;
    return (pgai_text){copy, text.length};
}

static void mask(char *text, size_t length, const char *key)
{
    size_t size = strlen(key);
    char *found;

    while (size > 0 && (found = memmem(text, length, key, size))) {
        memset(found, '*', size);
        length -= (size_t)(found + size - text);
        text = found + size;
    }
}

/* One block holds a response, its headers, and all their text. */
pgai_response *
pgaii_response_copy(const pgai_response *response, pgai_text body, const char *key)
{
    pgai_response *copy;
    pgai_header *headers;
    size_t size;
    char *texts, *at;

    if (!pgaii_multiply(response->header_count, sizeof(*headers), &size))
        return NULL;
    size += sizeof(*copy) + body.length + 1;
    for (size_t i = 0; i < response->header_count; i++)
        size += response->headers[i].name.length + response->headers[i].value.length + 2;
    copy = pgaii_new(size);
    if (!copy)
        return NULL;
    headers = (pgai_header *)(void *)(copy + 1);
    at = texts = (char *)(headers + response->header_count);
    for (size_t i = 0; i < response->header_count; i++) {
        headers[i].name = put(&at, response->headers[i].name);
        headers[i].value = put(&at, response->headers[i].value);
    }
    mask(texts, (size_t)(at - texts), key);
    *copy = (pgai_response){response->status, headers, response->header_count, {NULL, 0}};
    if (body.length > 0)
        copy->body = put(&at, body);
    return copy;
}

pgai_status pgaii_response_keep(const pgaii_expectation *expected,
                                const pgai_response *response, pgai_text body,
                                pgai_response **out, pgai_error *error)
{
    pgaii_scan_fault fault;
    pgaii_scan result = PGAII_SCAN_OK;

    *out = NULL;
    if (response->status == PARTIAL_CONTENT)
        return refuse_part(error);
    if (body.length > 0)
        result = pgaii_scan_value(body, &fault);
    if (result != PGAII_SCAN_OK)
        return refuse_body(expected, result, &fault, body, error);
    *out = pgaii_response_copy(response, body, expected->key);
    return *out ? PGAI_OK : pgaii_fail_memory(error);
}

pgai_text pgai_response_header(const pgai_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (pgaii_text_equal_nocase(response->headers[i].name, pgaii_text(name)))
            return response->headers[i].value;
    }
    return (pgai_text){NULL, 0};
}

void pgai_response_free(pgai_response *response)
{
    free(response);
}

static pgai_status status_of(int http_status)
{
    switch (http_status) {
    case 400:
        return PGAI_BAD_REQUEST;
    case 401:
        return PGAI_AUTHENTICATION;
    case 402:
        return PGAI_INSUFFICIENT_CREDITS;
    case 403:
        return PGAI_PERMISSION_DENIED;
    case 404:
        return PGAI_NOT_FOUND;
    case 409:
        return PGAI_CONFLICT;
    case 422:
        return PGAI_UNPROCESSABLE;
    case 429:
        return PGAI_RATE_LIMITED;
    default:
        break;
    }
    if (http_status >= 500 && http_status <= 599)
        return PGAI_SERVER;
    if (http_status >= 400 && http_status <= 499)
        return PGAI_API_ERROR;
    return http_status >= 300 && http_status <= 399 ? PGAI_REDIRECT : PGAI_PROTOCOL;
}

/* The first line of a body that is not JSON, if it reads as a message for people. */
static pgai_text first_line(pgai_text body)
{
    size_t length = 0;

    if (body.length > MAX_TEXT_BODY || is_markup(body))
        return (pgai_text){NULL, 0};
    while (length < body.length && body.data[length] != '\n' && body.data[length] != '\r')
        length++;
    return pgaii_text_trim((pgai_text){body.data, length});
}

static void word_reason(const pgaii_expectation *expected, int http_status,
                        pgai_text line, pgai_error *error)
{
    char words[256];

    pgaii_error_text(words, sizeof(words), line, expected->key);
    snprintf(error->message, sizeof(error->message), "%s (status %d%s%s)",
             pgai_status_text(error->status), http_status, *words ? ": " : "", words);
}

/* What to check next, if the response probably does not come from the service itself. */
static const char *advice_for(const pgaii_expectation *expected, int http_status,
                              pgai_text body, bool documented)
{
    static const char https[] = "HTTPS";

    if (http_status == 404 && expected->operation->shape == PGAII_ANY_JSON)
        return documented ? NULL : "are base_url and the path right?";
    /* If a page came before, the path is right; and a get may ask for a contact that is
     * gone. */
    if (http_status == 404 && expected->page <= 1 && (!expected->id || !documented))
        return "is the path in base_url right?";
    if (http_status == 407)
        return "a proxy requires a user name and a password: "
               "http://NAME:PASSWORD@HOST:PORT";
    if (http_status == 400 && !documented &&
        memmem(body.data, body.length, https, strlen(https)))
        return "base_url must begin with https://";
    return NULL;
}

static void word_redirect(const pgaii_expectation *expected, int http_status,
                          pgai_text location, pgai_error *error)
{
    char host[256];

    pgaii_error_text(host, sizeof(host), pgaii_url_host_of(location), expected->key);
    snprintf(
        error->message, sizeof(error->message),
        "the service redirects (status %d) to %s; redirects are not followed, because "
        "the key would be sent there, too: set base_url to the right address",
        http_status, *host ? host : "nowhere");
}

/* "... Required scope: org_settings:read" names the permission; otherwise the operation
 * says which.
 */
static void find_permission(const pgaii_expectation *expected, pgai_error *error)
{
    static const char mark[] = "Required scope:";
    const char *found = strstr(error->message, mark);
    const char *permission = expected->operation->permission;
    size_t length = permission ? strlen(permission) : 0;

    if (found) {
        const char *name = found + strlen(mark);

        name += strspn(name, " ");
        if (strcspn(name, " ,;\"'") > 0) {
            permission = name;
            length = strcspn(name, " ,;\"'");
        }
    }
    if (!permission)
        return;
    pgaii_error_text(error->permission, sizeof(error->permission),
                     (pgai_text){permission, length}, NULL);
    if (!found)
        pgaii_error_advise(error, "the key needs the permission %s", error->permission);
}

pgai_status pgaii_response_error(const pgaii_expectation *expected, int http_status,
                                 const pgaii_headers *headers, pgai_text body,
                                 pgai_error *error)
{
    pgai_text line = {NULL, 0};
    const char *advice;
    bool documented = false;

    pgaii_error_init(error);
    error->status = status_of(http_status);
    if (error->status == PGAI_REDIRECT)
        word_redirect(expected, http_status, headers->location, error);
    else
        documented = pgaii_error_body_read(body, expected->key, error);
    if (!documented)
        line = first_line(body);
    if (!*error->message)
        word_reason(expected, http_status, line, error);
    advice = advice_for(expected, http_status, body, documented);
    if (advice)
        pgaii_error_advise(error, "%s", advice);
    if (error->status == PGAI_PERMISSION_DENIED)
        find_permission(expected, error);
    return error->status;
}
