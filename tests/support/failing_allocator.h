#ifndef PGAI_TESTS_SUPPORT_FAILING_ALLOCATOR_H
#define PGAI_TESTS_SUPPORT_FAILING_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/** @file
 * Memory that runs out on purpose, for this library, libcurl and jansson alike.
 *
 * Allocations of the thread that arms it are counted; other threads go on as ever. For
 * programs linked with pgai_fail_allocations().
 */

/** Put libcurl and jansson under the allocator; before anything else is done. */
void failing_allocator_install(void);

/** Let allocation number @p nth of this thread fail, from 1.
 *
 * @param for_good Let all after it fail as well.
 */
void failing_allocator_arm(size_t nth, bool for_good);

/** Let all succeed again. @return whether one failed since it was armed. */
bool failing_allocator_disarm(void);

/** Blocks that this thread allocated and nobody freed, since the program began. */
long failing_allocator_live(void);

#endif
