/* How long a walk took, and about how long it still takes, by a simulated clock. */
#include <inttypes.h>

#include "protocol/buffer.h"
#include "protocol/pacer.h"
#include "protocol/session.h"
#include "protocol/time.h"
#include "support/session.h"
#include "support/unit.h"

/* A walk over a service with so many contacts, each of whose responses takes a second. */
typedef struct world {
    pgai_session *session;
    pgai_walk *walk;
    int64_t now;
    int64_t total;     /* -1: not told */
    int64_t last;      /* contacts that there are; what `total` says otherwise */
    const char *limit; /* of the rate limit; NULL: none is told */
} world;

enum { RESPONSE_MS = 1000, START = 5000, MANY = 1000000 };

static world begin(int64_t total, const pgai_pages_options *options)
{
    world it = {.session = session_make(), .now = START, .total = total};

    it.last = total;
    assert_int_equal(pgai_walk_new(it.session, options, NULL, &it.walk, NULL), PGAI_OK);
    return it;
}

static void end(world *it)
{
    pgai_walk_free(it->walk);
    pgai_session_free(it->session);
}

static pgai_pages_options options_of(int64_t limit)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;

    options.limit = limit;
    options.prefetch = 1;
    return options;
}

static void write_page(const world *it, int64_t page, int64_t limit, pgaii_buffer *out)
{
    int64_t first = (page - 1) * limit;

    pgaii_buffer_add_string(out, "{\"data\":[");
    for (int64_t i = first; i < first + limit && i < it->last; i++)
        pgaii_buffer_printf(out, "%s{\"id\":\"c%" PRId64 "\"}", i > first ? "," : "", i);
    pgaii_buffer_printf(out, "],\"pagination\":{\"page\":%" PRId64 ",\"limit\":%" PRId64,
                        page, limit);
    if (it->total >= 0)
        pgaii_buffer_printf(out, ",\"total\":%" PRId64, it->total);
    pgaii_buffer_add_string(out, "}}");
}

static void respond(world *it, pgai_call *call)
{
    const char *target = session_target(call);
    pgaii_buffer body;
    int64_t page, limit;

    pgaii_buffer_init(&body, MANY);
    if (sscanf(target, "/contacts?page=%" SCNd64 "&limit=%" SCNd64, &page, &limit) == 2)
        write_page(it, page, limit, &body);
    else
        pgaii_buffer_printf(&body, "{\"id\":\"%s\"}", target + strlen("/contacts/"));
    if (it->limit)
        session_response(call, it->now, 200, body.data, "X-RateLimit-Limit", it->limit,
                         NULL);
    else
        session_response(call, it->now, 200, body.data, NULL);
    pgaii_buffer_clear(&body);
    assert_int_equal(pgai_call_next(call, it->now), PGAI_STEP_DONE);
}

/* Send what may leave now; a second later, all responses come. */
static void drive(world *it)
{
    pgai_call *sent[8];
    size_t count = 0;
    pgai_call *call;

    for (size_t i = 0; (call = pgai_walk_call(it->walk, i)); i++) {
        if (pgai_call_next(call, it->now) == PGAI_STEP_SEND)
            sent[count++] = call;
    }
    assert_true(count > 0);
    it->now += RESPONSE_MS;
    for (size_t i = 0; i < count; i++)
        respond(it, sent[i]);
}

/* Walk until a page is returned, or to the end. */
static pgai_walk_step turn(world *it)
{
    pgai_page *page = NULL;
    pgai_walk_step step;

    while ((step = pgai_walk_next(it->walk, it->now, &page)) == PGAI_WALK_CALLS)
        drive(it);
    pgai_page_free(page);
    return step;
}

static void check(const world *it, int64_t elapsed, int64_t left)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    pgai_walk_stats_get(it->walk, it->now, &stats);
    assert_int_equal(stats.elapsed_ms, elapsed);
    assert_int_equal(stats.time_left_ms, left);
}

/* That the rate limit is asked for so many requests: of one a minute, it tells each. */
static void check_requests(const world *it, int64_t requests)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    pgaii_pacer *pacer = &it->session->pacer;

    pgaii_pacer_init(pacer);
    pacer->limit = 1;
    pgai_walk_stats_get(it->walk, it->now, &stats);
    assert_int_equal(stats.time_left_ms, (requests - 1) * 60000);
}

static void time_left_is_as_long_as_the_pages_before_took(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin(200, &options);

    (void)state;
    check(&it, 0, -1);
    it.now += 70;
    check(&it, 0, -1);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 3000);
    it.now += 500; /* the program works on the page */
    check(&it, 1500, 4500);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 2500, 2500);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 3500, 1166);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 4500, 0);
    it.now += 500;
    assert_int_equal(turn(&it), PGAI_WALK_DONE);
    it.now += 10000;
    assert_int_equal(turn(&it), PGAI_WALK_DONE);
    check(&it, 5000, 0);
    it.now = 0; /* a clock that goes back */
    check(&it, 0, 0);
    end(&it);
}

static void an_empty_list_takes_no_time(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin(0, &options);

    (void)state;
    assert_int_equal(turn(&it), PGAI_WALK_DONE);
    check(&it, 1000, 0);
    end(&it);
}

static void after_a_failure_time_left_is_not_known(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin(200, &options);
    pgai_page *page;

    (void)state;
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    assert_int_equal(pgai_walk_next(it.walk, it.now, &page), PGAI_WALK_CALLS);
    assert_int_equal(pgai_call_next(pgai_walk_call(it.walk, 0), it.now), PGAI_STEP_SEND);
    it.now += 300;
    session_response(pgai_walk_call(it.walk, 0), it.now, 401, "{}", NULL);
    assert_int_equal(pgai_call_next(pgai_walk_call(it.walk, 0), it.now),
                     PGAI_STEP_FAILED);
    assert_int_equal(turn(&it), PGAI_WALK_FAILED);
    it.now += 10000;
    check(&it, 1300, -1);
    end(&it);
}

static void without_a_total_time_left_is_known_for_a_range_alone(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin(-1, &options);

    (void)state;
    it.last = MANY;
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, -1);
    end(&it);
    options.start = 3;
    options.count = 4;
    it = begin(-1, &options);
    it.last = MANY;
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 3000);
    end(&it);
}

static void a_range_ends_where_it_ends_or_the_total(void **state)
{
    pgai_pages_options options = options_of(50);
    world it;

    (void)state;
    options.start = 2;
    options.count = 4;
    it = begin(1000, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 3000);
    end(&it);
    it = begin(120, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 400);
    end(&it);
}

static void a_walk_from_a_cursor_counts_its_own_pages(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin(250, &options);
    char cursor[PGAI_CURSOR_SIZE];

    (void)state;
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    pgai_walk_cursor(it.walk, SIZE_MAX, cursor);
    end(&it);
    options.limit = PGAI_UNSET;
    options.cursor = cursor;
    it = begin(250, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 2000);
    end(&it);
}

static void the_rate_limit_says_how_long_many_pages_take(void **state)
{
    pgai_pages_options options = options_of(50);
    world it = begin((int64_t)50 * 121, &options);

    (void)state;
    it.limit = "60";
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    /* 59 of them now, 60 a minute later, and the last a minute after the first. */
    check(&it, 1000, 120000);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 2000, 119000);
    end(&it);
}

static void pages_in_flight_were_sent_already(void **state)
{
    pgai_pages_options options = options_of(50);
    world it;

    (void)state;
    options.prefetch = 4;
    it = begin((int64_t)50 * 62, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 1000, 61000);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check_requests(&it, 60 - 3);
    end(&it);
}

static void what_was_sent_already_waits_for_no_rate_limit(void **state)
{
    pgai_pages_options options = options_of(50);
    world it;

    (void)state;
    options.prefetch = 4;
    it = begin(200, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    it.session->pacer.hold_until = it.now + 50000;
    check(&it, 2000, 2000);
    end(&it);
}

static void contacts_fetched_whole_are_requests_too(void **state)
{
    pgai_pages_options options = options_of(10);
    world it;

    (void)state;
    options.details = 1;
    it = begin(30, &options);
    it.limit = "1000";
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check(&it, 11000, 22000);
    end(&it);
}

static void contacts_that_are_being_fetched_count(void **state)
{
    pgai_pages_options options = options_of(10);
    pgai_page *page;
    world it;

    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        options.details = 1;
        options.strict = strict;
        it = begin(50, &options);
        assert_int_equal(turn(&it), PGAI_WALK_PAGE);
        for (int i = 0; i < 5; i++) {
            assert_int_equal(pgai_walk_next(it.walk, it.now, &page), PGAI_WALK_CALLS);
            drive(&it);
        }
        assert_int_equal(pgai_walk_next(it.walk, it.now, &page), PGAI_WALK_CALLS);
        check(&it, 16000, 16000 * 36 / 14);
        /* The second strict page had 8 contacts that were new, so there are 4 more, and
         * one for the overlap. */
        check_requests(&it, 36 + (strict ? 5 : 3));
        pgaii_pacer_init(&it.session->pacer);
        assert_int_equal(pgai_call_next(pgai_walk_call(it.walk, 0), it.now),
                         PGAI_STEP_SEND);
        check_requests(&it, 35 + (strict ? 5 : 3));
        end(&it);
    }
}

static void while_the_first_page_is_fetched_whole_time_left_is_not_known(void **state)
{
    pgai_pages_options options = options_of(10);
    pgai_page *page;
    world it;

    (void)state;
    options.details = 1;
    options.strict = 1;
    it = begin(50, &options);
    assert_int_equal(pgai_walk_next(it.walk, it.now, &page), PGAI_WALK_CALLS);
    drive(&it);
    assert_int_equal(pgai_walk_next(it.walk, it.now, &page), PGAI_WALK_CALLS);
    check(&it, 1000, -1);
    end(&it);
}

static void a_strict_walk_asks_for_a_fifth_more(void **state)
{
    pgai_pages_options options = options_of(50);
    world it;

    (void)state;
    options.strict = 1;
    it = begin(2000, &options);
    assert_int_equal(turn(&it), PGAI_WALK_PAGE);
    check_requests(&it, 39 + 8);
    end(&it);
}

static void totals_beyond_all_reason_do_no_harm(void **state)
{
    pgai_pages_options options = options_of(1);
    world it;

    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        options.strict = strict;
        it = begin(999999999999999999, &options);
        it.limit = "1";
        assert_int_equal(turn(&it), PGAI_WALK_PAGE);
        check(&it, 1000, PGAII_LATEST_TIME);
        end(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_left_is_as_long_as_the_pages_before_took),
        cmocka_unit_test(an_empty_list_takes_no_time),
        cmocka_unit_test(after_a_failure_time_left_is_not_known),
        cmocka_unit_test(without_a_total_time_left_is_known_for_a_range_alone),
        cmocka_unit_test(a_range_ends_where_it_ends_or_the_total),
        cmocka_unit_test(a_walk_from_a_cursor_counts_its_own_pages),
        cmocka_unit_test(the_rate_limit_says_how_long_many_pages_take),
        cmocka_unit_test(pages_in_flight_were_sent_already),
        cmocka_unit_test(what_was_sent_already_waits_for_no_rate_limit),
        cmocka_unit_test(while_the_first_page_is_fetched_whole_time_left_is_not_known),
        cmocka_unit_test(contacts_fetched_whole_are_requests_too),
        cmocka_unit_test(contacts_that_are_being_fetched_count),
        cmocka_unit_test(a_strict_walk_asks_for_a_fifth_more),
        cmocka_unit_test(totals_beyond_all_reason_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
