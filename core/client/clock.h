#ifndef PGAI_CLIENT_CLOCK_H
#define PGAI_CLIENT_CLOCK_H

#include <stdint.h>

/** Milliseconds of a clock that never goes back. */
int64_t pgaii_clock_now_ms(void);

/** A number that differs between processes and between calls; not for secrets. */
uint64_t pgaii_clock_seed(void);

#endif
