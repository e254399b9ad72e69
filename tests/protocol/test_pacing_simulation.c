/* Walks of 600 requests on virtual time against each kind of limiter of the sandbox, with
 * one to eight in flight: the pacer must meet no 429, and use what the limiter allows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/retry.h"
#include "sandbox/limiter.h"
#include "support/session.h"
#include "support/unit.h"

enum { LIMIT = 60, REQUESTS = 600, SEEDS = 20, MAX_PREFETCH = 8 };

static void write_date(int64_t time_ms, char *out, size_t size)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

/* A request on its way there, or its response on its way back. */
typedef struct flight {
    pgai_call *call; /* NULL: none */
    int64_t at;      /* when it arrives */
    int64_t served;  /* when the service responded */
    bool back;       /* it is the response */
    pgaii_limiter_decision verdict;
} flight;

/* What happens between a client and a service far away, on the client's clock. */
typedef struct world {
    pgaii_limiter limiter;
    pgaii_random random;
    int64_t now;
    int64_t skew; /* of the service's clock, since 1970 */
    int refused;
    flight flights[MAX_PREFETCH];
} world;

static flight *find(world *w, const pgai_call *call)
{
    for (size_t i = 0; i < MAX_PREFETCH; i++) {
        if (w->flights[i].call == call)
            return &w->flights[i];
    }
    return NULL;
}

/* The limiter sees it at the moment when it arrives, and tells what it says then. */
static void arrive(world *w, flight *f)
{
    f->verdict = pgaii_limiter_take(&w->limiter, w->now + w->skew);
    w->refused += !f->verdict.allowed;
    f->back = true;
    f->served = w->now;
    f->at = w->now + pgaii_random_between(&w->random, 10, 80);
}

static void come_back(world *w, flight *f)
{
    const char *url = pgai_call_request(f->call)->url;
    int page = atoi(strstr(url, "page=") + 5);
    char date[64], body[128], numbers[3][24];

    write_date(f->served + w->skew, date, sizeof(date));
    snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, f->verdict.limit);
    snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, f->verdict.remaining);
    snprintf(numbers[2], sizeof(numbers[2]), "%" PRId64, f->verdict.reset_ms / 1000);
    snprintf(body, sizeof(body),
             "{\"data\":[{\"id\":\"%d\"}],"
             "\"pagination\":{\"page\":%d,\"limit\":1,\"total\":%d}}",
             page, page, REQUESTS);
    session_response(f->call, w->now, f->verdict.allowed ? 200 : 429, body, "Date", date,
                     "X-RateLimit-Limit", numbers[0], "X-RateLimit-Remaining", numbers[1],
                     "X-RateLimit-Reset", numbers[2], NULL);
    f->call = NULL;
}

/* Send what may be sent. @return when the walk is to be asked again, if nothing comes. */
static int64_t send_all(world *w, pgai_walk *walk)
{
    int64_t until = INT64_MAX;
    pgai_call *call;

    for (size_t i = 0; (call = pgai_walk_call(walk, i)); i++) {
        pgai_step step;

        if (find(w, call))
            continue;
        step = pgai_call_next(call, w->now);
        if (step == PGAI_STEP_SEND)
            *find(w, NULL) = (flight){
                .call = call, .at = w->now + pgaii_random_between(&w->random, 10, 80)};
        else if (step != PGAI_STEP_WAIT)
            return w->now;
        else if (pgai_call_wait_until(call) < until)
            until = pgai_call_wait_until(call);
    }
    return until;
}

/* Let time pass until something happens. */
static void pass(world *w, int64_t until)
{
    flight *first = NULL;

    for (size_t i = 0; i < MAX_PREFETCH; i++) {
        flight *f = &w->flights[i];

        if (f->call && f->at < until) {
            until = f->at;
            first = f;
        }
    }
    w->now = until;
    if (first && first->back)
        come_back(w, first);
    else if (first)
        arrive(w, first);
}

static void run_walk(world *w, pgai_session *session, int64_t prefetch)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;
    pgai_page *page = NULL;
    pgai_walk_step step;

    options.limit = 1;
    options.prefetch = prefetch;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    while ((step = pgai_walk_next(walk, w->now, &page)) < PGAI_WALK_DONE) {
        if (step == PGAI_WALK_CALLS)
            pass(w, send_all(w, walk));
        pgai_page_free(page);
    }
    assert_int_equal(step, PGAI_WALK_DONE);
    pgai_walk_free(walk);
}

/* The share in percent of what the limiter allows in that time: its rate, and one
 * window's worth that may go out at the start. */
static double share_used(int64_t elapsed_ms)
{
    return 100.0 * REQUESTS * PGAII_LIMITER_WINDOW_MS /
           ((double)(elapsed_ms + PGAII_LIMITER_WINDOW_MS) * LIMIT);
}

static double simulate(pgaii_limiter_kind kind, int64_t prefetch, uint64_t seed)
{
    pgai_session *session = session_make();
    world w = {.random = {seed}};
    int64_t start = pgaii_random_between(&w.random, 0, 1000000000);

    w.now = start;
    w.skew = 1768467600000 + pgaii_random_between(&w.random, -5000000, 5000000);
    assert_true(pgaii_limiter_init(&w.limiter, kind, LIMIT));
    run_walk(&w, session, prefetch);
    if (w.refused > 0)
        fail_msg("prefetch %" PRId64 ", seed %" PRIu64 ": %d times 429", prefetch, seed,
                 w.refused);
    pgaii_limiter_clear(&w.limiter);
    pgai_session_free(session);
    return share_used(w.now - start);
}

static double worst_share(pgaii_limiter_kind kind, int64_t prefetch)
{
    double worst = 100;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        double share = simulate(kind, prefetch, seed);

        worst = share < worst ? share : worst;
    }
    return worst;
}

static void check(pgaii_limiter_kind kind, double least)
{
    for (int64_t prefetch = 1; prefetch <= MAX_PREFETCH; prefetch *= 2) {
        double worst = worst_share(kind, prefetch);

        print_message("prefetch %" PRId64
                      ": least share of the rate limit used: %.1f %%\n",
                      prefetch, worst);
        if (worst < least)
            fail_msg("%.1f %% is below %.1f %%", worst, least);
    }
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
