#ifndef PGAI_TESTS_SUPPORT_RATIO_H
#define PGAI_TESTS_SUPPORT_RATIO_H

/** A contestant of a benchmark: does its work once. */
typedef void (*ratio_run)(void *data);

typedef struct ratio_entry {
    const char *name;
    ratio_run run;
    void *data;
} ratio_entry;

/** Run the entries in turn, @p rounds times, and print a row each: the median of its CPU
 * time in the thread, and its ratio to the first. Rounds are interleaved, so that a
 * machine that is busy for a while is so for all; hence ratios of one run can be
 * compared, times cannot. */
void ratio_print(const char *title, const char *unit, double units,
                 const ratio_entry *entries, int count, int rounds);

#endif
