#include "support/ratio.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_ROUNDS = 1000, MOST_ENTRIES = 8 };

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;

    return (first > second) - (first < second);
}

void ratio_print(const char *title, const char *unit, double units,
                 const ratio_entry *entries, int count, int rounds)
{
    static double seconds[MOST_ENTRIES][MOST_ROUNDS];
    double base = 0;

    if (count > MOST_ENTRIES || rounds > MOST_ROUNDS)
        abort();
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            double start = cpu_seconds();

            entries[i].run(entries[i].data);
            seconds[i][round] = cpu_seconds() - start;
        }
    }
    printf("%s\n", title);
    for (int i = 0; i < count; i++) {
        double median;

        qsort(seconds[i], (size_t)rounds, sizeof(double), compare);
        median = seconds[i][rounds / 2];
        base = i == 0 ? median : base;
        printf("  %-44s %12.0f ns/%s %8.4f\n", entries[i].name, median * 1e9 / units,
               unit, median / base);
    }
}
