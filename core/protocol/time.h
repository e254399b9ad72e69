#ifndef PGAI_PROTOCOL_TIME_H
#define PGAI_PROTOCOL_TIME_H

#include <stdint.h>

/** @file
 * Arithmetic on times and counts that came from outside: it never overflows.
 */

/** The latest time that a clock in milliseconds can show, about 285,000 years; far enough
 * from the end of 64 bits that what is added to a time cannot reach it. */
#define PGAII_LATEST_TIME (INT64_C(1) << 53)

/** A time of a caller's clock; beyond what a clock can show, the nearest it can. */
static inline int64_t pgaii_time(int64_t ms)
{
    return ms < 0 ? 0 : ms > PGAII_LATEST_TIME ? PGAII_LATEST_TIME : ms;
}

/** The sum of two numbers, the first not negative; INT64_MAX where that is beyond. */
static inline int64_t pgaii_add(int64_t at, int64_t span)
{
    return span > INT64_MAX - at ? INT64_MAX : at + span;
}

/** So many times a span, neither of which is negative; INT64_MAX where that is beyond. */
static inline int64_t pgaii_times(int64_t count, int64_t span)
{
    return span > 0 && count > INT64_MAX / span ? INT64_MAX : count * span;
}

#endif
