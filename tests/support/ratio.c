/* Benchmarks as ratios: entries that run in turn, and their medians. */
#include "support/ratio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_ROUNDS = 1000, MAX_ENTRIES = 8 };

static double seconds_of_children(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static double seconds_on(ratio_clock which)
{
    struct timespec now;

    if (which == RATIO_CHILDREN)
        return seconds_of_children();
    clock_gettime(which == RATIO_CPU ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;

    return (first > second) - (first < second);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(*values), compare);
    return values[count / 2];
}

/* Half of the rounds had a ratio to the first entry between these two. */
static void print_spread(const double *values, const double *first, int count)
{
    double ratios[MAX_ROUNDS];

    for (int i = 0; i < count; i++)
        ratios[i] = values[i] / first[i];
    median(ratios, count);
    printf(" %7.3f-%.3f\n", ratios[count / 4], ratios[count - 1 - count / 4]);
}

void ratio_print(const ratio_table *table, const ratio_entry *entries, int count)
{
    static double seconds[MAX_ENTRIES][MAX_ROUNDS];
    static double sorted[MAX_ROUNDS];
    double base = 0;

    if (count > MAX_ENTRIES || table->rounds > MAX_ROUNDS)
        abort();
    for (int round = 0; round < table->rounds; round++) {
        for (int i = 0; i < count; i++) {
            double start = seconds_on(table->clock);

            entries[i].run(entries[i].data);
            seconds[i][round] = seconds_on(table->clock) - start;
        }
    }
    printf("%s\n", table->title);
    for (int i = 0; i < count; i++) {
        double middle;

        memcpy(sorted, seconds[i], sizeof(sorted));
        middle = median(sorted, table->rounds);
        base = i == 0 ? middle : base;
        printf("  %-44s %9.0f ns/%s %7.3f", entries[i].name, middle * 1e9 / table->units,
               table->unit, middle / base);
        print_spread(seconds[i], seconds[0], table->rounds);
    }
}
