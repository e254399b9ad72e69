/* What the body of a response that is an error says. It comes from outside, so it is read
 * by our own lexer, which needs no memory. */
#include "protocol/error_body.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/buffer.h"
#include "protocol/error.h"
#include "protocol/json.h"
#include "protocol/lexer.h"
#include "protocol/text.h"

/* No known error body is larger than a few hundred bytes, and none is worth more memory.
 */
enum { MAX_BODY = 64 * 1024 };

/* Details are kept whole up to the size of pgai_error.details; a little more is
 * read, since masking the key makes them shorter. */
enum { MAX_DETAILS = 16 * 1024 };

/* Of the names that matter. */
enum { MAX_NAME = 16 };

static const pgai_text nothing = {NULL, 0};

static bool is_named(pgai_text string, const char *name)
{
    char meaning[6 * MAX_NAME];

    return string.length <= sizeof(meaning) &&
           pgaii_text_equal((pgai_text){meaning, pgaii_unescape(string, meaning)},
                            pgaii_text(name));
}

/* The value of a member of a checked object; of two with one name, the last. Without
 * data: there is none, or the value is not an object. */
static pgai_text member_of(pgai_text object, const char *name)
{
    pgai_text found = nothing;
    pgai_text value;
    pgai_text given;
    pgaii_lexer lexer;

    if (!object.data || object.data[0] != '{')
        return nothing;
    pgaii_lexer_init(&lexer, object);
    pgaii_lex_open(&lexer, '{');
    while (pgaii_lex_more(&lexer, '}')) {
        if (!pgaii_lex_name(&lexer, &given) || !pgaii_lex_value(&lexer, &value))
            return nothing;
        if (is_named(given, name))
            found = value;
    }
    return found;
}

static bool is_string(pgai_text value)
{
    return value.data && value.data[0] == '"';
}

static pgai_text first_string(pgai_text first, pgai_text second, pgai_text third)
{
    return is_string(first) ? first : is_string(second) ? second : third;
}

/* The inside of a checked string, unescaped into memory that is to be freed; NULL: there
 * is none. */
static char *meaning_of(pgai_text string, size_t *length)
{
    char *meaning = malloc(string.length);

    if (meaning)
        *length =
            pgaii_unescape((pgai_text){string.data + 1, string.length - 2}, meaning);
    return meaning;
}

static void keep_string(char *out, size_t size, pgai_text value, const char *key)
{
    size_t length;
    char *meaning;

    if (!is_string(value))
        return;
    meaning = meaning_of(value, &length);
    if (meaning)
        pgaii_error_text(out, size, (pgai_text){meaning, length}, key);
    free(meaning);
}

static bool add_string(pgaii_buffer *out, pgai_text string)
{
    size_t length;
    char *meaning = meaning_of(string, &length);
    bool added = meaning && pgaii_json_add_string(out, (pgai_text){meaning, length});

    free(meaning);
    return added;
}

static size_t string_length(pgai_text text)
{
    pgaii_lexer lexer;
    pgai_text string;

    pgaii_lexer_init(&lexer, text);
    pgaii_lex_string(&lexer, &string);
    return string.length + 2;
}

/* Writes a checked value without blanks, and with each string escaped in the one way in
 * which the key is looked for. */
static bool add_compact(pgaii_buffer *out, pgai_text value)
{
    while (value.length > 0) {
        char byte = value.data[0];

        if (byte == '"') {
            if (!add_string(out, pgaii_text_take(&value, string_length(value))))
                return false;
        } else {
            pgaii_text_take(&value, 1);
            if (!strchr(" \t\r\n", byte) && !pgaii_buffer_add(out, &byte, 1))
                return false;
        }
    }
    return true;
}

/* In JSON text the key is escaped, if it contains quotes or backslashes. */
static void keep_details(pgai_error *error, pgai_text details, const char *key)
{
    pgaii_buffer text;
    pgaii_buffer secret;

    pgaii_buffer_init(&text, MAX_DETAILS);
    pgaii_buffer_init(&secret, MAX_DETAILS);
    if (details.data && details.data[0] != 'n' && add_compact(&text, details) &&
        pgaii_json_add_string(&secret, pgaii_text(key))) {
        secret.data[secret.length - 1] = '\0';
        if (!pgaii_error_text(error->details, sizeof(error->details),
                              (pgai_text){text.data, text.length}, secret.data + 1))
            error->details[0] = '\0';
    }
    pgaii_buffer_clear(&text);
    pgaii_buffer_clear(&secret);
}

bool pgaii_error_body_read(pgai_text body, const char *key, pgai_error *error)
{
    pgai_text whole;
    pgai_text inner;
    pgai_text details;
    pgaii_lexer lexer;

    if (body.length == 0 || body.length > MAX_BODY)
        return false;
    pgaii_lexer_init(&lexer, body);
    if (!pgaii_lex_value(&lexer, &whole) || !pgaii_lex_end(&lexer))
        return false;
    inner = member_of(whole, "error");
    details = member_of(whole, "details");
    keep_string(error->message, sizeof(error->message),
                first_string(is_string(whole) ? whole : inner,
                             member_of(inner, "message"), member_of(whole, "message")),
                key);
    keep_string(error->code, sizeof(error->code),
                first_string(member_of(inner, "code"), member_of(whole, "code"), nothing),
                key);
    keep_details(error, details.data ? details : member_of(inner, "details"), key);
    return true;
}
