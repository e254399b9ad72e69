#ifndef PGAI_SANDBOX_ORDER_H
#define PGAI_SANDBOX_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Numbers that follow each other. */
typedef struct pgaii_run {
    int64_t first;
    int64_t count;
} pgaii_run;

/** The order in which contacts are listed: their numbers, as runs. A list that nobody
 * changed is one run, whatever its length. Each operation takes time by the runs. */
typedef struct pgaii_order {
    pgaii_run *runs;
    size_t count;
    size_t capacity;
    int64_t length; /**< numbers in all */
} pgaii_order;

/** Begin with the numbers from 0 to @p length - 1; false when there is no memory. */
bool pgaii_order_init(pgaii_order *order, int64_t length);

/** Begin anew, which needs no memory. */
void pgaii_order_reset(pgaii_order *order, int64_t length);

/** The number at a place, which is from 0 to below the length. */
int64_t pgaii_order_at(const pgaii_order *order, int64_t place);

/** The place of a number; -1 when it is not there. */
int64_t pgaii_order_find(const pgaii_order *order, int64_t number);

/** Put a number at a place, from 0 to the length; false when there is no memory. */
bool pgaii_order_insert(pgaii_order *order, int64_t place, int64_t number);

/** Take away the number at a place; false when there is no memory. */
bool pgaii_order_remove(pgaii_order *order, int64_t place);

/** Put the number at a place to another, counted without it; false when there is no
 * memory, and nothing has changed. */
bool pgaii_order_move(pgaii_order *order, int64_t from, int64_t to);

/** Free what it holds. */
void pgaii_order_clear(pgaii_order *order);

#endif
