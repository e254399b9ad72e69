/* POST /contacts: what is asked of a new contact, and what becomes of it. */
#include <stdbool.h>
#include <string.h>

#include <jansson.h>
#include <pgai/contact.h>

#include "protocol/json.h"
#include "protocol/text.h"
#include "sandbox/clock.h"
#include "sandbox/service.h"

enum { LISTED, DETAIL, WRITABLE, READONLY };

static const struct {
    const char *name;
    int where;
    int access;
} fields[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) [number] = {#lower, listed, writable},
    PGAI_FIELD_LIST(X)
#undef X
};

/* Whether a sent member becomes part of the contact. Members that the service itself sets
 * do not; unknown members are kept, and only get has them. */
static bool is_kept(const char *name, bool listed_only)
{
    for (size_t i = 0; i < PGAI_FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].access == WRITABLE &&
                   (!listed_only || fields[i].where == LISTED);
    }
    return !listed_only;
}

static int write_to_buffer(const char *data, size_t length, void *out)
{
    return pgaii_buffer_add(out, data, length) ? 0 : -1;
}

/* Begin a contact: its id and the sent fields, or only those that lists carry. The
 * object is left open. */
static void write_sent(const char *id, json_t *sent, bool listed_only, pgaii_buffer *out)
{
    const char *name;
    json_t *value;

    pgaii_buffer_printf(out, "{\"id\":\"%s\"", id);
    json_object_foreach(sent, name, value)
    {
        if (!is_kept(name, listed_only))
            continue;
        pgaii_buffer_add(out, ",", 1);
        pgaii_json_add_string(out, pgaii_text(name));
        pgaii_buffer_add(out, ":", 1);
        json_dump_callback(value, write_to_buffer, out, JSON_ENCODE_ANY | JSON_COMPACT);
    }
}

/* Answer with the contact, having kept it; on a lack of memory the body is failed. */
static void store(pgaii_service *service, json_t *sent, pgaii_sandbox_exchange *exchange)
{
    pgaii_contacts *contacts = service->contacts;
    pgaii_buffer *body = &exchange->response.body;
    char id[PGAII_CONTACT_ID_SIZE];
    char now[PGAII_ISO_DATE_SIZE];
    pgaii_buffer listed;
    pgaii_buffer whole;

    pgaii_buffer_init(&listed, PGAII_SANDBOX_MAX_RESPONSE_BODY);
    pgaii_buffer_init(&whole, PGAII_SANDBOX_MAX_RESPONSE_BODY);
    pgaii_contacts_id(contacts, pgaii_contacts_count(contacts), id);
    pgaii_clock_iso_date(exchange->now_ms, now);
    write_sent(id, sent, true, &listed);
    pgaii_buffer_add(&listed, "}", 1);
    write_sent(id, sent, false, &whole);
    pgaii_buffer_add(body, whole.data, whole.length);
    pgaii_buffer_printf(body, ",\"created_at\":\"%s\"}", now);
    pgaii_buffer_printf(&whole, ",\"created_at\":\"%s\",\"updated_at\":\"%s\"}", now,
                        now);
    exchange->response.status = 201;
    if (body->failed || listed.failed || whole.failed ||
        !pgaii_contacts_create(contacts, (pgai_text){listed.data, listed.length},
                               (pgai_text){whole.data, whole.length}))
        pgaii_sandbox_response_error(&exchange->response, 500, "Out of memory");
    pgaii_buffer_clear(&listed);
    pgaii_buffer_clear(&whole);
}

void pgaii_service_create(pgaii_service *service, pgaii_sandbox_exchange *exchange)
{
    pgai_text body = exchange->request->body;
    json_t *sent =
        json_loadb(body.data, body.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *first_name = json_object_get(sent, fields[PGAI_FIRST_NAME].name);
    pgaii_sandbox_response *response = &exchange->response;

    if (!sent)
        pgaii_sandbox_response_error(response, 400, "Invalid JSON in the request body");
    else if (!json_is_object(sent))
        pgaii_sandbox_response_json(response, 400,
                                    "{\"error\": \"Validation error\", \"details\": "
                                    "[\"The request body must be a JSON object\"]}");
    else if (!first_name || json_is_null(first_name))
        pgaii_sandbox_response_error(response, 400, "first_name is required");
    else if (!json_is_string(first_name))
        pgaii_sandbox_response_json(response, 400,
                                    "{\"error\": \"Validation error\", \"details\": "
                                    "[\"first_name must be text\"]}");
    else if (json_string_length(first_name) == 0)
        pgaii_sandbox_response_error(response, 400, "first_name is required");
    else
        store(service, sent, exchange);
    json_decref(sent);
}
