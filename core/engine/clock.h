#ifndef PGAI_ENGINE_CLOCK_H
#define PGAI_ENGINE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Milliseconds of a clock that never goes back. */
int64_t pgaii_clock_now_ms(void);

/** The time of day in so many seconds, as pthread_cond_timedwait() wants it. */
struct timespec pgaii_clock_in(int seconds);

/** A number that differs between processes and between calls; not for secrets. */
uint64_t pgaii_clock_seed(void);

#endif
