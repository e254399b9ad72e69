/* SHA-256, for names that do not tell what they were made of. */
#include "protocol/sha256.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, WORDS = 8, ROUNDS = 64, LENGTH_BYTES = 8 };

static const uint32_t initial[WORDS] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
    0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

static const uint32_t constants[ROUNDS] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4,
    0xAB1C5ED5, 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE,
    0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F,
    0x4A7484AA, 0x5CB0A9DC, 0x76F988DA, 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7,
    0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967, 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC,
    0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85, 0xA2BFE8A1, 0xA81A664B,
    0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070, 0x19A4C116,
    0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7,
    0xC67178F2,
};

static uint32_t rotate(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

static void schedule(const unsigned char *block, uint32_t words[ROUNDS])
{
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < ROUNDS; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];

        words[i] = words[i - 16] + words[i - 7] +
                   (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
                   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void add_block(uint32_t hash[WORDS], const unsigned char *block)
{
    uint32_t words[ROUNDS];
    uint32_t s[WORDS];

    schedule(block, words);
    memcpy(s, hash, sizeof(s));
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t first = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                         ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + words[i];
        uint32_t second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, (WORDS - 1) * sizeof(*s));
        s[4] += first;
        s[0] = first + second;
    }
    for (size_t i = 0; i < WORDS; i++)
        hash[i] += s[i];
}

/* What is left of the data, a bit, and the length in bits: one block or two. */
static void add_end(uint32_t hash[WORDS], const unsigned char *rest, size_t length)
{
    unsigned char end[2 * BLOCK] = {0};
    size_t left = length % BLOCK;
    size_t size = left + 1 + LENGTH_BYTES <= BLOCK ? BLOCK : 2 * BLOCK;
    uint64_t bits = 8 * (uint64_t)length;

    memcpy(end, rest, left);
    end[left] = 0x80;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        end[size - 1 - i] = (unsigned char)(bits >> 8 * i);
    for (size_t at = 0; at < size; at += BLOCK)
        add_block(hash, end + at);
}

void pgaii_sha256(const void *data, size_t length, unsigned char out[PGAII_SHA256_BYTES])
{
    const unsigned char *bytes = data;
    uint32_t hash[WORDS];
    size_t whole = length - length % BLOCK;

    memcpy(hash, initial, sizeof(hash));
    for (size_t at = 0; at < whole; at += BLOCK)
        add_block(hash, bytes + at);
    add_end(hash, bytes + whole, length);
    for (size_t i = 0; i < PGAII_SHA256_BYTES; i++)
        out[i] = (unsigned char)(hash[i / 4] >> (24 - 8 * (i % 4)));
}
