/* Rate limiters as services use them, one window of a minute each. */
#include "sandbox/limiter.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = PGAII_LIMITER_WINDOW_MS };

pgaii_limiter_kind pgaii_limiter_find(const char *word)
{
    static const char *const words[] = {
#define X(upper, lower) #lower,
        PGAII_LIMITER_LIST(X)
#undef X
    };
    int kind = 0;

    while (kind < PGAII_LIMITER_KINDS && strcmp(words[kind], word) != 0)
        kind++;
    return (pgaii_limiter_kind)kind;
}

bool pgaii_limiter_init(pgaii_limiter *limiter, pgaii_limiter_kind kind, int64_t limit)
{
    memset(limiter, 0, sizeof(*limiter));
    limiter->kind = kind;
    limiter->limit = limit;
    if (kind == PGAII_LIMITER_SLIDING)
        limiter->log = calloc((size_t)limit, sizeof(*limiter->log));
    pgaii_limiter_reset(limiter);
    return kind != PGAII_LIMITER_SLIDING || limiter->log;
}

void pgaii_limiter_reset(pgaii_limiter *limiter)
{
    limiter->last_ms = 0;
    limiter->start_ms = -WINDOW;
    limiter->count = 0;
    limiter->previous = 0;
    limiter->level = limiter->limit * WINDOW;
    limiter->oldest = 0;
}

void pgaii_limiter_clear(pgaii_limiter *limiter)
{
    free(limiter->log);
    limiter->log = NULL;
}

static pgaii_limiter_decision take_unlimited(pgaii_limiter *limiter, int64_t now)
{
    (void)limiter;
    return (pgaii_limiter_decision){.allowed = true, .reset_ms = now};
}

/* Count a request in the window that begins at start_ms. */
static pgaii_limiter_decision take_in_window(pgaii_limiter *limiter, int64_t now)
{
    pgaii_limiter_decision decision = {.limit = limiter->limit,
                                       .reset_ms = limiter->start_ms + WINDOW};

    decision.allowed = limiter->count < limiter->limit;
    if (decision.allowed)
        limiter->count++;
    else
        decision.wait_ms = decision.reset_ms - now;
    decision.remaining = limiter->limit - limiter->count;
    return decision;
}

static pgaii_limiter_decision take_fixed(pgaii_limiter *limiter, int64_t now)
{
    if (now - limiter->start_ms >= WINDOW) {
        limiter->start_ms = now - now % WINDOW;
        limiter->count = 0;
    }
    return take_in_window(limiter, now);
}

static pgaii_limiter_decision take_fixed_first(pgaii_limiter *limiter, int64_t now)
{
    if (now - limiter->start_ms >= WINDOW) {
        limiter->start_ms = now;
        limiter->count = 0;
    }
    return take_in_window(limiter, now);
}

static pgaii_limiter_decision take_sliding(pgaii_limiter *limiter, int64_t now)
{
    int64_t limit = limiter->limit;
    pgaii_limiter_decision decision = {.limit = limit};

    while (limiter->count > 0 && limiter->log[limiter->oldest] + WINDOW <= now) {
        limiter->oldest = (limiter->oldest + 1) % limit;
        limiter->count--;
    }
    decision.allowed = limiter->count < limit;
    if (decision.allowed)
        limiter->log[(limiter->oldest + limiter->count++) % limit] = now;
    decision.remaining = limit - limiter->count;
    decision.reset_ms = limiter->log[limiter->oldest] + WINDOW;
    decision.wait_ms = decision.allowed ? 0 : decision.reset_ms - now;
    return decision;
}

/* How far into a window a request is allowed for the first time, when the window before
 * had `before` requests and this one has `count`, fewer than the limit: the smallest e
 * with before * (WINDOW - e) <= (limit - count - 1) * WINDOW. */
static int64_t counter_opens_ms(int64_t before, int64_t count, int64_t limit)
{
    int64_t room = (limit - count - 1) * WINDOW;

    return before * WINDOW <= room ? 0 : WINDOW - room / before;
}

static void roll_counter(pgaii_limiter *limiter, int64_t now)
{
    int64_t start = now - now % WINDOW;

    if (start != limiter->start_ms) {
        limiter->previous = start - limiter->start_ms == WINDOW ? limiter->count : 0;
        limiter->start_ms = start;
        limiter->count = 0;
    }
}

static pgaii_limiter_decision take_counter(pgaii_limiter *limiter, int64_t now)
{
    int64_t limit = limiter->limit;
    pgaii_limiter_decision decision = {.limit = limit};
    int64_t elapsed;
    int64_t room;

    roll_counter(limiter, now);
    elapsed = now - limiter->start_ms;
    room = (limit - limiter->count) * WINDOW - limiter->previous * (WINDOW - elapsed);
    decision.allowed = room >= WINDOW;
    if (decision.allowed) {
        limiter->count++;
        room -= WINDOW;
    } else if (limiter->count < limit) {
        decision.wait_ms =
            counter_opens_ms(limiter->previous, limiter->count, limit) - elapsed;
    } else {
        decision.wait_ms = WINDOW - elapsed + counter_opens_ms(limiter->count, 0, limit);
    }
    decision.remaining = room > 0 ? room / WINDOW : 0;
    decision.reset_ms = limiter->start_ms + WINDOW;
    return decision;
}

/* A token is WINDOW units, and `limit` units come back each millisecond. */
static pgaii_limiter_decision take_bucket(pgaii_limiter *limiter, int64_t now)
{
    int64_t limit = limiter->limit;
    int64_t full = limit * WINDOW;
    int64_t passed = now - limiter->start_ms < WINDOW ? now - limiter->start_ms : WINDOW;
    pgaii_limiter_decision decision = {.limit = limit};

    limiter->start_ms = now;
    limiter->level += passed * limit;
    if (limiter->level > full)
        limiter->level = full;
    decision.allowed = limiter->level >= WINDOW;
    if (decision.allowed)
        limiter->level -= WINDOW;
    else
        decision.wait_ms = (WINDOW - limiter->level + limit - 1) / limit;
    decision.remaining = limiter->level / WINDOW;
    decision.reset_ms = now + (full - limiter->level + limit - 1) / limit;
    return decision;
}

pgaii_limiter_decision pgaii_limiter_take(pgaii_limiter *limiter, int64_t now_ms)
{
    static pgaii_limiter_decision (*const takes[PGAII_LIMITER_KINDS])(pgaii_limiter *,
                                                                      int64_t) = {
        [PGAII_LIMITER_NONE] = take_unlimited,
        [PGAII_LIMITER_FIXED] = take_fixed,
        [PGAII_LIMITER_FIXED_FIRST] = take_fixed_first,
        [PGAII_LIMITER_SLIDING] = take_sliding,
        [PGAII_LIMITER_COUNTER] = take_counter,
        [PGAII_LIMITER_BUCKET] = take_bucket,
    };

    if (now_ms > limiter->last_ms)
        limiter->last_ms = now_ms;
    return takes[limiter->kind](limiter, limiter->last_ms);
}
