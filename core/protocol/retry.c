/* Whether, and when, a request is sent again. */
#include "protocol/retry.h"

enum { RETRY_COST = 10, SUCCESS_GAIN = 1 };

/* Long enough for a service to recover, short enough to notice that it has. */
enum { MAX_BACKOFF_MS = 20000 };

/* The first row that holds a status decides. A gateway's 5xx can follow a request that it
 * had already delivered, so it says nothing about a create. Of the redirects, 301, 307
 * and 308 say that the resource is elsewhere; the others may follow a request that was
 * carried out. */
static const struct {
    int first;
    int last;
    pgaii_verdict verdict;
    pgaii_verdict once;
} statuses[] = {
    {206, 206, PGAII_FINAL, PGAII_UNCERTAIN}, {200, 299, PGAII_AGAIN, PGAII_UNCERTAIN},
    {301, 301, PGAII_FINAL, PGAII_FINAL},     {307, 308, PGAII_FINAL, PGAII_FINAL},
    {300, 399, PGAII_FINAL, PGAII_UNCERTAIN}, {408, 408, PGAII_AGAIN, PGAII_UNCERTAIN},
    {425, 425, PGAII_AGAIN, PGAII_UNCERTAIN}, {429, 429, PGAII_LIMITED, PGAII_LIMITED},
    {400, 499, PGAII_FINAL, PGAII_FINAL},     {500, 500, PGAII_AGAIN, PGAII_UNCERTAIN},
    {502, 504, PGAII_AGAIN, PGAII_UNCERTAIN}, {520, 529, PGAII_AGAIN, PGAII_UNCERTAIN},
};

pgaii_verdict pgaii_judge_response(int http_status, bool once)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        if (http_status >= statuses[i].first && http_status <= statuses[i].last)
            return once ? statuses[i].once : statuses[i].verdict;
    }
    return once ? PGAII_UNCERTAIN : PGAII_FINAL;
}

static bool is_transient(pgai_status status)
{
    return status == PGAI_CONNECT || status == PGAI_TLS || status == PGAI_TIMEOUT ||
           status == PGAI_CONNECTION_LOST || status == PGAI_PROTOCOL;
}

pgaii_verdict pgaii_judge_failure(const pgai_failure *failure, bool once)
{
    if (failure->sent && once)
        return PGAII_UNCERTAIN;
    return is_transient(failure->status) && !failure->permanent ? PGAII_AGAIN
                                                                : PGAII_FINAL;
}

uint64_t pgaii_random_bits(pgaii_random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

int64_t pgaii_random_between(pgaii_random *random, int64_t low, int64_t high)
{
    uint64_t span = (uint64_t)(high - low) + 1;

    return high <= low ? low : low + (int64_t)(pgaii_random_bits(random) % span);
}

int64_t pgaii_backoff(pgaii_random *random, int64_t base, int64_t previous)
{
    int64_t most = 3 * (previous > base ? previous : base);

    return pgaii_random_between(random, base,
                                most < MAX_BACKOFF_MS ? most : MAX_BACKOFF_MS);
}

bool pgaii_budget_take(pgaii_budget *budget)
{
    if (budget->tokens < RETRY_COST)
        return false;
    budget->tokens -= RETRY_COST;
    return true;
}

void pgaii_budget_give(pgaii_budget *budget)
{
    if (budget->tokens < PGAII_BUDGET_FULL)
        budget->tokens += SUCCESS_GAIN;
}
