/* Cells and rows of CSV. */
#include "protocol/csv.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Whether a cell has to be quoted because of this byte. */
static bool is_special(char byte)
{
    return byte == ',' || byte == '"' || byte == '\n' || byte == '\r';
}

#if defined(__SSE2__)
enum { AT_ONCE = 16 };

static bool any_special(const char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i comma = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(','));
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i feed = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
    __m128i back = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'));

    return _mm_movemask_epi8(
               _mm_or_si128(_mm_or_si128(comma, quote), _mm_or_si128(feed, back))) != 0;
}
#endif

static bool has_special(pgai_text cell)
{
    size_t at = 0;

#if defined(__SSE2__)
    for (; cell.length - at >= AT_ONCE; at += AT_ONCE) {
        if (any_special(cell.data + at))
            return true;
    }
    /* The last bytes once more, with what is before them. */
    if (at > 0)
        return any_special(cell.data + cell.length - AT_ONCE);
#endif
    for (; at < cell.length; at++) {
        if (is_special(cell.data[at]))
            return true;
    }
    return false;
}

/* Returns the end of what it writes, with each quote doubled. */
static char *put_doubled(char *out, pgai_text cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '"')
            *out++ = '"';
        *out++ = cell.data[i];
    }
    return out;
}

static bool is_formula(pgai_text text)
{
    static const char first[] = "=+-@\t\r\n";

    return text.length > 0 && memchr(first, text.data[0], sizeof(first) - 1);
}

void pgaii_csv_add(pgaii_buffer *out, pgai_text cell, bool first, bool escape_formulas)
{
    bool quoted = has_special(cell);
    char *at;

    /* A comma, two quotes, one before a formula, and all bytes twice. */
    if (!pgaii_buffer_reserve(out, out->length + 2 * cell.length + 4))
        return;
    at = out->data + out->length;
    if (!first)
        *at++ = ',';
    if (quoted)
        *at++ = '"';
    if (escape_formulas && is_formula(cell))
        *at++ = '\'';
    if (quoted) {
        at = put_doubled(at, cell);
        *at++ = '"';
    } else if (cell.length > 0) {
        memcpy(at, cell.data, cell.length);
        at += cell.length;
    }
    *at = '\0';
    out->length = (size_t)(at - out->data);
}

void pgaii_csv_add_nothing(pgaii_buffer *out)
{
    pgaii_buffer_add(out, "\"\"", 2);
}

void pgaii_csv_end_row(pgaii_buffer *out)
{
    pgaii_buffer_add(out, "\r\n", 2);
}
