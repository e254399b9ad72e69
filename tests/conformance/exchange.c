/* Drives one call through the exchanges of a row, and compares what it sends. */
#include "conformance/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/events.h"
#include "conformance/value.h"
#include "protocol/text.h"

enum { MAX_HEADERS = 32, MAX_CALLS = 64 };

bool exchange_mismatch(struct exchange *exchange, const char *format, ...)
{
    va_list args;

    if (exchange->mismatch[0])
        return false;
    va_start(args, format);
    vsnprintf(exchange->mismatch, sizeof(exchange->mismatch), format, args);
    va_end(args);
    return false;
}

static const json_t *next_step(struct exchange *exchange, const char *kind)
{
    const json_t *step = json_array_get(exchange->steps, exchange->taken);

    if (!json_object_get(step, kind)) {
        exchange_mismatch(exchange, "step %zu: expected %s, got a %s", exchange->taken,
                          step ? "something else" : "the end", kind);
        return NULL;
    }
    exchange->taken++;
    return step;
}

static bool header_is(const pgai_header *header, const char *name, const char *value)
{
    return pgaii_text_equal(header->name, pgaii_text(name)) &&
           pgaii_text_equal(header->value, pgaii_text(value));
}

/* Every request has the same headers in the same order, so the table need not repeat
 * them. */
static bool check_headers(struct exchange *exchange, const pgai_request *request)
{
    const char *expected[][2] = {{"x-api-key", exchange->key},
                                 {"accept", "application/json"},
                                 {"user-agent", exchange->user_agent},
                                 {"content-type", "application/json"}};
    size_t count = request->body.length > 0 ? 4 : 3;

    if (request->header_count != count)
        return exchange_mismatch(exchange, "%zu headers instead of %zu",
                                 request->header_count, count);
    for (size_t i = 0; i < count; i++) {
        if (!header_is(&request->headers[i], expected[i][0], expected[i][1]))
            return exchange_mismatch(exchange, "header %zu is not %s", i, expected[i][0]);
    }
    return true;
}

static bool check_body(struct exchange *exchange, const json_t *step, pgai_text body)
{
    value_bytes wanted = value_bytes_new(json_object_get(step, "body"));
    pgai_text expected = {wanted.data, wanted.length};
    bool same = !expected.data == !body.data && pgaii_text_equal(expected, body);

    if (!same)
        exchange_mismatch(exchange, "the body is %.*s", (int)body.length,
                          body.data ? body.data : "");
    free(wanted.data);
    return same;
}

static bool
check_url(struct exchange *exchange, const json_t *step, const pgai_request *request)
{
    const char *wanted = json_string_value(json_object_get(step, "url"));
    size_t url = strlen(request->url);
    size_t target = strlen(request->target);

    if (wanted && strcmp(wanted, request->url) != 0)
        return exchange_mismatch(exchange, "the URL is %s", request->url);
    if (url < target || strcmp(request->url + url - target, request->target) != 0)
        return exchange_mismatch(exchange, "the URL %s does not end in %s", request->url,
                                 request->target);
    return true;
}

static bool
check_request(struct exchange *exchange, const json_t *step, const pgai_request *request)
{
    const json_t *timeout = json_object_get(step, "timeout_ms");
    char line[4096];

    snprintf(line, sizeof(line), "%s %s", request->method, request->target);
    if (strcmp(line, json_string_value(json_object_get(step, "request"))) != 0)
        return exchange_mismatch(exchange, "the request is %s", line);
    if (request->once !=
        (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0))
        return exchange_mismatch(exchange, "once is %d", request->once);
    if (timeout && !value_matches(timeout, request->timeout_ms))
        return exchange_mismatch(exchange, "timeout_ms is %lld",
                                 (long long)request->timeout_ms);
    return check_headers(exchange, request) && check_url(exchange, step, request) &&
           check_body(exchange, step, request->body);
}

static size_t response_headers(const json_t *response, pgai_header headers[MAX_HEADERS])
{
    const json_t *given = json_object_get(response, "headers");
    const json_t *item;
    size_t index;

    if (!given) {
        headers[0] =
            (pgai_header){pgaii_text("Content-Type"), pgaii_text("application/json")};
        return 1;
    }
    value_demand(json_array_size(given) <= MAX_HEADERS, "too many headers", given);
    json_array_foreach(given, index, item)
    {
        headers[index].name = pgaii_text(json_string_value(json_array_get(item, 0)));
        headers[index].value = pgaii_text(json_string_value(json_array_get(item, 1)));
    }
    return json_array_size(given);
}

static void feed(struct exchange *exchange, const json_t *response, pgai_call *call)
{
    pgai_header headers[MAX_HEADERS];
    value_bytes body = value_body_new(response, exchange->folder);
    pgai_response whole = {0};

    whole.status = (int)value_number(json_object_get(response, "status"), 200);
    whole.headers = headers;
    whole.header_count = response_headers(response, headers);
    whole.body = (pgai_text){body.data, body.length};
    pgai_call_feed(call, exchange->now_ms, &whole);
    free(body.data);
}

static pgai_status status_of(const json_t *word)
{
    const char *name = json_string_value(word);

    value_demand(name, "a status is a word", word);
#define X(upper, value, lower, python, text)                                             \
    if (strcmp(name, #lower) == 0)                                                       \
        return PGAI_##upper;
    PGAI_STATUS_LIST(X)
#undef X
    value_demand(false, "there is no such status", word);
    return PGAI_OK;
}

static void fail(struct exchange *exchange, const json_t *failure, pgai_call *call)
{
    pgai_failure given = {0};

    given.status = status_of(json_object_get(failure, "kind"));
    given.sent = json_is_true(json_object_get(failure, "sent"));
    given.permanent = json_is_true(json_object_get(failure, "permanent"));
    given.message = json_string_value(json_object_get(failure, "message"));
    pgai_call_fail(call, exchange->now_ms, &given);
}

static bool take_request(struct exchange *exchange, pgai_call *call)
{
    const json_t *step = next_step(exchange, "request");
    const json_t *response = json_object_get(step, "response");
    const json_t *failure = json_object_get(step, "failure");

    if (!step || !check_request(exchange, step, pgai_call_request(call)))
        return false;
    value_demand(!response != !failure, "a request has a response or a failure", step);
    exchange->now_ms += value_number(json_object_get(step, "takes_ms"), 0);
    if (response)
        feed(exchange, response, call);
    else
        fail(exchange, failure, call);
    return true;
}

static bool take_wait(struct exchange *exchange, const pgai_call *call)
{
    static const char *const causes[] = {"pacing", "limited", "backoff"};
    int64_t wait_ms = pgai_call_wait_until(call) - exchange->now_ms;
    const char *cause = causes[pgai_call_wait_cause(call)];
    const json_t *step = next_step(exchange, "wait");

    if (!step)
        return exchange_mismatch(exchange, "a wait of %lld ms", (long long)wait_ms);
    if (strcmp(cause, json_string_value(json_object_get(step, "wait"))) != 0 ||
        !value_matches(json_object_get(step, "ms"), wait_ms))
        return exchange_mismatch(exchange, "step %zu: a wait of %lld ms because of %s",
                                 exchange->taken - 1, (long long)wait_ms, cause);
    exchange->now_ms += wait_ms;
    return true;
}

/* Drive a call until it waits or is over. */
static bool play_call(struct exchange *exchange, pgai_call *call, pgai_step *step)
{
    events_listen(exchange, call);
    while ((*step = pgai_call_next(call, exchange->now_ms)) < PGAI_STEP_WAIT) {
        if (*step == PGAI_STEP_RESPONSE)
            return exchange_mismatch(exchange, "the call ignores what it was fed");
        if (!take_request(exchange, call))
            return false;
        events_take(exchange, call);
    }
    events_take(exchange, call);
    return true;
}

bool exchange_drive(struct exchange *exchange, exchange_calls calls, void *data)
{
    pgai_call *driven[MAX_CALLS];
    size_t count = 0;
    bool over = false;

    while (count < MAX_CALLS && (driven[count] = calls(data, count)))
        count++;
    while (!over) {
        const pgai_call *first = NULL; /* of those that wait */
        pgai_step step;

        for (size_t i = 0; i < count; i++) {
            if (!play_call(exchange, driven[i], &step))
                return false;
            if (step != PGAI_STEP_WAIT)
                over = true;
            else if (!first ||
                     pgai_call_wait_until(driven[i]) < pgai_call_wait_until(first))
                first = driven[i];
        }
        if (!over && !first)
            return exchange_mismatch(exchange, "there is no call to drive");
        if (!over && !take_wait(exchange, first))
            return false;
    }
    return true;
}

bool exchange_finish(struct exchange *exchange)
{
    size_t count = json_array_size(exchange->steps);

    if (exchange->taken != count)
        return exchange_mismatch(exchange, "over after %zu of %zu steps", exchange->taken,
                                 count);
    return true;
}
