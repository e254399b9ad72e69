/* The events of a call against the member `events` of its result. */
#include "conformance/events.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/value.h"

void events_listen(struct exchange *exchange, pgai_call *call)
{
    if (!exchange->events)
        exchange->events = json_array();
    value_demand(pgai_call_listen(call), "there is memory", NULL);
}

static const char *name_of(pgai_status status)
{
    return status == PGAI_OK ? "ok" : pgai_status_name(status);
}

/* An event as the table has it. */
static json_t *to_json(const pgai_event *event)
{
    static const char *const causes[] = {"pacing", "limited", "backoff"};
    bool waits = event->kind == PGAI_EVENT_RETRY || event->kind == PGAI_EVENT_WAIT;
    json_t *made = json_pack(
        "{s:s, s:s, s:s?, s:s%, s:i, s:s, s:i, s:I, s:I}", "kind",
        pgai_event_name(event->kind), "method", event->method, "route", event->route,
        "path", event->path.data, event->path.length, "attempt", event->attempt, "status",
        name_of(event->status), "http_status", event->http_status, "bytes",
        (json_int_t)event->bytes, "elapsed_ms", (json_int_t)event->elapsed_ms);
    json_t *more = json_pack(
        "{s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "cause",
        waits ? causes[event->cause] : NULL, "wait_ms", (json_int_t)event->wait_ms,
        "limit", (json_int_t)event->limit, "remaining", (json_int_t)event->remaining,
        "reset_ms", (json_int_t)event->reset_ms, "page", (json_int_t)event->page,
        "contacts", (json_int_t)event->contacts, "total", (json_int_t)event->total,
        "request_id", event->request_id);

    value_demand(made && more, "an event is text and numbers", NULL);
    json_object_update(made, more);
    json_decref(more);
    return made;
}

void events_take(struct exchange *exchange, pgai_call *call)
{
    pgai_event event = PGAI_EVENT_INIT;

    while (pgai_call_event(call, &event))
        json_array_append_new(exchange->events, to_json(&event));
}

static bool fits(const json_t *expected, const json_t *got)
{
    return json_is_integer(got) ? value_matches(expected, json_integer_value(got))
                                : json_equal(expected, got);
}

static bool event_fits(const json_t *expected, const json_t *got)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)expected, name, value)
    {
        if (!fits(value, json_object_get(got, name)))
            return false;
    }
    return true;
}

static size_t count_kind(const json_t *events, const char *kind)
{
    const json_t *event;
    size_t index;
    size_t count = 0;

    json_array_foreach(events, index, event)
    {
        const char *its = json_string_value(json_object_get(event, "kind"));

        count += strcmp(its, kind) == 0;
    }
    return count;
}

static size_t count_sent(const json_t *steps)
{
    const json_t *step;
    size_t index;
    size_t count = 0;

    json_array_foreach(steps, index, step) count +=
        json_object_get(step, "request") != NULL;
    return count;
}

static bool check_all(struct exchange *exchange, const char *text)
{
    size_t sent = count_sent(exchange->steps);

    if (count_kind(exchange->events, "request") != sent ||
        count_kind(exchange->events, "response") != sent)
        return exchange_mismatch(exchange, "%zu requests, but the events are %s", sent,
                                 text);
    if (exchange->key[0] && strstr(text, exchange->key))
        return exchange_mismatch(exchange, "the key is in an event: %s", text);
    return !strchr(text, '?') ||
           exchange_mismatch(exchange, "a query is in an event: %s", text);
}

static bool
check_given(struct exchange *exchange, const json_t *expected, const char *text)
{
    const json_t *event;
    size_t index;

    if (!expected)
        return true;
    if (json_array_size(expected) != json_array_size(exchange->events))
        return exchange_mismatch(exchange, "the events are %s", text);
    json_array_foreach(expected, index, event)
    {
        if (!event_fits(event, json_array_get(exchange->events, index)))
            return exchange_mismatch(exchange, "event %zu differs: %s", index, text);
    }
    return true;
}

bool events_finish(struct exchange *exchange, const json_t *result)
{
    char *text = exchange->events ? json_dumps(exchange->events, 0) : NULL;
    bool good = !text || (check_all(exchange, text) &&
                          check_given(exchange, json_object_get(result, "events"), text));

    free(text);
    json_decref(exchange->events);
    exchange->events = NULL;
    return good;
}
