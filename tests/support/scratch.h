#ifndef PGAI_TESTS_SUPPORT_SCRATCH_H
#define PGAI_TESTS_SUPPORT_SCRATCH_H

#include <stddef.h>

/** @file
 * Folders for tests, which are removed when the program ends, however it ends: a test
 * that fails leaves its function at once, and one that takes too long is killed.
 */

enum { SCRATCH_PATH_SIZE = 64 };

/** Make an empty folder in /tmp. It ends the program when it cannot.
 *
 * @param[out] path The folder's, of SCRATCH_PATH_SIZE bytes.
 */
void scratch_folder(char *path);

#endif
