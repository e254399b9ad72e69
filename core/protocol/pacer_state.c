/* What a pacer knows, as bytes that another process can load. */
#include <string.h>

#include "protocol/pacer.h"
#include "protocol/time.h"

/* Receipts older than two windows decide nothing; so the ages of the others fit 32 bits.
 */
static const int64_t MAX_AGE_MS = 120000;

/* The numbers of a state, in their order; all 64 bits, little-endian. */
#define NUMBERS(X)                                                                       \
    X(limit)                                                                             \
    X(remaining)                                                                         \
    X(reset_at)                                                                          \
    X(in_flight)                                                                         \
    X(in_flight_before)                                                                  \
    X(hold_until)                                                                        \
    X(reserve_until)                                                                     \
    X(newest_count)                                                                      \
    X(last_sent)                                                                         \
    X(waiting_since)                                                                     \
    X(demand_since)                                                                      \
    X(demand_waited)                                                                     \
    X(since_exhausted)

static void put(unsigned char **at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        *(*at)++ = (unsigned char)(value >> 8 * i);
}

static uint64_t get(const unsigned char **at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t) * (*at)++ << 8 * i;
    return value;
}

/* Of the receipts, the newest one as a time and the others by their age against it. */
static void put_receipts(unsigned char **at, const pgaii_pacer *pacer)
{
    size_t last =
        (pacer->first + pacer->used + PGAII_PACER_SLOTS - 1) % PGAII_PACER_SLOTS;
    int64_t newest = pacer->used ? pacer->receipts[last] : 0;
    size_t skipped = 0;

    while (skipped < pacer->used &&
           newest - pacer->receipts[(pacer->first + skipped) % PGAII_PACER_SLOTS] >
               MAX_AGE_MS)
        skipped++;
    put(at, pacer->used - skipped, 1);
    put(at, (uint64_t)newest, 8);
    for (size_t i = skipped; i < pacer->used; i++)
        put(at,
            (uint64_t)(newest - pacer->receipts[(pacer->first + i) % PGAII_PACER_SLOTS]),
            4);
}

size_t
pgaii_pacer_save(const pgaii_pacer *pacer, unsigned char out[PGAII_PACER_STATE_SIZE])
{
    unsigned char *at = out;

#define X(name) put(&at, (uint64_t)pacer->name, 8);
    NUMBERS(X)
#undef X
    put(&at, (uint64_t)pacer->spaced | (uint64_t)pacer->fresh << 1, 1);
    put_receipts(&at, pacer);
    return (size_t)(at - out);
}

static bool between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

/* A pacer waits for a time that is at most a few windows after the last response: five,
 * for the reserve. */
static const int64_t FURTHEST_AHEAD_MS = 300000;

/* -1: never. */
static bool is_time(int64_t time, int64_t latest)
{
    return between(time, -1, latest);
}

static bool is_plausible(const pgaii_pacer *pacer, int64_t newest)
{
    int64_t last = newest > pacer->last_sent ? newest : pacer->last_sent;
    int64_t latest;

    if (!is_time(newest, PGAII_LATEST_TIME) ||
        !is_time(pacer->last_sent, PGAII_LATEST_TIME))
        return false;
    latest = last + FURTHEST_AHEAD_MS;
    return is_time(pacer->waiting_since, PGAII_LATEST_TIME) &&
           is_time(pacer->demand_since, PGAII_LATEST_TIME) &&
           is_time(pacer->demand_waited, PGAII_LATEST_TIME) &&
           is_time(pacer->reset_at, latest) && is_time(pacer->hold_until, latest) &&
           is_time(pacer->reserve_until, latest) &&
           between(pacer->limit, 0, PGAII_MOST_REQUESTS) &&
           between(pacer->remaining, -1, PGAII_MOST_REQUESTS) &&
           between(pacer->in_flight, 0, PGAII_MOST_REQUESTS) &&
           between(pacer->in_flight_before, 0, PGAII_MOST_REQUESTS) &&
           between(pacer->newest_count, 0, PGAII_MOST_REQUESTS) &&
           between(pacer->since_exhausted, -1, PGAII_MOST_REQUESTS);
}

enum { FIXED_BYTES = 13 * 8 + 1 + 1 + 8 };

bool pgaii_pacer_load(pgaii_pacer *pacer, const unsigned char *state, size_t length)
{
    const unsigned char *at = state;
    pgaii_pacer read;
    uint64_t flags;
    int64_t newest;

    pgaii_pacer_init(&read);
    if (length < FIXED_BYTES)
        return false;
#define X(name) read.name = (int64_t)get(&at, 8);
    NUMBERS(X)
#undef X
    flags = get(&at, 1);
    read.spaced = flags & 1;
    read.fresh = flags & 2;
    read.used = get(&at, 1);
    newest = (int64_t)get(&at, 8);
    if (read.used > PGAII_PACER_SLOTS || length != FIXED_BYTES + 4 * read.used ||
        !is_plausible(&read, newest))
        return false;
    for (size_t i = 0; i < read.used; i++)
        read.receipts[i] = newest - (int64_t)get(&at, 4);
    read.share = pacer->share;
    *pacer = read;
    return true;
}
