/* JSON, token by token. */
#include "protocol/lexer.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

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
static const unsigned char *skip_escape(pgaii_lexer *lexer, const unsigned char *at)
{
    lexer->escaped = true;
    if (at[1] == 'u') {
        int unit = hex4(at + 2);

        lexer->nul = lexer->nul || unit == 0;
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

#if defined(__SSE2__)
/* A bit for each of 32 bytes: those that are less than @p limit, all being signed, so
 * that 0x80 is the least. */
static unsigned bits_below(const unsigned char *at, int limit)
{
    __m128i bound = _mm_set1_epi8((char)limit);
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));

    return (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(first, bound)) |
           (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(second, bound)) << 16;
}

/* Whether the first 1 to 32 of 32 bytes are certainly well-formed UTF-8: nothing but
 * ASCII, C2-DF with one byte behind it, and E1-EC with two. Nearly all text is, and no
 * branch depends on where its characters begin. */
static bool is_usual_utf8(const unsigned char *at, size_t length)
{
    unsigned all = UINT_MAX >> (32 - length);
    unsigned high = bits_below(at, 0) & all;
    unsigned below_c0 = bits_below(at, 0xC0) & all;
    unsigned below_e0 = bits_below(at, 0xE0) & all;
    unsigned below_e1 = bits_below(at, 0xE1) & all;
    unsigned unusual = (bits_below(at, 0xC2) & ~below_c0) | (below_e1 & ~below_e0) |
                       (high & ~bits_below(at, 0xED));
    uint64_t second = (uint64_t)(high & ~below_c0) << 1;
    uint64_t third = (uint64_t)(high & ~below_e1) << 2;

    return (unusual & all) == 0 && (second | third) == below_c0;
}
#endif

/* As pgaii_utf8_check(), for text that is not empty and lies before @p end. */
static size_t check_utf8(pgai_text text, const unsigned char *end)
{
#if defined(__SSE2__)
    const unsigned char *at = (const unsigned char *)text.data;

    if (text.length <= 32 && end - at >= 32 && is_usual_utf8(at, text.length))
        return text.length;
#else
    (void)end;
#endif
    return pgaii_utf8_check(text);
}

bool pgaii_lex_odd_string(pgaii_lexer *lexer, const unsigned char *at, unsigned high,
                          pgai_text *out)
{
    const unsigned char *start = lexer->at + 1;
    size_t valid;

    while (*at == '\\') {
        const unsigned char *behind = skip_escape(lexer, at);

        if (!behind || behind > lexer->end)
            return fail_at(lexer, at);
        at = pgaii_skip_plain(behind, lexer->end, &high);
    }
    if (*at != '"' || at >= lexer->end)
        return fail_at(lexer, at);
    *out = (pgai_text){(const char *)start, (size_t)(at - start)};
    valid = high ? check_utf8(*out, lexer->end) : out->length;
    if (valid < out->length)
        return fail_at(lexer, start + valid);
    lexer->at = at + 1;
    return true;
}

bool pgaii_lex_name(pgaii_lexer *lexer, pgai_text *out)
{
    pgaii_lex_blank(lexer);
    if (*lexer->at != '"' || !pgaii_lex_string(lexer, out) || lexer->nul)
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
    pgai_text name;
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
    pgai_text string;

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
