/* When the next request may leave, by what is known of the rate limit. */
#include "protocol/pacer.h"

#include <string.h>

#include "protocol/time.h"

/* The service documents its limit per minute. */
static const int64_t WINDOW_MS = 60000;

/* A process that shared its state and died leaves requests that nobody reports. They
 * count in the period in which they were sent and in the next one. Then a window has
 * passed, in which the service gave back what they took. */
static const int64_t PERIOD_MS = 60000;

/* Server times are whole seconds on both sides of a subtraction. */
static const int64_t GUARD_MS = 1000;

/* Who waits for the response to another request asks again after this time. */
static const int64_t LOOK_AGAIN_MS = 100;

/* If a key is also in use elsewhere: this many requests are left to the others, for this
 * long.
 */
enum { RESERVE = 3, RESERVE_WINDOWS = 5 };

/* Even spacing starts when callers waited most of the time and still got less than this
 * share of the limit over so many windows: then the limiter punishes bursts, as sliding
 * counters do. */
enum { OBSERVED_WINDOWS = 3, LEAST_SHARE_PERCENT = 62 };

/* The ring reaches back far enough to compute that share. */
enum { REMEMBERED_LIMITS = 2 };

/* Or at once, when between two moments at which nothing was left, less than this came
 * back. */
enum { LEAST_REFILL_PERCENT = 80 };

/* Sliding logs run out too, but only for moments: their oldest request soon leaves. */
static const int64_t LONG_RESET_MS = 6000;

/* A request that did not have to wait, this long after the last one, begins a new period
 * of demand. */
static const int64_t IDLE_MS = 10000;

/* Spaced requests stay this much below the limit, so that rounding does not reach it. A
 * part of the limit stays below by its part of that, but by one request at least: even
 * spacing brings up to one request more than its rate into any span. */
static const double SPACING_MARGIN = 3;
static const double LEAST_SPACING_MARGIN = 1;

/* A third of 60 is 20, however a double rounds it. */
static const double ROUNDING = 1e-6;

void pgaii_pacer_init(pgaii_pacer *pacer)
{
    memset(pacer, 0, sizeof(*pacer));
    pacer->share = 1;
    pacer->remaining = -1;
    pacer->last_sent = -1;
    pacer->waiting_since = -1;
    pacer->since_exhausted = -1;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_part(const pgaii_pacer *pacer)
{
    return pacer->share < 1;
}

/* How many of the limit are ours: at least one, or nothing would ever be sent. */
static int64_t allowance(const pgaii_pacer *pacer)
{
    int64_t ours;

    if (!is_part(pacer))
        return pacer->limit;
    ours = (int64_t)((double)pacer->limit * pacer->share + ROUNDING);
    return ours > 1 ? ours : 1;
}

static int64_t slot_size(const pgaii_pacer *pacer)
{
    int64_t remembered = REMEMBERED_LIMITS * allowance(pacer);

    return remembered > PGAII_PACER_SLOTS
               ? (remembered + PGAII_PACER_SLOTS - 1) / PGAII_PACER_SLOTS
               : 1;
}

static int64_t *slot(pgaii_pacer *pacer, size_t index)
{
    return &pacer->receipts[(pacer->first + index) % PGAII_PACER_SLOTS];
}

/* Never before the newest one: clocks of threads and processes that share a pacer are
 * read before its lock is taken. */
static void add_receipt(pgaii_pacer *pacer, int64_t now)
{
    int64_t at = pacer->used > 0 ? later(now, *slot(pacer, pacer->used - 1)) : now;

    if (pacer->used > 0 && pacer->newest_count < slot_size(pacer)) {
        pacer->newest_count++;
    } else {
        if (pacer->used == PGAII_PACER_SLOTS)
            pacer->first = (pacer->first + 1) % PGAII_PACER_SLOTS;
        else
            pacer->used++;
        pacer->newest_count = 1;
    }
    *slot(pacer, pacer->used - 1) = at;
}

static int64_t periods_between(int64_t earlier, int64_t later)
{
    return later / PERIOD_MS - earlier / PERIOD_MS;
}

static int64_t in_flight(const pgaii_pacer *pacer, int64_t now)
{
    int64_t passed = periods_between(pacer->last_sent, now);

    if (passed <= 0)
        return pacer->in_flight + pacer->in_flight_before;
    return passed == 1 ? pacer->in_flight : 0;
}

/* Rule (a): when a whole window has passed since the receipt of the request that is the
 * allowance back. As the service counted that one no later than its response was
 * received, no span of one window at the service then holds more than that of ours: a
 * proof that compares no clocks. @p before: how many others leave before it; those count
 * as in flight. */
static int64_t window_ready_at(const pgaii_pacer *pacer, int64_t now, int64_t before)
{
    int64_t room = allowance(pacer) - in_flight(pacer, now) - before;
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

/* Rule (b): what is left, as the service last said, minus what is in flight. Behind the
 * reset it is not known, until the response of one request tells. */
static int64_t remaining_ready_at(const pgaii_pacer *pacer, int64_t now, int64_t before)
{
    int64_t left = pacer->remaining - in_flight(pacer, now) - before;

    if (pacer->remaining < 0 || left > reserve(pacer, now))
        return now;
    if (now < pacer->reset_at + GUARD_MS)
        return pacer->reset_at + GUARD_MS;
    return in_flight(pacer, now) > 0 ? now + LOOK_AGAIN_MS : now;
}

/* How many spaced requests leave in a window. */
static double spaced_rate(const pgaii_pacer *pacer)
{
    double margin = SPACING_MARGIN * pacer->share;

    return (double)pacer->limit * pacer->share -
           (margin > LEAST_SPACING_MARGIN ? margin : LEAST_SPACING_MARGIN);
}

/* Who has a part of the limit does not know what others have in flight, nor what they did
 * before a burst of ours. Even spacing needs no such knowledge, with any limiter. */
static int64_t spacing_ready_at(const pgaii_pacer *pacer, int64_t now, int64_t count)
{
    double rate = spaced_rate(pacer);

    if (!(pacer->spaced || is_part(pacer)) || pacer->last_sent < 0 || rate < 1 - ROUNDING)
        return now;
    return pgaii_add(pacer->last_sent,
                     pgaii_times(count, (int64_t)((double)WINDOW_MS / rate) + 1));
}

/* Before the limit is known, a part of it is not known either: the first request goes
 * alone, to ask for it. */
static int64_t unlimited_ready_at(const pgaii_pacer *pacer, int64_t now)
{
    bool asking = is_part(pacer) && pacer->used == 0 && in_flight(pacer, now) > 0;

    return asking ? now + LOOK_AGAIN_MS : now;
}

/* What may leave at one time may do so again a window later. */
int64_t pgaii_pacer_peek_last(const pgaii_pacer *pacer, int64_t now, int64_t count)
{
    int64_t ready = later(now, pacer->hold_until);
    int64_t before;

    if (pacer->limit <= 0)
        return later(ready, unlimited_ready_at(pacer, now));
    before = (count - 1) % allowance(pacer);
    ready = later(ready, window_ready_at(pacer, now, before));
    ready = later(ready, remaining_ready_at(pacer, now, before));
    ready = pgaii_add(ready, pgaii_times((count - 1) / allowance(pacer), WINDOW_MS));
    return later(ready, spacing_ready_at(pacer, now, count));
}

int64_t pgaii_pacer_peek(const pgaii_pacer *pacer, int64_t now)
{
    return pgaii_pacer_peek_last(pacer, now, 1);
}

int64_t pgaii_pacer_ready_at(pgaii_pacer *pacer, int64_t now)
{
    int64_t ready = pgaii_pacer_peek(pacer, now);

    if (ready > now && pacer->waiting_since < 0)
        pacer->waiting_since = now;
    return ready;
}

static int64_t received_since(const pgaii_pacer *pacer, int64_t since)
{
    int64_t count = 0;

    for (size_t i = pacer->used; i > 0; i--) {
        if (pacer->receipts[(pacer->first + i - 1) % PGAII_PACER_SLOTS] < since)
            break;
        count += i == pacer->used ? pacer->newest_count : slot_size(pacer);
    }
    return count;
}

static bool got_too_few(const pgaii_pacer *pacer, int64_t since)
{
    return 100 * received_since(pacer, since) <
           LEAST_SHARE_PERCENT * OBSERVED_WINDOWS * pacer->limit;
}

static void judge_spacing(pgaii_pacer *pacer, int64_t now)
{
    int64_t span = now - pacer->demand_since;
    int64_t observed = OBSERVED_WINDOWS * WINDOW_MS;

    if (span >= observed)
        pacer->spaced = 2 * pacer->demand_waited >= span &&
                        (pacer->spaced || got_too_few(pacer, now - observed));
}

void pgaii_pacer_sent(pgaii_pacer *pacer, int64_t now)
{
    bool waited = pacer->waiting_since >= 0;

    if (waited) {
        pacer->demand_waited += now - pacer->waiting_since;
        pacer->waiting_since = -1;
    }
    if (pacer->last_sent < 0 || (!waited && now - pacer->last_sent > IDLE_MS)) {
        pacer->demand_since = now;
        pacer->demand_waited = 0;
        pacer->since_exhausted = -1;
        pacer->spaced = false;
    }
    judge_spacing(pacer, now);
    pacer->fresh = pacer->fresh || in_flight(pacer, now) == 0;
    if (periods_between(pacer->last_sent, now) > 0) {
        pacer->in_flight_before = in_flight(pacer, now);
        pacer->in_flight = 0;
    }
    pacer->in_flight++;
    pacer->last_sent = now;
}

/* Where a request counts that was sent then; NULL: it is not counted any more. */
static int64_t *counter_of(pgaii_pacer *pacer, int64_t sent_at)
{
    int64_t passed = periods_between(sent_at, pacer->last_sent);

    if (passed <= 0)
        return &pacer->in_flight;
    return passed == 1 ? &pacer->in_flight_before : NULL;
}

static void settle(pgaii_pacer *pacer, int64_t sent_at, int64_t now, bool counted)
{
    int64_t *counter = counter_of(pacer, sent_at);

    if (counter && *counter > 0)
        --*counter;
    if (!counted)
        return;
    add_receipt(pacer, now);
    if (pacer->since_exhausted >= 0)
        pacer->since_exhausted++;
}

/* Nothing is left and the window has long to go: a limiter that gives its requests back
 * at the end of a window lets at least most of it through between two such moments. One
 * that counts the last window in does not, and there bursts get half of what even spacing
 * gets. */
static void judge_exhaustion(pgaii_pacer *pacer, int64_t remaining, int64_t reset_ms)
{
    if (remaining > 0 || reset_ms < LONG_RESET_MS)
        return;
    if (pacer->since_exhausted >= 0 &&
        100 * pacer->since_exhausted < LEAST_REFILL_PERCENT * pacer->limit)
        pacer->spaced = true;
    pacer->since_exhausted = 0;
}

/* Responses of requests that were in flight together may overtake each other, so of those
 * the smallest number counts. */
static void learn_remaining(pgaii_pacer *pacer, int64_t now, const pgaii_headers *headers)
{
    int64_t reset = headers->reset_ms >= 0 ? headers->reset_ms : WINDOW_MS;
    bool known = pacer->remaining >= 0;
    bool passed = known && now >= pacer->reset_at;

    if (headers->remaining < 0) {
        if (pacer->remaining > 0)
            pacer->remaining--;
        return;
    }
    judge_exhaustion(pacer, headers->remaining, reset);
    if (pacer->fresh || !known || passed || headers->remaining < pacer->remaining)
        pacer->remaining = headers->remaining;
    pacer->fresh = false;
    pacer->reset_at = now + (reset < 2 * WINDOW_MS ? reset : 2 * WINDOW_MS);
}

void pgaii_pacer_answered(pgaii_pacer *pacer, int64_t sent_at, int64_t now,
                          const pgaii_headers *headers, int64_t hold_ms)
{
    bool expected = pacer->limit <= 0;

    settle(pacer, sent_at, now, true);
    if (headers->limit > 0)
        pacer->limit = headers->limit;
    learn_remaining(pacer, now, headers);
    if (hold_ms < 0)
        return;
    /* Two windows at most: one odd Retry-After must not stop a key forever. */
    pacer->hold_until = later(pacer->hold_until,
                              now + (hold_ms < 2 * WINDOW_MS ? hold_ms : 2 * WINDOW_MS));
    if (!expected)
        pacer->reserve_until = now + RESERVE_WINDOWS * WINDOW_MS;
}

void pgaii_pacer_failed(pgaii_pacer *pacer, int64_t sent_at, int64_t now, bool counted)
{
    settle(pacer, sent_at, now, counted);
    if (counted && pacer->remaining > 0)
        pacer->remaining--;
}
