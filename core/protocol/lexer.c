/* JSON, token by token. */
#include "protocol/lexer.h"

#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "protocol/text.h"

void pgaii_lexer_init(pgaii_lexer *lexer, pgai_text text)
{
    memset(lexer, 0, sizeof(*lexer));
    lexer->at = (const unsigned char *)text.data;
    lexer->end = lexer->at + text.length;
}

bool pgaii_lex_open(pgaii_lexer *lexer, char bracket)
{
    if (!pgaii_lex_byte(lexer, bracket))
        return false;
    lexer->fresh = true;
    lexer->too_deep = lexer->depth >= PGAII_MAX_DEPTH;
    lexer->depth++;
    return !lexer->too_deep;
}

/* A byte that means itself in a string. */
static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

#if defined(__SSE2__)
/* A bit for each of 16 bytes: those that are not plain. */
static unsigned special_bits(__m128i bytes)
{
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);

    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(quote, backslash), control));
}
#endif

/* Skip what is plain. Most bytes of a response are skipped here, 32 at a time if the
 * machine can: that is longer than most strings, so that the end of the loop can be
 * predicted.
 * @p high becomes other than 0 if one of the bytes is not ASCII. */
static const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end, unsigned *high)
{
#if defined(__SSE2__)
    for (; end - at >= 32; at += 32) {
        __m128i first = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
        unsigned special = special_bits(first) | special_bits(second) << 16;
        unsigned not_ascii = (unsigned)_mm_movemask_epi8(first) |
                             (unsigned)_mm_movemask_epi8(second) << 16;

        if (special != 0) {
            unsigned count = (unsigned)__builtin_ctz(special);

            *high |= not_ascii & ((1u << count) - 1);
            return at + count;
        }
        *high |= not_ascii;
    }
#endif
    for (; at < end && is_plain(*at); at++)
        *high |= *at & 0x80u;
    return at;
}

/* Four hex digits, or -1; it stops at the first byte that is not one, so it does not read
 * past the NUL after the text. */
static int hex4(const unsigned char *at)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        int digit = pgaii_hex_digit((char)at[i]);

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The byte that `\` and this letter stand for; 0: no such escape. */
static char simple_escape(unsigned char letter)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = letter ? strchr(letters, letter) : NULL;

    return found ? meanings[found - letters] : '\0';
}

/* Skip an escape sequence; NULL: it is not one. */
static const unsigned char *skip_escape(const unsigned char *at, pgaii_string *string)
{
    string->escaped = true;
    if (at[1] == 'u') {
        int unit = hex4(at + 2);

        string->nul = string->nul || unit == 0;
        return unit < 0 ? NULL : at + 6;
    }
    return simple_escape(at[1]) ? at + 2 : NULL;
}

/* What began as a string is not one, as the byte at @p at shows. */
static bool fail_at(pgaii_lexer *lexer, const unsigned char *at)
{
    lexer->at = at;
    return false;
}

bool pgaii_lex_string(pgaii_lexer *lexer, pgaii_string *out)
{
    const unsigned char *start = lexer->at + 1;
    unsigned high = 0;
    const unsigned char *at = skip_plain(start, lexer->end, &high);

    out->escaped = false;
    out->nul = false;
    while (*at == '\\') {
        const unsigned char *behind = skip_escape(at, out);

        if (!behind || behind > lexer->end)
            return fail_at(lexer, at);
        at = skip_plain(behind, lexer->end, &high);
    }
    if (*at != '"' || at >= lexer->end)
        return fail_at(lexer, at);
    out->raw = (pgai_text){(const char *)start, (size_t)(at - start)};
    lexer->at = at + 1;
    if (high == 0 || pgaii_utf8_check(out->raw) == out->raw.length)
        return true;
    return fail_at(lexer, start + pgaii_utf8_check(out->raw));
}

bool pgaii_lex_name(pgaii_lexer *lexer, pgaii_string *out)
{
    pgaii_lex_blank(lexer);
    if (*lexer->at != '"' || !pgaii_lex_string(lexer, out) || out->nul)
        return false;
    return pgaii_lex_byte(lexer, ':');
}

static const unsigned char *skip_digits(const unsigned char *at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* At least one; the lexer is then after them. */
static bool lex_digits(pgaii_lexer *lexer)
{
    const unsigned char *first = lexer->at;

    lexer->at = skip_digits(first);
    return lexer->at > first;
}

static bool lex_number(pgaii_lexer *lexer)
{
    lexer->at += *lexer->at == '-';
    if (*lexer->at == '0')
        lexer->at++;
    else if (!lex_digits(lexer))
        return false;
    if (*lexer->at == '.') {
        lexer->at++;
        if (!lex_digits(lexer))
            return false;
    }
    if (*lexer->at == 'e' || *lexer->at == 'E') {
        lexer->at++;
        lexer->at += *lexer->at == '+' || *lexer->at == '-';
        if (!lex_digits(lexer))
            return false;
    }
    return true;
}

static bool lex_word(pgaii_lexer *lexer, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(lexer->end - lexer->at) < length || memcmp(lexer->at, word, length) != 0)
        return false;
    lexer->at += length;
    return true;
}

static bool lex_object(pgaii_lexer *lexer)
{
    pgaii_string name;
    pgai_text value;

    if (!pgaii_lex_open(lexer, '{'))
        return false;
    while (pgaii_lex_more(lexer, '}')) {
        if (!pgaii_lex_name(lexer, &name) || !pgaii_lex_value(lexer, &value))
            return false;
    }
    return lexer->closed;
}

static bool lex_array(pgaii_lexer *lexer)
{
    pgai_text value;

    if (!pgaii_lex_open(lexer, '['))
        return false;
    while (pgaii_lex_more(lexer, ']')) {
        if (!pgaii_lex_value(lexer, &value))
            return false;
    }
    return lexer->closed;
}

static bool lex_any(pgaii_lexer *lexer)
{
    pgaii_string string;

    switch (*lexer->at) {
    case '"':
        return pgaii_lex_string(lexer, &string);
    case '{':
        return lex_object(lexer);
    case '[':
        return lex_array(lexer);
    case 't':
        return lex_word(lexer, "true");
    case 'f':
        return lex_word(lexer, "false");
    case 'n':
        return lex_word(lexer, "null");
    default:
        return lex_number(lexer);
    }
}

bool pgaii_lex_value(pgaii_lexer *lexer, pgai_text *out)
{
    const unsigned char *start;

    pgaii_lex_blank(lexer);
    start = lexer->at;
    if (start >= lexer->end || !lex_any(lexer))
        return false;
    *out = (pgai_text){(const char *)start, (size_t)(lexer->at - start)};
    return true;
}

static bool is_surrogate(int unit, int first)
{
    return unit >= first && unit < first + 0x400;
}

/* The character of a \u escape, or of two that are a surrogate pair; @p used is their
 * bytes. */
static uint32_t
unescape_character(const unsigned char *at, const unsigned char *end, size_t *used)
{
    int unit = hex4(at + 2);
    int low;

    *used = 6;
    if (!is_surrogate(unit, 0xD800) && !is_surrogate(unit, 0xDC00))
        return (uint32_t)unit;
    if (is_surrogate(unit, 0xD800) && end - at >= 12 && at[6] == '\\' && at[7] == 'u') {
        low = hex4(at + 8);
        if (is_surrogate(low, 0xDC00)) {
            *used = 12;
            return 0x10000u + ((uint32_t)(unit - 0xD800) << 10) +
                   (uint32_t)(low - 0xDC00);
        }
    }
    return 0xFFFD;
}

size_t pgaii_unescape(pgai_text raw, char *out)
{
    const unsigned char *at = (const unsigned char *)raw.data;
    const unsigned char *end = at + raw.length;
    char *write = out;

    while (at < end) {
        const unsigned char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash ? backslash : end) - at);
        size_t used = 2;

        memcpy(write, at, plain);
        write += plain;
        at += plain;
        if (!backslash)
            break;
        if (at[1] == 'u')
            write += pgaii_utf8_encode(unescape_character(at, end, &used), write);
        else
            *write++ = simple_escape(at[1]);
        at += used;
    }
    return (size_t)(write - out);
}
