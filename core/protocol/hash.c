/* Hashes of ids: one that stays the same for ever, and one that nobody can foresee. */
#include "protocol/hash.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

/* Multiplying by an odd constant loses nothing, and folding the high half down brings
 * each bit of the input to where the next multiplication, or the caller's mask, sees it.
 */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ le64toh(word)) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* The last word may overlap the one before: that costs less than reading a short one. */
uint64_t pgaii_hash(pgai_text text)
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

typedef struct sip {
    uint64_t a, b, c, d;
} sip;

static inline uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void turn(sip *state)
{
    state->a += state->b;
    state->b = rotate(state->b, 13) ^ state->a;
    state->a = rotate(state->a, 32);
    state->c += state->d;
    state->d = rotate(state->d, 16) ^ state->c;
    state->a += state->d;
    state->d = rotate(state->d, 21) ^ state->a;
    state->c += state->b;
    state->b = rotate(state->b, 17) ^ state->c;
    state->c = rotate(state->c, 32);
}

static inline void take(sip *state, uint64_t word)
{
    state->d ^= word;
    turn(state);
    state->a ^= word;
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF", with 1 and 3 rounds, which
 * is what Python and Rust hash their tables' texts with. */
uint64_t pgaii_hash_keyed(const pgaii_hash_key *key, pgai_text text)
{
    sip state = {key->words[0] ^ 0x736F6D6570736575u, key->words[1] ^ 0x646F72616E646F6Du,
                 key->words[0] ^ 0x6C7967656E657261u,
                 key->words[1] ^ 0x7465646279746573u};
    uint64_t last = (uint64_t)text.length << 56;
    uint64_t word = 0;
    size_t left = text.length;
    uint64_t hash;

    for (; left >= sizeof(word); left -= sizeof(word)) {
        memcpy(&word, text.data + text.length - left, sizeof(word));
        take(&state, le64toh(word));
    }
    word = 0;
    if (left > 0)
        memcpy(&word, text.data + text.length - left, left);
    take(&state, last | le64toh(word));
    state.c ^= 0xFF;
    for (int i = 0; i < 3; i++)
        turn(&state);
    hash = state.a ^ state.b ^ state.c ^ state.d;
    return hash ? hash : 1;
}
