#ifndef PGAI_SANDBOX_LIMITER_H
#define PGAI_SANDBOX_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** @file
 * Rate limiters as services use them, one window of a minute each. They read no clock:
 * time is an argument, in milliseconds since 1970. A time that goes backwards counts as
 * unchanged.
 */

/** X(NAME, word): the kinds, and the words that options call them by. */
#define PGAII_LIMITER_LIST(X)                                                            \
    X(NONE, none)               /* all requests pass, nothing is reported */             \
    X(FIXED, fixed)             /* windows begin with the minutes of the clock */        \
    X(FIXED_FIRST, fixed_first) /* a window begins with the first request after one */   \
    X(SLIDING, sliding)         /* the requests of the last minute, exactly */           \
    X(COUNTER, counter)         /* this minute's, and the last one's by weight */        \
    X(BUCKET, bucket)           /* tokens that come back one by one */

typedef enum pgaii_limiter_kind {
#define X(upper, lower) PGAII_LIMITER_##upper,
    PGAII_LIMITER_LIST(X)
#undef X
        PGAII_LIMITER_KINDS
} pgaii_limiter_kind;

enum {
    PGAII_LIMITER_WINDOW_MS = 60000,
    PGAII_MAX_LIMITER = 1000000 /**< requests a minute; `sliding` remembers each one */
};

typedef struct pgaii_limiter {
    pgaii_limiter_kind kind;
    int64_t limit;
    int64_t last_ms;  /**< the latest time seen */
    int64_t start_ms; /**< of the window: fixed, fixed_first, counter */
    int64_t count;    /**< in the window: fixed, fixed_first, counter; in log: sliding */
    int64_t previous; /**< in the window before: counter */
    int64_t level;    /**< tokens times the window: bucket */
    int64_t *log;     /**< a ring of times, `limit` long: sliding */
    int64_t oldest;   /**< where the ring begins: sliding */
} pgaii_limiter;

/** The decision of a limiter on one request. */
typedef struct pgaii_limiter_decision {
    bool allowed;
    int64_t limit;     /**< requests a minute; 0: there is no limiter */
    int64_t remaining; /**< how many more would be allowed at this moment */
    int64_t reset_ms;  /**< a time since 1970. fixed, fixed_first, counter: the window
                          ends;  sliding: the oldest request leaves; bucket: it is full */
    int64_t wait_ms;   /**< until a request would be allowed; 0 when this one was */
} pgaii_limiter_decision;

/** The kind of that word; PGAII_LIMITER_KINDS when there is none. */
pgaii_limiter_kind pgaii_limiter_find(const char *word);

/** Make a limiter that has seen nothing.
 *
 * @param limit From 1 to PGAII_MAX_LIMITER.
 * @return false when there is no memory; the limiter may still be cleared.
 */
bool pgaii_limiter_init(pgaii_limiter *limiter, pgaii_limiter_kind kind, int64_t limit);

/** Ask for one request at @p now_ms. A request that is not allowed is not counted. */
pgaii_limiter_decision pgaii_limiter_take(pgaii_limiter *limiter, int64_t now_ms);

/** Forget all requests. */
void pgaii_limiter_reset(pgaii_limiter *limiter);

/** Free what the limiter holds. */
void pgaii_limiter_clear(pgaii_limiter *limiter);

#endif
