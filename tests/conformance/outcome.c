/* Compares what came of a call with the result of a row. */
#include "conformance/outcome.h"

#include <string.h>

#include "conformance/value.h"
#include "protocol/text.h"

/* What the table writes for a field: nothing, null, text, or {"json": "exact text"}. */
static bool
field_fits(const json_t *expected, const pgai_contact *contact, pgai_field field)
{
    pgai_text text = pgai_contact_text(contact, field);

    switch (pgai_contact_presence(contact, field)) {
    case PGAI_PRESENCE_ABSENT:
        return !expected && !text.data;
    case PGAI_PRESENCE_NULL:
        return json_is_null(expected) && !text.data;
    case PGAI_PRESENCE_TEXT:
        return json_is_string(expected) && value_text_is(expected, text);
    case PGAI_PRESENCE_OTHER:
        return !text.data && value_text_is(json_object_get(expected, "json"),
                                           pgai_contact_value(contact, field));
    }
    return false;
}

static bool check_extra(struct exchange *exchange, const json_t *expected,
                        const pgai_contact *contact)
{
    size_t count = pgai_contact_extra_count(contact);

    if (count != json_array_size(expected))
        return exchange_mismatch(exchange, "%zu extra fields", count);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(expected, i);
        pgai_text name;
        pgai_text value;

        pgai_contact_extra(contact, i, &name, &value);
        if (!value_text_is(json_array_get(pair, 0), name) ||
            !value_text_is(json_array_get(pair, 1), value))
            return exchange_mismatch(exchange, "extra field %zu is %.*s: %.*s", i,
                                     (int)name.length, name.data, (int)value.length,
                                     value.data);
    }
    return true;
}

static bool check_contact(struct exchange *exchange, const json_t *expected,
                          const pgai_contact *contact)
{
    const json_t *fields = json_object_get(expected, "fields");
    const json_t *json = json_object_get(expected, "json");
    pgai_text whole = pgai_contact_json(contact);

    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        const char *name = pgai_field_name((pgai_field)i);

        if (!field_fits(json_object_get(fields, name), contact, (pgai_field)i))
            return exchange_mismatch(exchange, "%s is not as expected in %.*s", name,
                                     (int)whole.length, whole.data);
    }
    if (json && !value_text_is(json, whole))
        return exchange_mismatch(exchange, "the contact is %.*s", (int)whole.length,
                                 whole.data);
    return check_extra(exchange, json_object_get(expected, "extra"), contact);
}

bool outcome_contact(struct exchange *exchange, const json_t *result,
                     const pgai_contact *contact)
{
    const json_t *expected = json_object_get(result, "contact");

    if (!contact || !expected)
        return exchange_mismatch(exchange, contact ? "a contact, which is not expected"
                                                   : "no contact");
    return check_contact(exchange, expected, contact);
}

static bool check_headers(struct exchange *exchange, const json_t *expected,
                          const pgai_response *response)
{
    const json_t *header;
    size_t index;

    json_array_foreach(json_object_get(expected, "headers"), index, header)
    {
        const char *name = json_string_value(json_array_get(header, 0));

        if (!value_text_is(json_array_get(header, 1),
                           pgai_response_header(response, name)))
            return exchange_mismatch(exchange, "the header %s differs", name);
    }
    for (size_t i = 0; exchange->key[0] && i < response->header_count; i++) {
        pgai_text value = response->headers[i].value;

        if (memmem(value.data, value.length, exchange->key, strlen(exchange->key)))
            return exchange_mismatch(exchange, "the key is in a header");
    }
    return true;
}

static bool check_page_response(struct exchange *exchange, const json_t *expected,
                                const pgai_page *page)
{
    const pgai_response *response = pgai_page_response(page);
    int64_t requests =
        value_number(json_object_get(expected, "requests"), pgai_page_requests(page));

    if (!response || response->status != 200)
        return exchange_mismatch(exchange, "the page has no response");
    if (pgai_page_requests(page) < 1 || pgai_page_requests(page) != requests)
        return exchange_mismatch(exchange, "the page took %d requests",
                                 pgai_page_requests(page));
    return check_headers(exchange, json_object_get(expected, "response"), response);
}

bool outcome_page(struct exchange *exchange, const json_t *result, const pgai_page *page)
{
    const json_t *expected = json_object_get(result, "page");
    const json_t *contacts = json_object_get(expected, "contacts");
    const json_t *contact;
    size_t index;

    if (!page || !expected)
        return exchange_mismatch(exchange,
                                 page ? "a page, which is not expected" : "no page");
    if (pgai_page_number(page) != value_number(json_object_get(expected, "page"), -1) ||
        pgai_page_limit(page) != value_number(json_object_get(expected, "limit"), -1) ||
        pgai_page_total(page) != value_number(json_object_get(expected, "total"), -1))
        return exchange_mismatch(exchange, "the page is %lld, limit %lld, total %lld",
                                 (long long)pgai_page_number(page),
                                 (long long)pgai_page_limit(page),
                                 (long long)pgai_page_total(page));
    if (!check_page_response(exchange, expected, page))
        return false;
    if (pgai_page_count(page) != json_array_size(contacts))
        return exchange_mismatch(exchange, "%zu contacts", pgai_page_count(page));
    json_array_foreach(contacts, index, contact)
    {
        if (!check_contact(exchange, contact, pgai_page_contact(page, index)))
            return false;
    }
    return true;
}

/* Text members of an error: the exact text, where the table has it. What it does not
 * mention must be empty, but for the message. */
static bool check_text(struct exchange *exchange, const json_t *expected,
                       const char *name, const char *text)
{
    const json_t *wanted = json_object_get(expected, name);

    if (exchange->key[0] && strstr(text, exchange->key))
        return exchange_mismatch(exchange, "the key is in %s: %s", name, text);
    if (!wanted && strcmp(name, "message") == 0)
        return text[0] || exchange_mismatch(exchange, "there is no message");
    if (strcmp(text, wanted ? json_string_value(wanted) : "") != 0)
        return exchange_mismatch(exchange, "%s is \"%s\"", name, text);
    return true;
}

static bool check_words(struct exchange *exchange, const json_t *words,
                        const char *message, bool present)
{
    const json_t *word;
    size_t index;

    json_array_foreach(words, index, word)
    {
        if (!strstr(message, json_string_value(word)) == present)
            return exchange_mismatch(exchange, "\"%s\" is %s the message \"%s\"",
                                     json_string_value(word),
                                     present ? "missing from" : "in", message);
    }
    return true;
}

static bool check_number(struct exchange *exchange, const json_t *expected,
                         const char *name, int64_t number, int64_t missing)
{
    const json_t *wanted = json_object_get(expected, name);

    if (wanted ? !value_matches(wanted, number) : number != missing)
        return exchange_mismatch(exchange, "%s is %lld", name, (long long)number);
    return true;
}

static bool check_error_texts(struct exchange *exchange, const json_t *expected,
                              const pgai_error *error)
{
    return check_text(exchange, expected, "message", error->message) &&
           check_text(exchange, expected, "code", error->code) &&
           check_text(exchange, expected, "details", error->details) &&
           check_text(exchange, expected, "request_id", error->request_id) &&
           check_text(exchange, expected, "permission", error->permission) &&
           check_words(exchange, json_object_get(expected, "message_contains"),
                       error->message, true) &&
           check_words(exchange, json_object_get(expected, "message_lacks"),
                       error->message, false);
}

bool outcome_response(struct exchange *exchange, const json_t *result,
                      const pgai_response *response)
{
    const json_t *expected = json_object_get(result, "response");
    const json_t *body = json_object_get(expected, "body");

    if (!response ||
        !value_matches(json_object_get(expected, "status"), response->status))
        return exchange_mismatch(exchange, "the status is %d",
                                 response ? response->status : 0);
    if (!check_headers(exchange, expected, response))
        return false;
    if (body ? !value_text_is(body, response->body) : response->body.data != NULL)
        return exchange_mismatch(exchange, "the body is %.*s", (int)response->body.length,
                                 response->body.data ? response->body.data : "");
    return true;
}

bool outcome_error(struct exchange *exchange, const json_t *result,
                   const pgai_error *error, int requests)
{
    const json_t *expected = json_object_get(result, "error");
    const char *word = json_string_value(json_object_get(expected, "status"));
    bool unknown = json_is_true(json_object_get(expected, "outcome_unknown"));

    if (!word || strcmp(word, pgai_status_name(error->status)) != 0)
        return exchange_mismatch(exchange, "failed with %s %d: %s",
                                 pgai_status_name(error->status), error->http_status,
                                 error->message);
    if ((error->outcome_unknown != 0) != unknown)
        return exchange_mismatch(exchange, "outcome_unknown is %d",
                                 error->outcome_unknown);
    return check_number(exchange, expected, "http_status", error->http_status, 0) &&
           check_number(exchange, expected, "requests", error->requests, requests) &&
           check_number(exchange, expected, "retry_after_ms", error->retry_after_ms, 0) &&
           check_error_texts(exchange, expected, error);
}

bool outcome_error_response(struct exchange *exchange, const json_t *result,
                            const pgai_error *error, const pgai_response *response)
{
    const json_t *expected = json_object_get(result, "error");

    if ((response ? response->status : 0) != error->http_status)
        return exchange_mismatch(exchange, "the status is %d, that of the response %d",
                                 error->http_status, response ? response->status : 0);
    if (response && response->body.data)
        return exchange_mismatch(exchange, "the response of an error has a body");
    return !response ||
           check_headers(exchange, json_object_get(expected, "response"), response);
}

/* False, or null: there is no sign of the contrary. */
static bool check_complete(struct exchange *exchange, const json_t *expected,
                           const pgai_walk_stats *stats)
{
    const json_t *complete = json_object_get(expected, "complete");
    const char *reason =
        json_string_value(json_object_get(expected, "incomplete_reason"));
    const char *got = stats->incomplete_reason ? stats->incomplete_reason : "";

    if (complete &&
        stats->complete != (json_is_null(complete) ? -1 : json_is_true(complete)))
        return exchange_mismatch(exchange, "complete is %d: %s", stats->complete, got);
    if (complete && (stats->complete == 0) != (*got != '\0'))
        return exchange_mismatch(exchange, "complete is %d, the reason \"%s\"",
                                 stats->complete, got);
    if (reason && strcmp(reason, got) != 0)
        return exchange_mismatch(exchange, "incomplete_reason is \"%s\"", got);
    return true;
}

bool outcome_stats(struct exchange *exchange, const json_t *expected,
                   const pgai_walk_stats *stats)
{
    const struct {
        const char *name;
        int64_t number;
    } numbers[] = {{"pages", stats->pages},
                   {"contacts", stats->contacts},
                   {"requests", stats->requests},
                   {"retries", stats->retries},
                   {"duplicates", stats->duplicates},
                   {"drift", stats->drift},
                   {"gone", stats->gone},
                   {"total", stats->total},
                   {"elapsed_ms", stats->elapsed_ms},
                   {"time_left_ms", stats->time_left_ms}};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (!check_number(exchange, expected, numbers[i].name, numbers[i].number,
                          numbers[i].number))
            return false;
    }
    return check_complete(exchange, expected, stats);
}

bool outcome_parts(struct exchange *exchange, const json_t *result, const pgai_call *call)
{
    const json_t *parts = json_object_get(result, "parts");
    pgai_part part;
    size_t count = 0;

    for (; pgai_call_part(call, count, &part); count++) {
        const json_t *expected = json_array_get(parts, count);

        if (!check_number(exchange, expected, "start", part.start, -1) ||
            !check_number(exchange, expected, "count", part.count, PGAI_UNSET) ||
            !check_number(exchange, expected, "limit", part.limit, -1))
            return false;
    }
    return count == json_array_size(parts) ||
           exchange_mismatch(exchange, "there are %zu parts", count);
}
