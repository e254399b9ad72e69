/* Numbers that are the same for the same seed: splitmix64, and back. */
#include "sandbox/random.h"

#define STEP 0x9E3779B97F4A7C15u
#define FACTOR_1 0xBF58476D1CE4E5B9u
#define FACTOR_2 0x94D049BB133111EBu
/* The inverses of the factors modulo 2^64. */
#define INVERSE_1 0x96DE1B173F119089u
#define INVERSE_2 0x319642B2D24D8EC3u

uint64_t pgaii_random_mix(uint64_t value)
{
    value = (value ^ value >> 30) * FACTOR_1;
    value = (value ^ value >> 27) * FACTOR_2;
    return value ^ value >> 31;
}

uint64_t pgaii_random_unmix(uint64_t mixed)
{
    mixed = (mixed ^ mixed >> 31 ^ mixed >> 62) * INVERSE_2;
    mixed = (mixed ^ mixed >> 27 ^ mixed >> 54) * INVERSE_1;
    return mixed ^ mixed >> 30 ^ mixed >> 60;
}

uint64_t pgaii_random_next(uint64_t *state)
{
    *state += STEP;
    return pgaii_random_mix(*state);
}

uint64_t pgaii_random_below(uint64_t *state, uint64_t bound)
{
    return pgaii_random_next(state) % bound;
}
