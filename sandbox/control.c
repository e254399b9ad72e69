#include "control.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "clock.h"
#include "protocol/json.h"
#include "protocol/text.h"

#define BASE "/__sandbox/"

static void answer_faults(pgaii_emulator *emulator)
{
    pgaii_buffer_printf(&emulator->exchange.answer.body, "{\"rules\":%zu}",
                        emulator->rules.count);
}

static void add_faults(pgaii_emulator *emulator)
{
    pgaii_answer *answer = &emulator->exchange.answer;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_status status =
        pgaii_rules_add(&emulator->rules, emulator->exchange.request->body, &error);

    if (status == PGAI_OK) {
        answer_faults(emulator);
        return;
    }
    answer->status = status == PGAI_USAGE ? 400 : 500;
    pgaii_buffer_add_string(&answer->body, "{\"error\":");
    pgaii_json_add_string(&answer->body, pgaii_text(error.message));
    pgaii_buffer_add(&answer->body, "}", 1);
}

static void drop_faults(pgaii_emulator *emulator)
{
    pgaii_rules_reset(&emulator->rules, emulator->seed);
    answer_faults(emulator);
}

static void answer_log(pgaii_emulator *emulator)
{
    pgaii_log_write(&emulator->log, emulator->service.contacts, emulator->connections,
                    &emulator->exchange.answer.body);
}

static void answer_clock(pgaii_emulator *emulator)
{
    int64_t now = pgaii_emulator_now_ms(emulator);
    char date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_iso_date(now, date);
    pgaii_buffer_printf(&emulator->exchange.answer.body,
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
        pgaii_answer_error(&emulator->exchange.answer, 400,
                           "the body must be {\\\"advance_ms\\\": N}, N an integer of at "
                           "least 0");
    }
    json_decref(tree);
}

static void reset(pgaii_emulator *emulator)
{
    pgaii_emulator_reset(emulator);
    pgaii_answer_json(&emulator->exchange.answer, 200, "{}");
}

static const struct {
    const char *method;
    const char *path;
    void (*answer)(pgaii_emulator *emulator);
} routes[] = {
    {"GET", BASE "faults", answer_faults},  {"POST", BASE "faults", add_faults},
    {"DELETE", BASE "faults", drop_faults}, {"GET", BASE "log", answer_log},
    {"POST", BASE "reset", reset},          {"GET", BASE "clock", answer_clock},
    {"POST", BASE "clock", advance_clock},
};

bool pgaii_control_is_for(const pgaii_request *request)
{
    return request->path.length >= strlen(BASE) &&
           memcmp(request->path.data, BASE, strlen(BASE)) == 0;
}

void pgaii_control_answer(pgaii_emulator *emulator)
{
    const pgaii_request *request = emulator->exchange.request;

    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (pgaii_text_equal(request->path, pgaii_text(routes[i].path)) &&
            pgaii_text_equal(request->method, pgaii_text(routes[i].method))) {
            routes[i].answer(emulator);
            return;
        }
    }
    pgaii_answer_error(&emulator->exchange.answer, 404,
                       "the sandbox has no such path with this method");
}
