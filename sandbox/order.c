/* The order in which contacts are listed, as runs of numbers. */
#include "sandbox/order.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"

/* One change splits a run and adds one; a move splits two and adds one. */
enum { FIRST_CAPACITY = 16, RUNS_A_CHANGE = 2, RUNS_A_MOVE = 3 };

static bool make_room(pgaii_order *order, size_t runs)
{
    return pgaii_grow((void **)&order->runs, &order->capacity, order->count + runs,
                      sizeof(*order->runs), FIRST_CAPACITY);
}

bool pgaii_order_init(pgaii_order *order, int64_t length)
{
    memset(order, 0, sizeof(*order));
    if (!make_room(order, 1))
        return false;
    pgaii_order_reset(order, length);
    return true;
}

void pgaii_order_reset(pgaii_order *order, int64_t length)
{
    order->count = length > 0;
    order->length = length;
    order->runs[0] = (pgaii_run){0, length};
}

int64_t pgaii_order_at(const pgaii_order *order, int64_t place)
{
    const pgaii_run *run = order->runs;

    for (; place >= run->count; run++)
        place -= run->count;
    return run->first + place;
}

int64_t pgaii_order_find(const pgaii_order *order, int64_t number)
{
    int64_t place = 0;

    for (size_t i = 0; i < order->count; i++) {
        const pgaii_run *run = &order->runs[i];

        if (number >= run->first && number - run->first < run->count)
            return place + number - run->first;
        place += run->count;
    }
    return -1;
}

static void add_run(pgaii_order *order, size_t at, pgaii_run run)
{
    memmove(&order->runs[at + 1], &order->runs[at],
            (order->count - at) * sizeof(*order->runs));
    order->runs[at] = run;
    order->count++;
}

/* The run that begins at a place, split off where none does. */
static size_t split(pgaii_order *order, int64_t place)
{
    pgaii_run *run;
    size_t at = 0;

    for (; at < order->count && place >= order->runs[at].count; at++)
        place -= order->runs[at].count;
    if (place == 0)
        return at;
    run = &order->runs[at];
    add_run(order, at + 1, (pgaii_run){run->first + place, run->count - place});
    order->runs[at].count = place;
    return at + 1;
}

bool pgaii_order_insert(pgaii_order *order, int64_t place, int64_t number)
{
    size_t at;
    pgaii_run *before;

    if (!make_room(order, RUNS_A_CHANGE))
        return false;
    at = split(order, place);
    before = at > 0 ? &order->runs[at - 1] : NULL;
    if (before && before->first + before->count == number)
        before->count++;
    else
        add_run(order, at, (pgaii_run){number, 1});
    order->length++;
    return true;
}

bool pgaii_order_remove(pgaii_order *order, int64_t place)
{
    pgaii_run *run;
    size_t at;

    if (!make_room(order, RUNS_A_CHANGE))
        return false;
    at = split(order, place);
    run = &order->runs[at];
    run->first++;
    run->count--;
    if (run->count == 0) {
        order->count--;
        memmove(run, run + 1, (order->count - at) * sizeof(*run));
    }
    order->length--;
    return true;
}

bool pgaii_order_move(pgaii_order *order, int64_t from, int64_t to)
{
    int64_t number = pgaii_order_at(order, from);

    return make_room(order, RUNS_A_MOVE) && pgaii_order_remove(order, from) &&
           pgaii_order_insert(order, to, number);
}

void pgaii_order_clear(pgaii_order *order)
{
    free(order->runs);
}
