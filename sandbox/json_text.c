/* JSON changed as text, without a tree. */
#include "sandbox/json_text.h"

#include <string.h>

#include "protocol/json.h"
#include "protocol/text.h"

/* Just after the string whose opening quote is at `at`. */
static size_t string_end(pgai_text json, size_t at)
{
    at++;
    while (at < json.length && json.data[at] != '"')
        at += json.data[at] == '\\' ? 2 : 1;
    return at < json.length ? at + 1 : json.length;
}

/* Just after the value at `at`, or at the comma or bracket that ends it. */
static size_t value_end(pgai_text json, size_t at)
{
    int depth = 0;

    while (at < json.length) {
        char c = json.data[at];

        if (c == '"') {
            at = string_end(json, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            break;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at++;
    }
    return at;
}

static size_t skip_blanks(pgai_text json, size_t at)
{
    while (at < json.length && strchr(" \t\r\n", json.data[at]))
        at++;
    return at;
}

pgaii_span pgaii_json_member(pgai_text json, size_t object, const char *name)
{
    size_t at = skip_blanks(json, object + 1);

    while (at < json.length && json.data[at] == '"') {
        size_t quote = string_end(json, at);
        pgai_text found = {json.data + at + 1, quote - at - 2};
        size_t value = skip_blanks(json, skip_blanks(json, quote) + 1);
        size_t end = value_end(json, value);

        if (pgaii_text_equal(found, pgaii_text(name)))
            return (pgaii_span){value, end - value};
        at = skip_blanks(json, end + 1);
    }
    return (pgaii_span){0, 0};
}

bool pgaii_json_replace(pgaii_buffer *json, pgaii_span span, pgai_text with)
{
    size_t tail = json->length - span.start - span.length;

    if (!pgaii_buffer_reserve(json, json->length - span.length + with.length))
        return false;
    memmove(json->data + span.start + with.length, json->data + span.start + span.length,
            tail + 1);
    memcpy(json->data + span.start, with.data, with.length);
    json->length = span.start + with.length + tail;
    return true;
}

bool pgaii_json_add(pgaii_buffer *json, size_t object, const char *name, pgai_text value)
{
    pgai_text whole = {json->data, json->length};
    size_t brace = value_end(whole, object) - 1;
    pgaii_buffer member;
    bool added;

    if (object >= json->length || json->data[object] != '{' || json->data[brace] != '}')
        return !json->failed;
    pgaii_buffer_init(&member, json->maximum);
    if (json->data[brace - 1] != '{')
        pgaii_buffer_add(&member, ",", 1);
    pgaii_json_add_string(&member, pgaii_text(name));
    pgaii_buffer_add(&member, ":", 1);
    pgaii_buffer_add(&member, value.data, value.length);
    added = !member.failed && pgaii_json_replace(json, (pgaii_span){brace, 0},
                                                 (pgai_text){member.data, member.length});
    pgaii_buffer_clear(&member);
    return added;
}

bool pgaii_json_set(pgaii_buffer *json, size_t object, const char *name, pgai_text value)
{
    pgaii_span span =
        pgaii_json_member((pgai_text){json->data, json->length}, object, name);

    return span.length > 0 ? pgaii_json_replace(json, span, value)
                           : pgaii_json_add(json, object, name, value);
}
