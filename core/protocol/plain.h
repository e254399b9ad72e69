#ifndef PGAI_PROTOCOL_PLAIN_H
#define PGAI_PROTOCOL_PLAIN_H

#include <stdbool.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/** Whether a byte means itself in a JSON string. */
static inline bool pgaii_is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

#if defined(__SSE2__)
/** A bit for each of 16 bytes: those that are not plain. Flipping a bit puts the quote
 * beside the control characters, and no other byte between them. */
static inline unsigned pgaii_special_bits(__m128i bytes)
{
    __m128i flipped = _mm_xor_si128(bytes, _mm_set1_epi8(0x02));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(flipped, _mm_set1_epi8(0x20)), flipped);
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, backslash));
}
#endif

/** Skip the plain bytes from @p at on, at most to @p end. @p high becomes other than 0 if
 * one of them is not ASCII.
 *
 * Most bytes of a response are skipped here, 32 at a time if the machine can: that is
 * longer than most strings, so that the end of the loop can be predicted. It is inline,
 * since strings are short.
 */
static inline const unsigned char *
pgaii_skip_plain(const unsigned char *at, const unsigned char *end, unsigned *high)
{
#if defined(__SSE2__)
    for (; end - at >= 32; at += 32) {
        __m128i first = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
        unsigned special = pgaii_special_bits(first) | pgaii_special_bits(second) << 16;
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
    for (; at < end && pgaii_is_plain(*at); at++)
        *high |= *at & 0x80u;
    return at;
}

#endif
