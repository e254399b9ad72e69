#include "protocol/pacer.h"

#include <string.h>

/* The service documents its limit per minute. */
static const int64_t WINDOW_MS = 60000;

/* Server times are whole seconds on both sides of a subtraction. */
static const int64_t GUARD_MS = 1000;

/* A key in use elsewhere too: this many requests are left to the others, for this long.
 */
enum { RESERVE = 3, RESERVE_WINDOWS = 5 };

/* Even spacing starts when callers waited for most of a block and still got less than
 * this share of the limit: then the limiter punishes bursts, as sliding counters do. */
enum { BLOCK_WINDOWS = 3, LEAST_SHARE_PERCENT = 62 };

/* Spaced requests stay this much below the limit, so that rounding does not meet it. */
enum { SPACING_MARGIN = 2 };

void pgaii_pacer_init(pgaii_pacer *pacer)
{
    memset(pacer, 0, sizeof(*pacer));
    pacer->remaining = -1;
    pacer->last_sent = -1;
    pacer->waiting_since = -1;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t slot_size(const pgaii_pacer *pacer)
{
    return pacer->limit > PGAII_PACER_SLOTS
               ? (pacer->limit + PGAII_PACER_SLOTS - 1) / PGAII_PACER_SLOTS
               : 1;
}

static int64_t *slot(pgaii_pacer *pacer, size_t index)
{
    return &pacer->receipts[(pacer->first + index) % PGAII_PACER_SLOTS];
}

static void add_receipt(pgaii_pacer *pacer, int64_t now)
{
    if (pacer->used > 0 && pacer->newest_count < slot_size(pacer)) {
        pacer->newest_count++;
    } else {
        if (pacer->used == PGAII_PACER_SLOTS)
            pacer->first = (pacer->first + 1) % PGAII_PACER_SLOTS;
        else
            pacer->used++;
        pacer->newest_count = 1;
    }
    *slot(pacer, pacer->used - 1) = now;
}

/* Rule (a): when a whole window lies behind the receipt of the request that is `limit`
 * back. As the service counted that one no later than its answer was received, no span of
 * one window at the service then holds more than `limit` of ours: a proof that compares
 * no clocks. */
static int64_t window_ready_at(const pgaii_pacer *pacer, int64_t now)
{
    int64_t room = pacer->limit - pacer->in_flight;
    int64_t count = pacer->newest_count;

    if (room <= 0)
        return now + WINDOW_MS;
    for (size_t i = pacer->used; i > 0; i--) {
        size_t index = (pacer->first + i - 1) % PGAII_PACER_SLOTS;

        if (count >= room)
            return pacer->receipts[index] + WINDOW_MS;
        count += slot_size(pacer);
    }
    return now;
}

static int64_t reserve(const pgaii_pacer *pacer, int64_t now)
{
    return now < pacer->reserve_until && pacer->limit > 2 * RESERVE ? RESERVE : 0;
}

/* Rule (b): what the service last said is left, less what is on its way. */
static int64_t remaining_ready_at(const pgaii_pacer *pacer, int64_t now)
{
    if (pacer->remaining < 0 || pacer->remaining - pacer->in_flight > reserve(pacer, now))
        return now;
    return pacer->reset_at + GUARD_MS;
}

static int64_t spacing_ready_at(const pgaii_pacer *pacer, int64_t now)
{
    if (!pacer->spaced || pacer->last_sent < 0 || pacer->limit <= SPACING_MARGIN)
        return now;
    return pacer->last_sent + WINDOW_MS / (pacer->limit - SPACING_MARGIN) + 1;
}

int64_t pgaii_pacer_peek(const pgaii_pacer *pacer, int64_t now)
{
    int64_t ready = later(now, pacer->hold_until);

    if (pacer->limit <= 0)
        return ready;
    ready = later(ready, window_ready_at(pacer, now));
    ready = later(ready, remaining_ready_at(pacer, now));
    return later(ready, spacing_ready_at(pacer, now));
}

int64_t pgaii_pacer_ready_at(pgaii_pacer *pacer, int64_t now)
{
    int64_t ready = pgaii_pacer_peek(pacer, now);

    if (ready > now && pacer->waiting_since < 0)
        pacer->waiting_since = now;
    return ready;
}

static void judge_block(pgaii_pacer *pacer, int64_t now)
{
    int64_t elapsed = now - pacer->block_start;
    bool mostly_waited = 2 * pacer->block_waited >= elapsed;
    bool too_few = 100 * pacer->block_sent * WINDOW_MS <
                   LEAST_SHARE_PERCENT * pacer->limit * elapsed;

    pacer->spaced = mostly_waited && (pacer->spaced || too_few);
    pacer->block_start = now;
    pacer->block_sent = 0;
    pacer->block_waited = 0;
}

void pgaii_pacer_sent(pgaii_pacer *pacer, int64_t now)
{
    if (pacer->waiting_since >= 0)
        pacer->block_waited += now - pacer->waiting_since;
    pacer->waiting_since = -1;
    if (pacer->last_sent < 0)
        pacer->block_start = now;
    else if (now - pacer->block_start >= BLOCK_WINDOWS * WINDOW_MS)
        judge_block(pacer, now);
    pacer->block_sent++;
    pacer->last_sent = now;
    pacer->in_flight++;
}

static void settle(pgaii_pacer *pacer, int64_t now, bool counted)
{
    if (pacer->in_flight > 0)
        pacer->in_flight--;
    if (counted)
        add_receipt(pacer, now);
}

/* Answers may overtake each other: while others are on their way, the smaller number
 * holds. */
static void learn_remaining(pgaii_pacer *pacer, int64_t now, const pgaii_headers *headers)
{
    int64_t reset = headers->reset_ms >= 0 ? headers->reset_ms : WINDOW_MS;
    bool outdated = pacer->remaining < 0 || now >= pacer->reset_at;

    if (headers->remaining < 0) {
        if (pacer->remaining > 0)
            pacer->remaining--;
        return;
    }
    if (pacer->in_flight == 0 || outdated || headers->remaining < pacer->remaining)
        pacer->remaining = headers->remaining;
    pacer->reset_at = now + (reset < 2 * WINDOW_MS ? reset : 2 * WINDOW_MS);
}

void pgaii_pacer_answered(pgaii_pacer *pacer, int64_t now, const pgaii_headers *headers,
                          int64_t hold_ms)
{
    bool expected = pacer->limit <= 0;

    settle(pacer, now, true);
    if (headers->limit > 0)
        pacer->limit = headers->limit;
    learn_remaining(pacer, now, headers);
    if (hold_ms < 0)
        return;
    /* Two windows at most: one odd Retry-After must not silence a key for good. */
    pacer->hold_until = later(pacer->hold_until,
                              now + (hold_ms < 2 * WINDOW_MS ? hold_ms : 2 * WINDOW_MS));
    if (!expected)
        pacer->reserve_until = now + RESERVE_WINDOWS * WINDOW_MS;
}

void pgaii_pacer_failed(pgaii_pacer *pacer, int64_t now, bool counted)
{
    settle(pacer, now, counted);
    if (counted && pacer->remaining > 0)
        pacer->remaining--;
}
