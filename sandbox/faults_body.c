/* Faults of bodies: no JSON, the wrong JSON, or far too much of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "protocol/text.h"
#include "sandbox/fault.h"
#include "sandbox/json_text.h"
#include "sandbox/request.h"

/* Where the contact begins: the only one, or the first of a page. A page without contacts
 * is used instead. */
static size_t find_contact(const pgaii_sandbox_exchange *exchange)
{
    static const char start[] = "{\"data\":[{";
    const pgaii_buffer *body = &exchange->response.body;

    if (exchange->operation == PGAII_SANDBOX_LIST && body->length >= sizeof(start) &&
        memcmp(body->data, start, sizeof(start) - 1) == 0)
        return sizeof(start) - 2;
    return 0;
}

/* Give the contact's field a value, which need not be JSON. */
static void
set_field(pgaii_sandbox_exchange *exchange, const char *name, const char *value)
{
    pgaii_json_set(&exchange->response.body, find_contact(exchange), name,
                   pgaii_text(value));
}

static void replace_body(pgaii_sandbox_exchange *exchange, const char *with)
{
    pgaii_buffer_reset(&exchange->response.body);
    pgaii_buffer_add_string(&exchange->response.body, with);
}

static void
apply_broken_utf8(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "first_name", "\"Jos\xE9 \xC3(\"");
}

static void
apply_lone_surrogate(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "first_name", "\"cut \\ud83d\"");
}

static void apply_nul(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const char raw[] = "\"a\0b\"";
    static const char escaped[] = "\"a\\u0000b\"";
    pgai_text value = call->values[0] == 0 ? (pgai_text){escaped, sizeof(escaped) - 1}
                                           : (pgai_text){raw, sizeof(raw) - 1};

    pgaii_json_set(&exchange->response.body, find_contact(exchange), "first_name", value);
}

static void
apply_duplicate_keys(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "first_name", "\"the first\"");
    pgaii_json_add(&exchange->response.body, find_contact(exchange), "first_name",
                   pgaii_text("\"the last\""));
}

static void apply_depth(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer nested;

    pgaii_buffer_init(&nested, PGAII_SANDBOX_MAX_RESPONSE_BODY);
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_add(&nested, "[", 1);
    for (int64_t i = 0; i < call->values[0]; i++)
        pgaii_buffer_add(&nested, "]", 1);
    if (!nested.failed)
        pgaii_json_set(&exchange->response.body, find_contact(exchange), "nested",
                       (pgai_text){nested.data, nested.length});
    pgaii_buffer_clear(&nested);
}

static void
apply_wrong_types(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "first_name", "42");
    set_field(exchange, "last_name", "true");
    set_field(exchange, "email", "[\"first@acme.example\",\"second@acme.example\"]");
    set_field(exchange, "job_title", "-1.5e3");
    set_field(exchange, "company", "{\"name\":\"Acme Corp\",\"linkedin_id\":\"acme\"}");
}

/* A page without its data, or a contact without any field. */
static void
apply_missing_data(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer *body = &exchange->response.body;
    pgaii_span data = pgaii_json_member((pgai_text){body->data, body->length}, 0, "data");
    size_t after = data.start + data.length + 1;

    (void)call;
    if (exchange->operation == PGAII_SANDBOX_LIST && data.length > 0 &&
        after < body->length)
        pgaii_json_replace(body, (pgaii_span){1, after - 1}, pgaii_text(""));
    else
        replace_body(exchange, "{}");
}

static json_t *load_body(const pgaii_sandbox_exchange *exchange)
{
    return json_loadb(exchange->response.body.data, exchange->response.body.length,
                      JSON_ALLOW_NUL, NULL);
}

static int write_to_buffer(const char *data, size_t length, void *out)
{
    return pgaii_buffer_add(out, data, length) ? 0 : -1;
}

static void store_body(pgaii_sandbox_exchange *exchange, const json_t *tree)
{
    pgaii_buffer_reset(&exchange->response.body);
    json_dump_callback(tree, write_to_buffer, &exchange->response.body, JSON_COMPACT);
}

/* Every value that is not an object or array becomes null. The responses of the service
 * are a few levels deep. */
static void make_null(json_t *tree)
{
    const char *name;
    json_t *value;
    size_t index;

    json_object_foreach(tree, name, value)
    {
        if (json_is_object(value) || json_is_array(value))
            make_null(value);
        else
            json_object_set_new(tree, name, json_null());
    }
    json_array_foreach(tree, index, value)
    {
        if (json_is_object(value) || json_is_array(value))
            make_null(value);
        else
            json_array_set_new(tree, index, json_null());
    }
}

static void
apply_null_everywhere(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    json_t *tree = load_body(exchange);

    (void)call;
    make_null(tree);
    if (tree)
        store_body(exchange, tree);
    json_decref(tree);
}

static void
apply_huge_number(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "score", "1e400");
}

static void
apply_big_integer(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "score", "9223372036854775808");
}

static void
apply_empty_body(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    replace_body(exchange, "");
}

static void apply_not_json(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    replace_body(exchange, "Fatal error: out of cheese\n");
}

static void apply_bom(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    pgaii_json_replace(&exchange->response.body, (pgaii_span){0, 0},
                       pgaii_text("\xEF\xBB\xBF"));
}

static void
apply_long_string(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    size_t length = (size_t)call->values[0];
    pgaii_buffer text;

    pgaii_buffer_init(&text, PGAII_SANDBOX_MAX_RESPONSE_BODY);
    if (pgaii_buffer_reserve(&text, length + 2)) {
        memset(text.data, 'x', length + 2);
        text.data[0] = '"';
        text.data[length + 1] = '"';
        pgaii_json_set(&exchange->response.body, find_contact(exchange), "first_name",
                       (pgai_text){text.data, length + 2});
    }
    pgaii_buffer_clear(&text);
}

static void apply_wrong_id(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    (void)call;
    set_field(exchange, "id", "\"00000000-0000-4000-8000-000000000000\"");
}

static void
apply_wrong_page(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_buffer *body = &exchange->response.body;
    pgai_text json = {body->data, body->length};
    pgaii_span pagination = pgaii_json_member(json, 0, "pagination");
    pgaii_span page = pgaii_json_member(json, pagination.start, "page");
    int64_t number;
    char text[24];

    (void)call;
    if (!pgaii_text_number((pgai_text){json.data + page.start, page.length}, &number))
        return;
    snprintf(text, sizeof(text), "%" PRId64, number < INT64_MAX ? number + 1 : 1);
    pgaii_json_replace(body, page, pgaii_text(text));
}

/* The contact of the service's newer documentation, under the id of @p contact. */
static json_t *make_newer(const json_t *contact)
{
    static const char text[] =
        "{\"id\":null,\"full_name\":\"Sarah Connor\",\"current_job_title\":\"VP of "
        "Sales\","
        "\"headline\":\"VP of Sales at Cyberdyne\",\"summary\":\"Line one.\\nLine two.\","
        "\"country\":\"United States\",\"country_code\":\"US\","
        "\"image_url\":\"https://images.example/sarah.png\","
        "\"emails\":[\"sarah@cyberdyne.example\"],\"phones\":[],\"skills\":[\"Sales\"],"
        "\"company\":{\"name\":\"Cyberdyne Systems\",\"linkedin_id\":\"12345\"},"
        "\"experience\":[{\"title\":\"VP of Sales\",\"company\":\"Cyberdyne Systems\","
        "\"start_date\":\"2021-03\",\"end_date\":null}],"
        "\"education\":[{\"school\":\"UCLA\",\"degree\":\"BA\"}]}";
    json_t *newer = json_loads(text, 0, NULL);

    json_object_set(newer, "id", json_object_get(contact, "id"));
    return newer;
}

static void
apply_newer_shape(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    json_t *tree = load_body(exchange);
    json_t *data = json_object_get(tree, "data");
    json_t *contact;
    size_t index;

    (void)call;
    if (exchange->operation == PGAII_SANDBOX_LIST) {
        json_array_foreach(data, index, contact)
        {
            json_array_set_new(data, index, make_newer(contact));
        }
    } else {
        contact = make_newer(tree);
        json_decref(tree);
        tree = contact;
    }
    if (tree)
        store_body(exchange, tree);
    json_decref(tree);
}

#define BROKEN_WORDS                                                                     \
    "items|objects|extras|deep|escapes|text|valid_items|valid_extras|valid_escapes"
#define LIST_START "{\"data\":["
#define CONTACT_START "{\"id\":\"c1\""
#define TEXT_START CONTACT_START ",\"first_name\":\""

/* A body of many small units, cut or whole. */
typedef struct broken_form {
    bool contact; /* one contact, which a list has among its data */
    const char *start;
    const char *unit;     /* again and again; after it, if there is one, */
    const char *numbered; /* a number, so that names differ, and this */
    const char *end;      /* NULL: the body is cut in the middle */
} broken_form;

static const broken_form broken_forms[] = {
    {false, "[{}", ",{}", NULL, NULL},
    {false, LIST_START "{}", ",{}", NULL, NULL},
    {true, CONTACT_START, ",\"x", "\":0", NULL},
    {false, "[", "[", NULL, NULL},
    {true, TEXT_START, "\\u00e9", NULL, NULL},
    {true, TEXT_START, "x", NULL, NULL},
    {false, LIST_START "{}", ",{}", NULL, ""},
    {true, CONTACT_START, ",\"x", "\":0", "}"},
    {true, TEXT_START, "\\u00e9", NULL, "\"}"},
};
enum { BROKEN_REST = 128 /* above a unit, and the end of a page */ };

/* @return How many units there are, the first one of the start counted. */
static size_t
write_units(const broken_form *form, bool listed, size_t most, pgaii_buffer *body)
{
    size_t count = 1;

    pgaii_buffer_add_string(body, listed && form->contact ? LIST_START : "");
    pgaii_buffer_add_string(body, form->start);
    while (body->length < most && !body->failed) {
        pgaii_buffer_add_string(body, form->unit);
        if (form->numbered)
            pgaii_buffer_printf(body, "%zu%s", count, form->numbered);
        count++;
    }
    return count;
}

static void
apply_broken_body(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    const broken_form *form = &broken_forms[call->values[0]];
    size_t bytes = (size_t)call->values[1];
    bool listed = exchange->operation == PGAII_SANDBOX_LIST;
    pgaii_buffer *body = &exchange->response.body;
    size_t count;

    pgaii_sandbox_response_json(&exchange->response, (int)call->values[2], "");
    exchange->answered = true;
    count = write_units(form, listed, form->end ? bytes - BROKEN_REST : bytes, body);
    if (form->end) {
        pgaii_buffer_add_string(body, form->end);
        if (form->contact)
            count = 1;
        if (!form->contact || listed)
            pgaii_buffer_printf(body,
                                "],\"pagination\":{\"page\":%" PRId64
                                ",\"limit\":%zu,\"total\":%zu}}",
                                pgaii_query_page(exchange->request->query), count, count);
    } else if (!body->failed) {
        body->length = bytes;
    }
}

enum {
    MAX_DEPTH = 1000000,
    MAX_STRING = 64 * 1024 * 1024,
    STRING_USUAL = 10 * 1024 * 1024,
    BROKEN_LEAST = 1024,
    BROKEN_USUAL = 8 * 1024 * 1024 - 64 * 1024 /* clients read at most 8 MiB */
};

#define BODY_FAULT(name, function)                                                       \
    {                                                                                    \
        name, PGAII_AT_SUCCESS, PGAII_READS_CONTACTS, {{0}}, function                    \
    }

const pgaii_fault pgaii_faults_body[] = {
    BODY_FAULT("broken_utf8", apply_broken_utf8),
    BODY_FAULT("lone_surrogate", apply_lone_surrogate),
    {"nul",
     PGAII_AT_SUCCESS,
     PGAII_READS_CONTACTS,
     {PGAII_CHOICE("form", "escaped|raw")},
     apply_nul},
    BODY_FAULT("duplicate_keys", apply_duplicate_keys),
    {"depth",
     PGAII_AT_SUCCESS,
     PGAII_READS_CONTACTS,
     {PGAII_NEEDED("n", 1, MAX_DEPTH)},
     apply_depth},
    BODY_FAULT("wrong_types", apply_wrong_types),
    BODY_FAULT("missing_data", apply_missing_data),
    BODY_FAULT("null_everywhere", apply_null_everywhere),
    BODY_FAULT("huge_number", apply_huge_number),
    BODY_FAULT("big_integer", apply_big_integer),
    BODY_FAULT("empty_body", apply_empty_body),
    BODY_FAULT("not_json", apply_not_json),
    BODY_FAULT("bom", apply_bom),
    {"long_string",
     PGAII_AT_SUCCESS,
     PGAII_READS_CONTACTS,
     {PGAII_NUMBER("bytes", 0, MAX_STRING, STRING_USUAL)},
     apply_long_string},
    BODY_FAULT("wrong_id", apply_wrong_id),
    {"broken_body",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("form", BROKEN_WORDS),
      PGAII_NUMBER("bytes", BROKEN_LEAST, MAX_STRING, BROKEN_USUAL),
      PGAII_NUMBER("code", 200, 599, 200)},
     apply_broken_body},
    {"wrong_page", PGAII_AT_SUCCESS, PGAII_SANDBOX_LIST, {{0}}, apply_wrong_page},
    BODY_FAULT("newer_shape", apply_newer_shape),
    {0},
};
