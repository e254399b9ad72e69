#ifndef PGAI_TESTS_SUPPORT_CHILD_H
#define PGAI_TESTS_SUPPORT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/** @file
 * Children of tests, which end with them at the latest.
 */

/** As fork(), but the child is killed when the thread that made it is gone. */
pid_t child_fork(void);

/** Do something in a child, and wait until it is over. Nothing of the parent's is cleaned
 * up there. @return what @p work returned; false as well: there is no child, or it died.
 */
bool child_does(bool (*work)(void));

#endif
