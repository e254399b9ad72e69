/* Walks of 600 requests on virtual time against each kind of limiter of the sandbox, with
 * one to eight in flight, and of clients that have a share each: the pacer must meet no
 * 429, and use what the limiter allows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/retry.h"
#include "sandbox/limiter.h"
#include "support/session.h"
#include "support/unit.h"

enum {
    LIMIT = 60,
    REQUESTS = 600,
    SEEDS = 20,
    SEEDS_TOGETHER = 6,
    MAX_PREFETCH = 8,
    MAX_CLIENTS = 8
};

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

/* A program that walks. */
typedef struct client {
    pgai_session *session;
    pgai_walk *walk;
    int64_t starts;
    flight flights[MAX_PREFETCH];
} client;

/* What happens between clients and a service far away, on the clock of the clients. */
typedef struct world {
    pgaii_limiter limiter;
    pgaii_random random;
    int64_t now;
    int64_t skew; /* of the service's clock, since 1970 */
    int refused;
    size_t count; /* of clients */
    client clients[MAX_CLIENTS];
} world;

static flight *find(client *c, const pgai_call *call)
{
    for (size_t i = 0; i < MAX_PREFETCH; i++) {
        if (c->flights[i].call == call)
            return &c->flights[i];
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
static int64_t send_all(world *w, client *c)
{
    int64_t until = INT64_MAX;
    pgai_call *call;

    for (size_t i = 0; (call = pgai_walk_call(c->walk, i)); i++) {
        pgai_step step;

        if (find(c, call))
            continue;
        step = pgai_call_next(call, w->now);
        if (step == PGAI_STEP_SEND)
            *find(c, NULL) = (flight){
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

    for (size_t i = 0; i < w->count * MAX_PREFETCH; i++) {
        flight *f = &w->clients[i / MAX_PREFETCH].flights[i % MAX_PREFETCH];

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

/* Go on with a walk. @return when to ask again; INT64_MAX: when something comes. */
static int64_t go_on(world *w, client *c)
{
    pgai_page *page = NULL;
    pgai_walk_step step;

    if (!c->walk || w->now < c->starts)
        return c->walk ? c->starts : INT64_MAX;
    while ((step = pgai_walk_next(c->walk, w->now, &page)) == PGAI_WALK_PAGE)
        pgai_page_free(page);
    if (step == PGAI_WALK_CALLS)
        return send_all(w, c);
    assert_int_equal(step, PGAI_WALK_DONE);
    pgai_walk_free(c->walk);
    c->walk = NULL;
    return INT64_MAX;
}

static bool is_over(const world *w)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->clients[i].walk)
            return false;
    }
    return true;
}

static void run_walks(world *w)
{
    while (!is_over(w)) {
        int64_t until = INT64_MAX;

        for (size_t i = 0; i < w->count; i++) {
            int64_t again = go_on(w, &w->clients[i]);

            until = again < until ? again : until;
        }
        if (!is_over(w))
            pass(w, until);
    }
}

/* Of odd seeds, all start at once. */
static void add_client(world *w, double share, int64_t prefetch, uint64_t seed)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    client *c = &w->clients[w->count++];

    options.limit = 1;
    options.prefetch = prefetch;
    c->session = session_make_sharing(share);
    c->starts = w->now + (seed % 2 ? 0 : pgaii_random_between(&w->random, 0, 10000));
    assert_int_equal(pgai_walk_new(c->session, &options, NULL, &c->walk, NULL), PGAI_OK);
}

/* The share in percent of what the limiter allows in that time: its rate, and for one
 * client one window's worth that may go out at the start. */
static double share_used(size_t clients, int64_t elapsed_ms)
{
    int64_t more = clients == 1 ? PGAII_LIMITER_WINDOW_MS : 0;

    return 100.0 * (double)clients * REQUESTS * PGAII_LIMITER_WINDOW_MS /
           ((double)(elapsed_ms + more) * LIMIT);
}

static double
simulate(pgaii_limiter_kind kind, size_t clients, int64_t prefetch, uint64_t seed)
{
    world w = {.random = {seed}};
    int64_t start = pgaii_random_between(&w.random, 0, 1000000000);

    w.now = start;
    w.skew = 1768467600000 + pgaii_random_between(&w.random, -5000000, 5000000);
    assert_true(pgaii_limiter_init(&w.limiter, kind, LIMIT));
    while (w.count < clients)
        add_client(&w, 1.0 / (double)clients, prefetch, clients > 1 ? seed : 1);
    run_walks(&w);
    if (w.refused > 0)
        fail_msg("%zu clients, prefetch %" PRId64 ", seed %" PRIu64 ": %d times 429",
                 clients, prefetch, seed, w.refused);
    pgaii_limiter_clear(&w.limiter);
    for (size_t i = 0; i < clients; i++)
        pgai_session_free(w.clients[i].session);
    return share_used(clients, w.now - start);
}

static double worst_share(pgaii_limiter_kind kind, size_t clients, int64_t prefetch)
{
    uint64_t seeds = clients > 1 ? SEEDS_TOGETHER : SEEDS;
    double worst = 100;

    for (uint64_t seed = 1; seed <= seeds; seed++) {
        double share = simulate(kind, clients, prefetch, seed);

        worst = share < worst ? share : worst;
    }
    return worst;
}

static void
check_clients(pgaii_limiter_kind kind, size_t clients, int64_t prefetch, double least)
{
    double worst = worst_share(kind, clients, prefetch);

    print_message("%zu clients, prefetch %" PRId64
                  ": least share of the rate limit used: %.1f %%\n",
                  clients, prefetch, worst);
    if (worst < least)
        fail_msg("%.1f %% is below %.1f %%", worst, least);
}

static void check(pgaii_limiter_kind kind, double least)
{
    for (int64_t prefetch = 1; prefetch <= MAX_PREFETCH; prefetch *= 2)
        check_clients(kind, 1, prefetch, least);
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

/* Each knows only of its own requests. */
static void eight_clients_with_an_eighth_each(void **state)
{
    (void)state;
    for (pgaii_limiter_kind kind = PGAII_LIMITER_FIXED; kind < PGAII_LIMITER_KINDS;
         kind++) {
        check_clients(kind, 8, 1, 85);
        check_clients(kind, 8, 4, 85);
    }
}

static void two_clients_with_a_half_each(void **state)
{
    (void)state;
    for (pgaii_limiter_kind kind = PGAII_LIMITER_FIXED; kind < PGAII_LIMITER_KINDS;
         kind++)
        check_clients(kind, 2, 4, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_windows),
        cmocka_unit_test(windows_from_the_first_request),
        cmocka_unit_test(a_sliding_log),
        cmocka_unit_test(a_token_bucket),
        cmocka_unit_test(a_sliding_counter),
        cmocka_unit_test(eight_clients_with_an_eighth_each),
        cmocka_unit_test(two_clients_with_a_half_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
