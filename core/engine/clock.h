#ifndef PGAI_ENGINE_CLOCK_H
#define PGAI_ENGINE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Milliseconds of a clock that never goes back. */
int64_t pgaii_clock_now_ms(void);

/** The time of day in so many seconds, as pthread_cond_timedwait() wants it. */
struct timespec pgaii_clock_in(int seconds);

/** A timer on the clock of pgaii_clock_now_ms(): a descriptor that is readable once it
 * fired, and until it is read. It does not block, and programs that are started later do
 * not inherit it. -1: there are no descriptors left, or there is no memory. */
int pgaii_clock_timer(void);

/** When a timer fires; a time that is over: now; INT64_MAX: never. */
void pgaii_clock_timer_set(int timer, int64_t at_ms);

/** A number that differs between processes and between calls; not for secrets. */
uint64_t pgaii_clock_seed(void);

#endif
