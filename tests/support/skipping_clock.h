#ifndef PGAI_TESTS_SUPPORT_SKIPPING_CLOCK_H
#define PGAI_TESTS_SUPPORT_SKIPPING_CLOCK_H

#include <stdint.h>

/** @file
 * A clock that skips over waits, so that tests of retries do not take as long as those.
 *
 * It replaces pgaii_clock_now_ms() and pgaii_drive_poll() in programs linked with
 * pgai_skip_waits(): a wait is over at once, and the clock stands at its end.
 */

/** How many milliseconds were skipped since the program began. */
int64_t skipped_ms(void);

#endif
