/* Slices of text: compared, trimmed, read as numbers, checked as UTF-8. */
#include "protocol/text.h"

#include <string.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool pgaii_text_same_letters(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    }
    return true;
}

pgai_text pgaii_text_trim(pgai_text text)
{
    while (text.length > 0 && pgaii_is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && pgaii_is_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

pgai_text pgaii_text_without_line_end(pgai_text line)
{
    if (line.length > 0 && line.data[line.length - 1] == '\n')
        line.length--;
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

bool pgaii_text_has_stray_end(pgai_text line)
{
    return memchr(line.data, '\r', line.length) || memchr(line.data, '\0', line.length);
}

bool pgaii_text_number(pgai_text text, int64_t *out)
{
    int64_t value = 0;

    if (text.length == 0)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        int digit = text.data[i] - '0';

        if (digit < 0 || digit > 9 || value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The ranges are those of RFC 3629, section 4: only the second byte depends on the first.
 */
size_t pgaii_utf8_sequence(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);

    if (at[0] < 0xC2 || left < 2 || !is_continuation(at[1]))
        return 0;
    if (at[0] < 0xE0)
        return 2;
    if (left < 3 || !is_continuation(at[2]))
        return 0;
    if (at[0] < 0xF0)
        return (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ? 0 : 3;
    if (at[0] > 0xF4 || left < 4 || !is_continuation(at[3]))
        return 0;
    return (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F) ? 0 : 4;
}

size_t pgaii_utf8_check(pgai_text text)
{
    const unsigned char *start = (const unsigned char *)text.data;
    const unsigned char *end = start + text.length;
    const unsigned char *at = start;
    size_t length = 1;

    while (at < end && length > 0) {
        length = *at < 0x80 ? 1 : pgaii_utf8_sequence(at, end);
        at += length;
    }
    return (size_t)(at - start);
}

size_t pgaii_utf8_encode(uint32_t character, char out[4])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3F));
    out[2] = (char)(0x80 | (character >> 6 & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

bool pgaii_is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

bool pgaii_percent_encode(pgaii_buffer *out, pgai_text text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t done = 0;

    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        char escaped[3] = {'%', hex[byte >> 4], hex[byte & 15]};

        if (pgaii_is_unreserved(text.data[i]))
            continue;
        pgaii_buffer_add(out, text.data + done, i - done);
        pgaii_buffer_add(out, escaped, sizeof(escaped));
        done = i + 1;
    }
    return pgaii_buffer_add(out, text.data + done, text.length - done);
}

/* Multiplying by an odd constant loses nothing, and folding the high half down brings
 * each bit of the input to where the next multiplication, or the caller's mask, sees it.
 */
static uint64_t mix(uint64_t hash, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* The last word may overlap the one before: that costs less than reading a short one. */
uint64_t pgaii_text_hash(pgai_text text)
{
    uint64_t hash = text.length;
    uint64_t word = 0;
    size_t at = 0;

    for (; at + sizeof(word) < text.length; at += sizeof(word)) {
        memcpy(&word, text.data + at, sizeof(word));
        hash = mix(hash, word);
    }
    word = 0;
    if (text.length >= sizeof(word))
        memcpy(&word, text.data + text.length - sizeof(word), sizeof(word));
    else if (text.length > 0)
        memcpy(&word, text.data, text.length);
    hash = mix(mix(hash, word), 0);
    return hash ? hash : 1;
}
