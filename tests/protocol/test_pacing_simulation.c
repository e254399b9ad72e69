/* A walk of 600 requests on virtual time against each kind of limiter of the sandbox: the
 * pacer must meet no 429, and use what the limiter allows. */
#include <inttypes.h>
#include <time.h>

#include "protocol/retry.h"
#include "sandbox/limiter.h"
#include "support/session.h"
#include "support/unit.h"

enum { LIMIT = 60, REQUESTS = 600, SEEDS = 20 };

/* What happens between a client and a service far away, on the client's clock. */
typedef struct world {
    pgaii_limiter limiter;
    pgaii_random random;
    int64_t now;
    int64_t skew; /* of the service's clock, since 1970 */
    int refused;
} world;

static void write_date(int64_t time_ms, char *out, size_t size)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

/* Carry a request there, its response back, and both through time. */
static void exchange(world *w, pgai_call *call)
{
    pgaii_limiter_decision verdict;
    char date[64];
    char numbers[3][24];

    w->now += pgaii_random_between(&w->random, 10, 80);
    verdict = pgaii_limiter_take(&w->limiter, w->now + w->skew);
    write_date(w->now + w->skew, date, sizeof(date));
    snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, verdict.limit);
    snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, verdict.remaining);
    snprintf(numbers[2], sizeof(numbers[2]), "%" PRId64, verdict.reset_ms / 1000);
    w->now += pgaii_random_between(&w->random, 10, 80);
    w->refused += !verdict.allowed;
    session_response(call, w->now, verdict.allowed ? 200 : 429, "{\"data\":[]}", "Date",
                     date, "X-RateLimit-Limit", numbers[0], "X-RateLimit-Remaining",
                     numbers[1], "X-RateLimit-Reset", numbers[2], NULL);
}

static void run_call(world *w, pgai_session *session)
{
    pgai_call *call = NULL;
    pgai_step step;

    assert_int_equal(pgai_call_new_list(session, NULL, NULL, &call, NULL), PGAI_OK);
    while ((step = pgai_call_next(call, w->now)) < PGAI_STEP_DONE) {
        if (step == PGAI_STEP_WAIT)
            w->now = pgai_call_wait_until(call);
        else
            exchange(w, call);
    }
    assert_int_equal(step, PGAI_STEP_DONE);
    pgai_call_free(call);
}

/* The share in percent of what the limiter allows in that time: its rate, and one
 * window's worth that may go out at the start. */
static double share_used(int64_t elapsed_ms)
{
    return 100.0 * REQUESTS * PGAII_LIMITER_WINDOW_MS /
           ((double)(elapsed_ms + PGAII_LIMITER_WINDOW_MS) * LIMIT);
}

static double simulate(pgaii_limiter_kind kind, uint64_t seed)
{
    pgai_session *session = session_make();
    world w = {.random = {seed}};
    int64_t start = pgaii_random_between(&w.random, 0, 1000000000);

    w.now = start;
    w.skew = 1768467600000 + pgaii_random_between(&w.random, -5000000, 5000000);
    assert_true(pgaii_limiter_init(&w.limiter, kind, LIMIT));
    for (int i = 0; i < REQUESTS; i++)
        run_call(&w, session);
    if (w.refused > 0)
        fail_msg("seed %" PRIu64 ": %d times 429", seed, w.refused);
    pgaii_limiter_clear(&w.limiter);
    pgai_session_free(session);
    return share_used(w.now - start);
}

static void check(pgaii_limiter_kind kind, double least)
{
    double worst = 100;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        double share = simulate(kind, seed);

        worst = share < worst ? share : worst;
    }
    print_message("least share of the rate limit used: %.1f %%\n", worst);
    if (worst < least)
        fail_msg("%.1f %% is below %.1f %%", worst, least);
}

static void fixed_windows(void **state)
{
    (void)state;
    check(PGAII_LIMITER_FIXED, 97);
}

static void windows_from_the_first_request(void **state)
{
    (void)state;
    check(PGAII_LIMITER_FIXED_FIRST, 97);
}

static void a_sliding_log(void **state)
{
    (void)state;
    check(PGAII_LIMITER_SLIDING, 97);
}

static void a_token_bucket(void **state)
{
    (void)state;
    check(PGAII_LIMITER_BUCKET, 97);
}

static void a_sliding_counter(void **state)
{
    (void)state;
    check(PGAII_LIMITER_COUNTER, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_windows),
        cmocka_unit_test(windows_from_the_first_request),
        cmocka_unit_test(a_sliding_log),
        cmocka_unit_test(a_token_bucket),
        cmocka_unit_test(a_sliding_counter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
