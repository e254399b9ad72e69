#ifndef PGAI_TESTS_SUPPORT_FAILING_LIBRARY_H
#define PGAI_TESTS_SUPPORT_FAILING_LIBRARY_H

/** @file
 * Memory that runs out on purpose in a whole process, whatever is loaded into it: for a
 * program that is linked with the library, or one that has it in LD_PRELOAD.
 *
 * malloc(), calloc() and realloc() of the thread that arms it are counted; those of other
 * threads go on as ever. Not under AddressSanitizer, whose functions come first.
 */

/** Let allocations of this thread fail.
 *
 * @param after  How many succeed before.
 * @param count  How many fail, one after the other; below 0: all from then on.
 */
void failing_arm(long after, long count);

/** Let all succeed again. @return 1 if one failed since it was armed, else 0. */
int failing_disarm(void);

#endif
