#ifndef PGAI_TESTS_BENCH_CHILD_H
#define PGAI_TESTS_BENCH_CHILD_H

/** Run a program and wait for it; ends this one when that fails.
 *
 * @param arguments Its path, or name on $PATH, and what follows; ends in NULL.
 * @return KiB of memory at its peak.
 */
long child_run(const char *const *arguments);

#endif
