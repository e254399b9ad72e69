/* How an error is filled in, and how text from outside is made harmless. */
#include "protocol/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "protocol/text.h"
#include "protocol/versioned.h"

void pgaii_error_init(pgai_error *error)
{
    memset(error, 0, sizeof(*error));
    error->struct_size = sizeof(*error);
}

pgai_status pgaii_fail(pgai_error *error, pgai_status status, const char *format, ...)
{
    pgai_error filled = PGAI_ERROR_INIT;
    va_list args;
    int length;

    if (!error)
        return status;
    filled.status = status;
    va_start(args, format);
    length = vsnprintf(filled.message, sizeof(filled.message), format, args);
    va_end(args);
    if (length >= (int)sizeof(filled.message)) {
        pgai_text whole = {filled.message, sizeof(filled.message) - 1};

        filled.message[pgaii_utf8_check(whole)] = '\0';
    }
    return pgaii_error_copy(error, &filled);
}

pgai_status pgaii_fail_memory(pgai_error *error)
{
    return pgaii_fail(error, PGAI_NO_MEMORY, "%s", pgai_status_text(PGAI_NO_MEMORY));
}

void pgaii_error_advise(pgai_error *error, const char *format, ...)
{
    char words[256];
    size_t used = strlen(error->message);
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    if (used + strlen("; ") + strlen(words) < sizeof(error->message))
        snprintf(error->message + used, sizeof(error->message) - used, "; %s", words);
}

/* What to write for the next bytes of text from outside: the mask for the key, a blank
 * for a control byte, U+FFFD for what is not UTF-8, the character itself otherwise. */
static pgai_text next_piece(pgai_text rest, pgai_text secret, size_t *used)
{
    const unsigned char *at = (const unsigned char *)rest.data;

    *used = 1;
    if (secret.length > 0 && rest.length >= secret.length &&
        memcmp(rest.data, secret.data, secret.length) == 0) {
        *used = secret.length;
        return pgaii_text("[key]");
    }
    if (*at < 0x20 || *at == 0x7F)
        return pgaii_text(" ");
    if (*at >= 0x80) {
        size_t length = pgaii_utf8_sequence(at, at + rest.length);

        if (length == 0)
            return pgaii_text("\xEF\xBF\xBD");
        *used = length;
    }
    return (pgai_text){rest.data, *used};
}

bool pgaii_error_text(char *out, size_t size, pgai_text text, const char *key)
{
    pgai_text secret = pgaii_text(key);
    size_t written = 0;

    while (text.length > 0) {
        size_t used;
        pgai_text piece = next_piece(text, secret, &used);

        if (piece.length > size - 1 - written)
            break;
        memcpy(out + written, piece.data, piece.length);
        written += piece.length;
        text.data += used;
        text.length -= used;
    }
    out[written] = '\0';
    return text.length == 0;
}

/* Where a caller, who may not know of it, wants the response; NULL: nowhere. */
static pgai_response **place_of_response(const pgai_error *error)
{
    return error && error->struct_size >= PGAII_FIRST_SIZE(pgai_error, response)
               ? error->response
               : NULL;
}

void pgaii_error_put_response(pgai_error *out, pgai_response *response)
{
    pgai_response **place = place_of_response(out);

    if (place) {
        pgai_response_free(*place);
        *place = response;
    } else {
        pgai_response_free(response);
    }
}

/* The place of the response is the caller's. */
pgai_status pgaii_error_copy(pgai_error *out, const pgai_error *error)
{
    if (out)
        pgaii_versioned_write(out, error, offsetof(pgai_error, response));
    pgaii_error_put_response(out, NULL);
    return error->status;
}
