#ifndef PGAI_PROTOCOL_RETRY_H
#define PGAI_PROTOCOL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/protocol.h>

/** What one attempt means for the call. */
typedef enum pgaii_verdict {
    PGAII_FINAL,    /* it would end the same way again */
    PGAII_AGAIN,    /* worth another attempt, and harmless */
    PGAII_LIMITED,  /* refused by the rate limiter, before anything was done: wait */
    PGAII_UNCERTAIN /* the service may have carried it out: never again */
} pgaii_verdict;

/** Judge a response by its status. @p once: the request changes something. For 2xx: what
 * to do when its body cannot be used. */
pgaii_verdict pgaii_judge_response(int http_status, bool once);

/** Judge an attempt without a whole response. */
pgaii_verdict pgaii_judge_failure(const pgai_failure *failure, bool once);

/** A state of pseudo-random numbers (SplitMix64), enough to spread waits. */
typedef struct pgaii_random {
    uint64_t state;
} pgaii_random;

/** The next 64 bits. */
uint64_t pgaii_random_bits(pgaii_random *random);

/** A number from @p low to @p high, both included. */
int64_t pgaii_random_between(pgaii_random *random, int64_t low, int64_t high);

/** First waits: a failure is often over at once, a limiter's window is not. */
enum { PGAII_BACKOFF_MS = 500, PGAII_LIMITED_MS = 1000 };

/** The next wait after @p previous ms (0: none yet), at least @p base: decorrelated
 * jitter, min(20 s, U(base, 3 x previous)). */
int64_t pgaii_backoff(pgaii_random *random, int64_t base, int64_t previous);

/** A budget keeps retries of many calls to about a tenth of their requests when a service
 * is down: it starts at 100 tokens, a retry takes 10, a success gives 1 back. */
typedef struct pgaii_budget {
    int tokens;
} pgaii_budget;

enum { PGAII_BUDGET_FULL = 100 };

/** Take the tokens of one retry; false: there are not enough. */
bool pgaii_budget_take(pgaii_budget *budget);

/** Put back what a success gives. */
void pgaii_budget_give(pgaii_budget *budget);

#endif
