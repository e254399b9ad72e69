#ifndef PGAI_TESTS_SUPPORT_CHILD_H
#define PGAI_TESTS_SUPPORT_CHILD_H

#include <sys/types.h>

/** @file
 * Children of tests, which end with them at the latest.
 */

/** As fork(), but the child is killed when the thread that made it is gone. */
pid_t child_fork(void);

#endif
