#ifndef PGAI_TESTS_SUPPORT_DESCRIPTORS_H
#define PGAI_TESTS_SUPPORT_DESCRIPTORS_H

#include <sys/resource.h>

/** @file
 * A process that runs out of file descriptors.
 */

/** From now on this process can open so many more descriptors; negative: none, even if it
 * closes some.
 *
 * @return its usual limit, for descriptors_restore(). */
struct rlimit descriptors_leave(int more);

/** Let it have as many as before. */
void descriptors_restore(struct rlimit usual);

#endif
