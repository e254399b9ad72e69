#ifndef PGAI_TESTS_SUPPORT_RATIO_H
#define PGAI_TESTS_SUPPORT_RATIO_H

/** @file
 * Benchmarks as ratios. Machines are noisy, but a minute that is slow is so for all:
 * entries run in turn, and what is compared are medians of one run.
 */

/** Does the work of an entry once. */
typedef void (*ratio_run)(void *data);

typedef struct ratio_entry {
    const char *name;
    ratio_run run;
    void *data;
} ratio_entry;

typedef enum ratio_clock {
    RATIO_CPU,      /* of the thread that runs the entries: what a client costs */
    RATIO_CHILDREN, /* of child processes that the entries waited for */
    RATIO_WALL      /* for servers, whose time is not that of the thread */
} ratio_clock;

/** Run the entries in turn, @p rounds times, and print a row each: the median time of one
 * of @p units, its ratio to that of the first entry, and between which two ratios to it
 * the middle half of the rounds is. */
typedef struct ratio_table {
    const char *title;
    const char *unit; /* what is counted, such as "page" */
    double units;     /* of them in one run of an entry */
    ratio_clock clock;
    int rounds;
} ratio_table;

void ratio_print(const ratio_table *table, const ratio_entry *entries, int count);

#endif
