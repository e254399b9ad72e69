/* What is asked below `/__sandbox/`, and who may ask. */
#include "sandbox/control.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "protocol/json.h"
#include "protocol/text.h"
#include "protocol/url.h"
#include "sandbox/clock.h"

#define BASE "/__sandbox/"

static void answer_faults(pgaii_emulator *emulator)
{
    pgaii_buffer_printf(&emulator->exchange.response.body, "{\"rules\":%zu}",
                        emulator->rules.count);
}

static void add_faults(pgaii_emulator *emulator)
{
    pgaii_sandbox_response *response = &emulator->exchange.response;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_status status =
        pgaii_rules_add(&emulator->rules, emulator->exchange.request->body, &error);

    if (status == PGAI_OK) {
        answer_faults(emulator);
        return;
    }
    response->status = status == PGAI_USAGE ? 400 : 500;
    pgaii_buffer_add_string(&response->body, "{\"error\":");
    pgaii_json_add_string(&response->body, pgaii_text(error.message));
    pgaii_buffer_add(&response->body, "}", 1);
}

static void drop_faults(pgaii_emulator *emulator)
{
    pgaii_rules_reset(&emulator->rules, emulator->seed);
    answer_faults(emulator);
}

static void answer_log(pgaii_emulator *emulator)
{
    pgaii_log_write(&emulator->log, emulator->service.contacts, emulator->connections,
                    &emulator->exchange.response.body);
}

static void answer_clock(pgaii_emulator *emulator)
{
    int64_t now = pgaii_emulator_now_ms(emulator);
    char date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_iso_date(now, date);
    pgaii_buffer_printf(&emulator->exchange.response.body,
                        "{\"now_ms\":%" PRId64 ",\"now\":\"%s\"}", now, date);
}

static void advance_clock(pgaii_emulator *emulator)
{
    pgai_text body = emulator->exchange.request->body;
    json_t *tree = json_loadb(body.data, body.length, 0, NULL);
    json_t *ms = json_object_get(tree, "advance_ms");

    if (json_is_integer(ms) && json_integer_value(ms) >= 0) {
        pgaii_emulator_advance(emulator, json_integer_value(ms));
        answer_clock(emulator);
    } else {
        pgaii_sandbox_response_error(
            &emulator->exchange.response, 400,
            "the body must be {\\\"advance_ms\\\": N}, N an integer of at "
            "least 0");
    }
    json_decref(tree);
}

static void delete_contact(pgaii_emulator *emulator)
{
    pgaii_sandbox_exchange *exchange = &emulator->exchange;
    pgaii_contacts *contacts = emulator->service.contacts;
    pgai_text body = exchange->request->body;
    json_t *tree = json_loadb(body.data, body.length, 0, NULL);
    const char *id = json_string_value(json_object_get(tree, "id"));
    int64_t index = id ? pgaii_contacts_find(contacts, pgaii_text(id)) : -1;

    if (index < 0)
        pgaii_sandbox_response_error(
            &exchange->response, 404,
            "the body must be {\\\"id\\\": \\\"...\\\"}, the id of a contact "
            "that is there");
    else if (!pgaii_contacts_delete(contacts, index))
        pgaii_sandbox_response_error(&exchange->response, 500, "Out of memory");
    else
        pgaii_buffer_printf(&exchange->response.body, "{\"contacts\":%" PRId64 "}",
                            pgaii_contacts_living(contacts));
    json_decref(tree);
}

static void reset(pgaii_emulator *emulator)
{
    pgaii_emulator_reset(emulator);
    pgaii_sandbox_response_json(&emulator->exchange.response, 200, "{}");
}

static const struct {
    const char *method;
    const char *path;
    void (*respond)(pgaii_emulator *emulator);
} routes[] = {
    {"GET", BASE "faults", answer_faults},  {"POST", BASE "faults", add_faults},
    {"DELETE", BASE "faults", drop_faults}, {"GET", BASE "log", answer_log},
    {"POST", BASE "reset", reset},          {"GET", BASE "clock", answer_clock},
    {"POST", BASE "clock", advance_clock},  {"POST", BASE "delete", delete_contact},
};

bool pgaii_control_is_for(const pgaii_sandbox_request *request)
{
    return request->path.length >= strlen(BASE) &&
           memcmp(request->path.data, BASE, strlen(BASE)) == 0;
}

/* The name or address that a Host header begins with; a port may follow it. */
static pgai_text without_port(pgai_text host)
{
    char mark = host.length > 0 && host.data[0] == '[' ? ']' : ':';
    const char *end = host.length > 0 ? memchr(host.data, mark, host.length) : NULL;

    if (end)
        host.length = (size_t)(end - host.data) + (mark == ']' ? 1 : 0);
    return host;
}

static bool is_loopback(pgai_text host)
{
    pgai_text name = without_port(host);
    char text[sizeof("127.255.255.255")];

    if (pgaii_text_equal(name, pgaii_text("[::1]")))
        return true;
    if (name.length >= sizeof(text) || memchr(name.data, '\0', name.length))
        return false;
    memcpy(text, name.data, name.length);
    text[name.length] = '\0';
    return pgaii_is_loopback(text);
}

/* A browser that shows a page of another origin sends that origin, and the name by which
 * it knows the sandbox, even if that name was made to resolve to it. A program that is
 * not a browser may leave both out. @return Why the request is refused; NULL: it is not.
 */
static const char *find_stranger(const pgaii_sandbox_request *request)
{
    static const char scheme[] = "http://";
    pgai_text origin = request->origin;

    if (request->host.data && !is_loopback(request->host))
        return "Host is not a loopback name or address: use 127.0.0.1, localhost or "
               "[::1]";
    if (!origin.data)
        return NULL;
    if (origin.length > sizeof(scheme) - 1 &&
        memcmp(origin.data, scheme, sizeof(scheme) - 1) == 0) {
        origin.data += sizeof(scheme) - 1;
        origin.length -= sizeof(scheme) - 1;
        if (request->host.data && pgaii_text_equal_nocase(origin, request->host))
            return NULL;
    }
    return "Origin is not the sandbox: web pages of other origins may not control it";
}

static void respond(pgaii_emulator *emulator, const pgaii_sandbox_request *request)
{
    const char *stranger = find_stranger(request);

    if (stranger) {
        pgaii_sandbox_response_error(&emulator->exchange.response, 403, stranger);
        return;
    }
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (pgaii_text_equal(request->path, pgaii_text(routes[i].path)) &&
            pgaii_text_equal(request->method, pgaii_text(routes[i].method))) {
            routes[i].respond(emulator);
            return;
        }
    }
    pgaii_sandbox_response_error(&emulator->exchange.response, 404,
                                 "the sandbox has no such path with this method");
}

bool pgaii_control_request(pgaii_emulator *emulator, const pgaii_sandbox_request *request,
                           pgaii_buffer *out, pgaii_delivery *delivery)
{
    pgaii_emulator_begin(emulator, request);
    respond(emulator, request);
    return pgaii_emulator_deliver(emulator, out, delivery);
}
