#ifndef PGAI_PROTOCOL_TEXT_H
#define PGAI_PROTOCOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** The text of a NUL-terminated string; data NULL for NULL. Inline, so that the length of
 * a literal is known when it is compiled. */
static inline pgai_text pgaii_text(const char *string)
{
    return (pgai_text){string, string ? strlen(string) : 0};
}

/** Whether two texts have the same bytes; two texts without data are equal. */
static inline bool pgaii_text_equal(pgai_text a, pgai_text b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/** The same, ASCII letters matching in either case, whatever the locale, for texts of one
 * length. */
bool pgaii_text_same_letters(const char *a, const char *b, size_t length);

/** Whether two texts are equal, except for the case of ASCII letters. */
static inline bool pgaii_text_equal_nocase(pgai_text a, pgai_text b)
{
    return a.length == b.length && pgaii_text_same_letters(a.data, b.data, a.length);
}

/** Take @p length bytes off the front of a text, which has as many; what was taken. */
static inline pgai_text pgaii_text_take(pgai_text *text, size_t length)
{
    pgai_text taken = {text->data, length};

    text->data += length;
    text->length -= length;
    return taken;
}

/** Whether it is a blank or a tab. */
static inline bool pgaii_is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/** The value of a hexadecimal digit, 0-15; -1: it is none. */
static inline int pgaii_hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    character |= 0x20;
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/** Without the blanks and tabs around it. */
pgai_text pgaii_text_trim(pgai_text text);

/** Without the CR LF, or LF, at its end. */
pgai_text pgaii_text_without_line_end(pgai_text line);

/** Whether there is anything in it that some reader takes for the end of a line: a CR, LF
 * or NUL. */
bool pgaii_text_has_stray_end(pgai_text text);

/** Read decimal digits, and nothing else, up to INT64_MAX; false: @p out is untouched. */
bool pgaii_text_number(pgai_text text, int64_t *out);

/** Where the first ill-formed UTF-8 sequence begins (RFC 3629: no surrogates, nothing
 * beyond U+10FFFF, shortest form); the length of the text when there is none. */
size_t pgaii_utf8_check(pgai_text text);

/** How many bytes of well-formed UTF-8 make the character at @p at, 2-4; 0: ill-formed,
 * or cut at @p end. Not for ASCII. */
size_t pgaii_utf8_sequence(const unsigned char *at, const unsigned char *end);

/** Write a character as UTF-8, 1-4 bytes; returns how many. */
size_t pgaii_utf8_encode(uint32_t character, char out[4]);

/** Whether a byte stands for itself anywhere in a URL (RFC 3986, section 2.3). */
bool pgaii_is_unreserved(char c);

/** Append a path segment, all but RFC 3986's unreserved characters percent-encoded. */
bool pgaii_percent_encode(pgaii_buffer *out, pgai_text text);

/** A hash of 64 bits, never 0, the same on every machine: cursors hold it. */
uint64_t pgaii_text_hash(pgai_text text);

#endif
