#ifndef PGAI_PROTOCOL_HASH_H
#define PGAI_PROTOCOL_HASH_H

#include <stdint.h>

#include <pgai/text.h>

/** A hash of 64 bits, never 0, the same on every machine: cursors hold it. Whoever knows
 * the texts can make two that agree, so nothing that the service could want to mix up may
 * depend on it alone. */
uint64_t pgaii_hash(pgai_text text);

/** A key that nobody else knows. */
typedef struct pgaii_hash_key {
    uint64_t words[2];
} pgaii_hash_key;

/** A hash of 64 bits for tables, never 0. Without the key nobody can make texts whose
 * hashes agree (SipHash-1-3). */
uint64_t pgaii_hash_keyed(const pgaii_hash_key *key, pgai_text text);

#endif
