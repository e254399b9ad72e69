#include "protocol/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* No error body seen is larger than a few hundred bytes, and none is worth more memory.
 */
enum { ERROR_BODY_CEILING = 64 * 1024 };

enum { LOAD_FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL };

void pgaii_json_explain(pgai_text body, char *out, size_t size)
{
    json_error_t error;
    json_t *tree = json_loadb(body.data, body.length, LOAD_FLAGS, &error);

    out[0] = '\0';
    if (!tree) {
        /* jansson ends with the token it stands at, which may be a part of the key. */
        char *near = strstr(error.text, " near '");

        if (near)
            *near = '\0';
        snprintf(out, size, "%s, line %d column %d", error.text, error.line,
                 error.column);
    }
    json_decref(tree);
}

static int add_bytes(const char *bytes, size_t length, void *buffer)
{
    return pgaii_buffer_add(buffer, bytes, length) ? 0 : -1;
}

static bool dump(const json_t *value, pgaii_buffer *out)
{
    return json_dump_callback(value, add_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

bool pgaii_json_add_string(pgaii_buffer *out, pgai_text text)
{
    json_t *value = json_stringn(text.data, text.length);
    bool done = value && dump(value, out);

    json_decref(value);
    return done;
}

static pgai_text text_of(const json_t *value)
{
    return (pgai_text){json_string_value(value), json_string_length(value)};
}

static const json_t *
first_text(const json_t *first, const json_t *second, const json_t *third)
{
    return json_is_string(first) ? first : json_is_string(second) ? second : third;
}

static void keep_text(char *out, size_t size, const json_t *value, const char *key)
{
    if (json_is_string(value))
        pgaii_error_text(out, size, text_of(value), key);
}

/* In JSON text the key stands escaped, if it has quotes or backslashes in it. */
static void keep_details(pgai_error *error, const json_t *details, const char *key)
{
    pgaii_buffer text;
    pgaii_buffer secret;

    pgaii_buffer_init(&text, ERROR_BODY_CEILING);
    pgaii_buffer_init(&secret, ERROR_BODY_CEILING);
    if (details && !json_is_null(details) && dump(details, &text) &&
        pgaii_json_add_string(&secret, pgaii_text(key))) {
        secret.data[secret.length - 1] = '\0';
        if (!pgaii_error_text(error->details, sizeof(error->details),
                              (pgai_text){text.data, text.length}, secret.data + 1))
            error->details[0] = '\0';
    }
    pgaii_buffer_clear(&text);
    pgaii_buffer_clear(&secret);
}

bool pgaii_json_read_error(pgai_text body, const char *key, pgai_error *error)
{
    json_t *tree = NULL;
    const json_t *inner;
    const json_t *details;

    if (body.length > 0 && body.length <= ERROR_BODY_CEILING)
        tree = json_loadb(body.data, body.length, LOAD_FLAGS, NULL);
    if (!tree)
        return false;
    inner = json_object_get(tree, "error");
    details = json_object_get(tree, "details");
    keep_text(error->message, sizeof(error->message),
              first_text(json_is_string(tree) ? tree : inner,
                         json_object_get(inner, "message"),
                         json_object_get(tree, "message")),
              key);
    keep_text(
        error->code, sizeof(error->code),
        first_text(json_object_get(inner, "code"), json_object_get(tree, "code"), NULL),
        key);
    keep_details(error, details ? details : json_object_get(inner, "details"), key);
    json_decref(tree);
    return true;
}
