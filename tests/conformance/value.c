/* Reads values in the notations of the table. */
#include "conformance/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buffer.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* Far above the largest body of the table. */
enum { MAX_BYTES = 16 << 20 };

void value_demand(bool holds, const char *what, const json_t *at)
{
    char *text;

    if (holds)
        return;
    text = at ? json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    fprintf(stderr, "the table is not valid: %s: %s\n", what, text ? text : "(nothing)");
    free(text);
    exit(2);
}

static void add_hex(pgaii_buffer *out, const json_t *value)
{
    const char *at = json_string_value(value);

    value_demand(at && strlen(at) % 2 == 0, "hex is pairs of digits", value);
    for (; *at; at += 2) {
        char pair[3] = {at[0], at[1], '\0'};
        char *end;
        char byte = (char)strtoul(pair, &end, 16);

        value_demand(end == pair + 2, "hex is pairs of digits", value);
        pgaii_buffer_add(out, &byte, 1);
    }
}

static void add_bytes(pgaii_buffer *out, const json_t *value)
{
    const json_t *hex = json_object_get(value, "hex");
    const json_t *repeat = json_object_get(value, "repeat");
    const json_t *item;
    size_t index;

    if (json_is_string(value)) {
        pgaii_buffer_add(out, json_string_value(value), json_string_length(value));
    } else if (hex) {
        add_hex(out, hex);
    } else if (repeat) {
        json_int_t times = json_integer_value(json_array_get(repeat, 1));

        while (times-- > 0)
            add_bytes(out, json_array_get(repeat, 0));
    } else {
        value_demand(json_is_array(value), "not a notation for bytes", value);
        json_array_foreach(value, index, item) add_bytes(out, item);
    }
}

static value_bytes take(pgaii_buffer *buffer)
{
    value_bytes bytes = {NULL, buffer->length};

    value_demand(!buffer->failed, "it is too large", NULL);
    bytes.data = pgaii_buffer_take(buffer);
    if (!bytes.data)
        bytes.data = pgaii_copy("", 0);
    value_demand(bytes.data, "there is no memory for it", NULL);
    return bytes;
}

value_bytes value_bytes_new(const json_t *value)
{
    pgaii_buffer buffer;

    if (!value || json_is_null(value))
        return (value_bytes){NULL, 0};
    pgaii_buffer_init(&buffer, MAX_BYTES);
    add_bytes(&buffer, value);
    return take(&buffer);
}

static void add_file(pgaii_buffer *out, const char *folder, const json_t *name)
{
    char path[4096];
    char chunk[4096];
    size_t got;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, json_string_value(name));
    file = fopen(path, "rb");
    value_demand(file, "body_file cannot be read", name);
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
        pgaii_buffer_add(out, chunk, got);
    fclose(file);
}

value_bytes value_body_new(const json_t *response, const char *folder)
{
    const json_t *body = json_object_get(response, "body");
    const json_t *name = json_object_get(response, "body_file");
    const json_t *json = json_object_get(response, "json");
    pgaii_buffer buffer;

    pgaii_buffer_init(&buffer, MAX_BYTES);
    if (body) {
        add_bytes(&buffer, body);
    } else if (name) {
        add_file(&buffer, folder, name);
    } else if (json) {
        char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

        value_demand(text, "json cannot be written", json);
        pgaii_buffer_add_string(&buffer, text);
        free(text);
    }
    return take(&buffer);
}

int64_t value_number(const json_t *value, int64_t missing)
{
    if (!value || json_is_null(value))
        return missing;
    value_demand(json_is_integer(value), "not a whole number", value);
    return json_integer_value(value);
}

bool value_matches(const json_t *expected, int64_t number)
{
    if (!json_is_array(expected))
        return number == value_number(expected, 0);
    return number >= value_number(json_array_get(expected, 0), INT64_MAX) &&
           number <= value_number(json_array_get(expected, 1), INT64_MIN);
}

bool value_text_is(const json_t *expected, pgai_text text)
{
    pgai_text wanted = {json_string_value(expected), json_string_length(expected)};

    return !wanted.data == !text.data && pgaii_text_equal(wanted, text);
}
