#ifndef PGAI_SANDBOX_RANDOM_H
#define PGAI_SANDBOX_RANDOM_H

#include <stdint.h>

/** @file
 * Numbers that are the same for the same seed, on every machine: splitmix64.
 */

/** A reversible function on 64-bit numbers whose results look unrelated to the arguments.
 */
uint64_t pgaii_random_mix(uint64_t value);

/** The argument for which pgaii_random_mix() returns @p mixed. */
uint64_t pgaii_random_unmix(uint64_t mixed);

/** The next number of a sequence; @p state begins as the seed. */
uint64_t pgaii_random_next(uint64_t *state);

/** The next number of a sequence, below @p bound, which is not 0. The bias is at most
 * bound / 2^64. */
uint64_t pgaii_random_below(uint64_t *state, uint64_t bound);

#endif
