/* Requests: method, path, query, headers and body. */
#include "protocol/request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/endpoint.h"
#include "protocol/error.h"
#include "protocol/json.h"
#include "protocol/lexer.h"
#include "protocol/operation.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/session.h"
#include "protocol/text.h"
#include "protocol/versioned.h"

/* Known ids have 36 bytes. */
enum { MAX_ID = 256 };

/* Base URL, path, and an id of which each byte is escaped. */
enum { MAX_URL = 4096 };

/* More than any contact, and little enough that no server refuses it for its size alone.
 */
enum { MAX_BODY = 1024 * 1024 };

static void start_with(pgaii_request *request, const pgai_session *session,
                       const pgaii_operation *operation, const pgaii_method *method)
{
    memset(request, 0, sizeof(*request));
    pgaii_buffer_init(&request->url, MAX_URL);
    pgaii_buffer_init(&request->body, MAX_BODY);
    pgaii_buffer_add_string(&request->url, session->url.text);
    pgaii_buffer_add_string(&request->url, operation->path);
    request->view.method = method->name;
    if (method->body == PGAII_HAS_BODY)
        request->view.body.data = "";
    request->view.once = method->once;
}

static void start(pgaii_request *request, const pgai_session *session,
                  const pgaii_operation *operation)
{
    start_with(request, session, operation, pgaii_method_find(operation->method));
}

static void add_header(pgaii_request *request, const char *name, const char *value)
{
    request->headers[request->view.header_count++] =
        (pgai_header){pgaii_text(name), pgaii_text(value)};
}

static pgai_status
finish(pgaii_request *request, const pgai_session *session, pgai_error *error)
{
    pgai_request *view = &request->view;

    if (request->url.failed || request->body.failed) {
        bool url = request->url.over;
        bool body = request->body.over;

        pgaii_request_clear(request);
        if (!url && !body)
            return pgaii_fail_memory(error);
        return pgaii_fail(error, PGAI_USAGE, "the %s is too large: it exceeds %s",
                          url ? "URL" : "body", url ? "4 KiB" : "1 MiB of JSON text");
    }
    view->url = request->url.data;
    view->target = request->url.data + (session->url.path - session->url.text);
    view->host = session->url.host;
    view->port = session->url.port;
    view->tls = session->url.tls;
    add_header(request, "x-api-key", session->key);
    add_header(request, "accept", "application/json");
    add_header(request, "user-agent", session->user_agent);
    if (request->body.data) {
        add_header(request, "content-type", "application/json");
        view->body = (pgai_text){request->body.data, request->body.length};
    }
    view->headers = request->headers;
    return PGAI_OK;
}

pgai_status pgaii_check_count(int64_t value, const char *name, pgai_error *error)
{
    if (value == PGAI_UNSET || value >= 1)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_USAGE, "%s is %" PRId64 ", but must be at least 1",
                      name, value);
}

pgai_status pgaii_request_list(pgaii_request *out, const pgai_session *session,
                               const pgai_list_options *options, pgai_error *error)
{
    pgai_list_options given = PGAI_LIST_OPTIONS_INIT;
    pgai_status status = PGAI_OK;
    char separator = '?';

    if (options) {
        status = pgaii_versioned_read(&given, sizeof(given), options,
                                      PGAII_FIRST_SIZE(pgai_list_options, limit),
                                      "options", error);
    }
    if (status == PGAI_OK)
        status = pgaii_check_count(given.page, "page", error);
    if (status == PGAI_OK)
        status = pgaii_check_count(given.limit, "limit", error);
    if (status != PGAI_OK)
        return status;
    start(out, session, &pgaii_operation_list);
    if (given.page != PGAI_UNSET) {
        pgaii_buffer_printf(&out->url, "%cpage=%" PRId64, separator, given.page);
        separator = '&';
    }
    if (given.limit != PGAI_UNSET)
        pgaii_buffer_printf(&out->url, "%climit=%" PRId64, separator, given.limit);
    return finish(out, session, error);
}

static bool has_control_byte(pgai_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7F)
            return true;
    }
    return false;
}

/* "." and ".." survive percent-encoding and would address another resource. */
pgai_status pgaii_check_id(const char *id, const char *name, pgai_error *error)
{
    pgai_text text = pgaii_text(id);
    const char *wrong = NULL;

    if (!id)
        wrong = "is NULL";
    else if (text.length == 0)
        wrong = "is empty";
    else if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
        wrong = "is \".\" or \"..\", which is a path, not an id";
    else if (text.length > MAX_ID)
        wrong = "is longer than 256 bytes";
    else if (has_control_byte(text))
        wrong = "contains a control byte";
    else if (pgaii_utf8_check(text) < text.length)
        wrong = "is not valid UTF-8";
    if (!wrong)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_USAGE,
                      "%s %s; pass the id of a contact as the service gave it", name,
                      wrong);
}

pgai_status pgaii_request_get(pgaii_request *out, const pgai_session *session,
                              const char *id, pgai_error *error)
{
    pgai_status status = pgaii_check_id(id, "id", error);

    if (status != PGAI_OK)
        return status;
    start(out, session, &pgaii_operation_get);
    pgaii_percent_encode(&out->url, pgaii_text(id));
    return finish(out, session, error);
}

const char **pgai_contact_fields_member(pgai_contact_fields *fields, pgai_field field)
{
    const char **member = NULL;

#define WRITABLE(name) &fields->name
#define READONLY(name) NULL
    switch (field) {
#define X(upper, number, lower, listed, writable)                                        \
    case PGAI_##upper:                                                                   \
        member = writable(lower);                                                        \
        break;
        PGAI_FIELD_LIST(X)
#undef X
    default:
        break;
    }
    /* What lies behind the struct of an older program is not ours. */
    if (member && (size_t)((char *)(member + 1) - (char *)fields) > fields->struct_size)
        return NULL;
    return member;
}

static const char *field_given(pgai_contact_fields *fields, unsigned field)
{
    const char **member = pgai_contact_fields_member(fields, (pgai_field)field);

    return member ? *member : NULL;
}

static void add_separator(pgaii_buffer *body)
{
    if (body->length > 1)
        pgaii_buffer_add_string(body, ",");
}

static pgai_status
add_field(pgaii_buffer *body, const char *name, const char *value, pgai_error *error)
{
    pgai_text text = pgaii_text(value);
    size_t valid = pgaii_utf8_check(text);

    if (valid < text.length)
        return pgaii_fail(error, PGAI_USAGE, "%s is not valid UTF-8 at byte %zu", name,
                          valid);
    add_separator(body);
    pgaii_buffer_printf(body, "\"%s\":", name);
    if (!body->failed && !pgaii_json_add_string(body, text) && !body->failed)
        return pgaii_fail_memory(error);
    return PGAI_OK;
}

/* How many members an object that was checked has, and how many names. */
static size_t count_members(pgai_text object)
{
    pgaii_lexer lexer;
    pgai_text name;
    pgai_text value;
    size_t count = 0;

    pgaii_lexer_init(&lexer, object);
    for (pgaii_lex_open(&lexer, '{'); pgaii_lex_more(&lexer, '}'); count++) {
        if (!pgaii_lex_name(&lexer, &name) || !pgaii_lex_value(&lexer, &value))
            break;
    }
    return count;
}

static size_t count_names(const pgai_contact *object)
{
    size_t count = object->extra_count;

    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++)
        count += object->presence[field] != PGAI_PRESENCE_ABSENT;
    return count;
}

/* Of a name that comes twice one service may take the first value, another the last. */
static pgai_status check_extra_fields(const pgai_contact *extra,
                                      pgai_contact_fields *fields, pgai_error *error)
{
    if (count_members(extra->json) != count_names(extra))
        return pgaii_fail(error, PGAI_USAGE, "extra has the same name twice: remove one");
    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        if (extra->presence[field] != PGAI_PRESENCE_ABSENT && field_given(fields, field))
            return pgaii_fail(error, PGAI_USAGE,
                              "%s is given twice, as a field and in extra: remove one",
                              pgai_field_name((pgai_field)field));
    }
    return PGAI_OK;
}

/* The inside of a checked object, without its braces. */
static pgai_text members(pgai_text object)
{
    object.data++;
    object.length -= 2;
    for (; object.length > 0 && strchr(" \t\r\n", object.data[0]); object.length--)
        object.data++;
    while (object.length > 0 && strchr(" \t\r\n", object.data[object.length - 1]))
        object.length--;
    return object;
}

static pgai_status refuse_extra(pgaii_scan result, const pgaii_scan_fault *fault,
                                pgai_text text, pgai_error *error)
{
    char words[128];

    if (result == PGAII_SCAN_NO_MEMORY)
        return pgaii_fail_memory(error);
    pgaii_scan_explain(result, fault, text, words, sizeof(words));
    return pgaii_fail(error, PGAI_USAGE, "extra must be a JSON object in UTF-8: %s",
                      words);
}

/* The members of extra are sent as they were written: numbers keep all their digits. */
static pgai_status
add_extra(pgaii_buffer *body, pgai_contact_fields *fields, pgai_error *error)
{
    pgaii_buffer copy;
    pgai_page *page = NULL;
    pgai_text text = pgaii_text(fields->extra);
    pgaii_scan_fault fault = {NULL, 0};
    pgaii_scan result = PGAII_SCAN_NO_MEMORY;
    pgai_status status = PGAI_OK;

    pgaii_buffer_init(&copy, MAX_BODY);
    if (pgaii_buffer_add(&copy, text.data, text.length))
        page = pgaii_page_new_take(&copy);
    if (copy.over) {
        pgaii_buffer_add(body, text.data, text.length);
        goto out;
    }
    if (page)
        result =
            pgaii_scan_object(page, (pgai_text){page->body, page->body_length}, &fault);
    if (result != PGAII_SCAN_OK)
        status = refuse_extra(result, &fault, text, error);
    else
        status = check_extra_fields(&page->contacts[0], fields, error);
    if (status == PGAI_OK) {
        pgai_text inside = members(page->contacts[0].json);

        if (inside.length > 0) {
            add_separator(body);
            pgaii_buffer_add(body, inside.data, inside.length);
        }
    }
out:
    pgai_page_free(page);
    pgaii_buffer_clear(&copy);
    return status;
}

pgai_status pgaii_request_create(pgaii_request *out, const pgai_session *session,
                                 const pgai_contact_fields *fields, pgai_error *error)
{
    pgai_contact_fields given = PGAI_CONTACT_FIELDS_INIT;
    pgai_status status;

    if (!fields)
        return pgaii_fail(error, PGAI_USAGE,
                          "fields is NULL: pass the fields of the contact");
    status = pgaii_versioned_read(&given, sizeof(given), fields,
                                  PGAII_FIRST_SIZE(pgai_contact_fields, extra), "fields",
                                  error);
    if (status != PGAI_OK)
        return status;
    start(out, session, &pgaii_operation_create);
    pgaii_buffer_add_string(&out->body, "{");
    for (unsigned field = 0; field < PGAI_FIELD_COUNT && status == PGAI_OK; field++) {
        const char *value = field_given(&given, field);

        if (value)
            status =
                add_field(&out->body, pgai_field_name((pgai_field)field), value, error);
    }
    if (status == PGAI_OK && given.extra)
        status = add_extra(&out->body, &given, error);
    if (status != PGAI_OK) {
        pgaii_request_clear(out);
        return status;
    }
    pgaii_buffer_add_string(&out->body, "}");
    return finish(out, session, error);
}

pgai_status pgaii_request_endpoint(pgaii_request *out, const pgai_session *session,
                                   const pgai_request_options *options, pgai_error *error)
{
    pgai_request_options given = PGAI_REQUEST_OPTIONS_INIT;
    const pgaii_method *method;
    pgai_status status;

    if (!options)
        return pgaii_fail(error, PGAI_USAGE,
                          "options is NULL; pass at least a method and a path");
    status = pgaii_versioned_read(&given, sizeof(given), options,
                                  PGAII_FIRST_SIZE(pgai_request_options, json), "options",
                                  error);
    if (status == PGAI_OK)
        status = pgaii_endpoint_check(&given, &method, error);
    if (status != PGAI_OK)
        return status;
    start_with(out, session, &pgaii_operation_request, method);
    pgaii_endpoint_write(&given, &out->url);
    if (given.json)
        pgaii_buffer_add_string(&out->body, given.json);
    return finish(out, session, error);
}

void pgaii_request_clear(pgaii_request *request)
{
    pgaii_buffer_clear(&request->url);
    pgaii_buffer_clear(&request->body);
}
