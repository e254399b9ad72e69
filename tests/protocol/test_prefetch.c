/* Walks with several pages in flight, and walks over a range of pages. */
#include "protocol/call.h"
#include "protocol/walk.h"
#include "support/paged_service.h"
#include "support/session.h"
#include "support/unit.h"

enum { LIMIT = 10, WINDOW = 4 };

/* A walk whose first page came, and whose next WINDOW requests have left. */
typedef struct window {
    pgai_session *session;
    pgai_walk *walk;
    pgai_call *calls[WINDOW];
    service service;
} window;

static void open_window(window *w, int contacts)
{
    pgai_page *page = NULL;

    w->session = session_make();
    w->walk = service_walk_ahead(w->session, LIMIT, WINDOW, NULL);
    service_fill(&w->service, contacts);
    assert_int_equal(service_next(&w->service, w->walk, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(w->walk, 0, &page), PGAI_WALK_CALLS);
    for (size_t i = 0; i < WINDOW; i++) {
        w->calls[i] = pgai_walk_call(w->walk, i);
        assert_int_equal(pgai_call_next(w->calls[i], 0), PGAI_STEP_SEND);
        assert_non_null(pgai_call_request(w->calls[i]));
    }
    assert_null(pgai_walk_call(w->walk, WINDOW));
}

static void close_window(window *w)
{
    pgai_walk_free(w->walk);
    pgai_session_free(w->session);
}

/* The ids of a page, which ends here, must go on from number *next. */
static void take(const service *s, pgai_page *page, int *next)
{
    for (size_t i = 0; i < pgai_page_count(page); i++)
        assert_int_equal(service_id(page, i), s->ids[(*next)++]);
    pgai_page_free(page);
}

/* Take pages until there is none without more responses. */
static pgai_walk_step take_pages(window *w, int *next)
{
    pgai_page *page = NULL;
    pgai_walk_step step;

    while ((step = pgai_walk_next(w->walk, 0, &page)) == PGAI_WALK_PAGE)
        take(&w->service, page, next);
    return step;
}

/* The rest of the walk, in any order. */
static pgai_walk_step take_rest(window *w, int *next)
{
    pgai_page *page = NULL;
    pgai_walk_step step;

    while ((step = service_next(&w->service, w->walk, &page)) == PGAI_WALK_PAGE)
        take(&w->service, page, next);
    return step;
}

/* Permutation number @p number of 0 to WINDOW - 1. */
static void permute(int number, size_t order[WINDOW])
{
    for (size_t i = 0; i < WINDOW; i++)
        order[i] = i;
    for (size_t i = 0; i < WINDOW; i++) {
        size_t other = i + (size_t)number % (WINDOW - i);
        size_t kept = order[i];

        number /= (int)(WINDOW - i);
        order[i] = order[other];
        order[other] = kept;
    }
}

static void pages_come_in_order_whatever_call_ends_first(void **state)
{
    (void)state;
    for (int number = 0; number < 24; number++) {
        size_t order[WINDOW];
        int next = LIMIT;
        window w;

        open_window(&w, 75);
        permute(number, order);
        for (size_t i = 0; i < WINDOW; i++) {
            service_respond(&w.service, w.calls[order[i]]);
            assert_int_equal(take_pages(&w, &next), PGAI_WALK_CALLS);
        }
        assert_int_equal(next, LIMIT * (WINDOW + 1));
        assert_int_equal(take_rest(&w, &next), PGAI_WALK_DONE);
        assert_int_equal(next, 75);
        assert_int_equal(w.service.requests, 8);
        close_window(&w);
    }
}

/* Whichever call fails, whichever ends first: what is before it comes, then the error. */
static void pages_before_a_failure_come_first(void **state)
{
    (void)state;
    for (int number = 0; number < 24; number++) {
        for (size_t failing = 0; failing < WINDOW; failing++) {
            pgai_walk_step step = PGAI_WALK_CALLS;
            size_t order[WINDOW];
            int next = LIMIT;
            window w;

            open_window(&w, 200);
            permute(number, order);
            for (size_t i = 0; i < WINDOW && step == PGAI_WALK_CALLS; i++) {
                if (order[i] == failing)
                    service_refuse(w.calls[failing]);
                else
                    service_respond(&w.service, w.calls[order[i]]);
                step = take_pages(&w, &next);
            }
            assert_int_equal(step, PGAI_WALK_FAILED);
            assert_int_equal(pgai_walk_error(w.walk)->status, PGAI_AUTHENTICATION);
            assert_int_equal(next, LIMIT * (int)(failing + 1));
            close_window(&w);
        }
    }
}

static void nothing_is_asked_for_behind_a_failure(void **state)
{
    int next = LIMIT;
    window w;

    (void)state;
    open_window(&w, 200);
    service_refuse(w.calls[1]);
    service_respond(&w.service, w.calls[0]);
    assert_int_equal(take_pages(&w, &next), PGAI_WALK_FAILED);
    assert_int_equal(w.service.requests, 2);
    close_window(&w);
}

/* Failures that pass: each page is asked for again when its turn comes, and not before;
 * and all of it takes no more of the retry budget than one page after the other. */
static void what_failed_ahead_is_tried_again_when_its_turn_comes(void **state)
{
    int next = LIMIT;
    window w;

    (void)state;
    open_window(&w, 75);
    for (size_t i = 0; i < WINDOW; i++)
        session_response(w.calls[i], 0, 503, "", NULL);
    for (size_t turn = 0; turn < WINDOW; turn++) {
        for (size_t i = turn + 1; i < WINDOW; i++) {
            assert_int_equal(pgai_call_next(w.calls[i], 1000000), PGAI_STEP_WAIT);
            assert_true(w.calls[i]->held);
        }
        assert_int_equal(take_pages(&w, &next), PGAI_WALK_CALLS);
        assert_int_equal(pgai_call_next(w.calls[turn], 2000), PGAI_STEP_SEND);
        assert_non_null(pgai_call_request(w.calls[turn]));
        service_respond(&w.service, w.calls[turn]);
    }
    assert_int_equal(take_pages(&w, &next), PGAI_WALK_CALLS);
    assert_int_equal(next, LIMIT * (WINDOW + 1));
    close_window(&w);
}

static void a_wide_window_does_not_empty_the_retry_budget(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk_ahead(session, 1, 32, NULL);
    pgai_page *page = NULL;
    int64_t now = 0;
    service s;

    (void)state;
    service_fill(&s, 60);
    assert_int_equal(service_next(&s, walk, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, now, &page), PGAI_WALK_CALLS);
    for (size_t i = 0; pgai_walk_call(walk, i); i++) {
        assert_int_equal(pgai_call_next(pgai_walk_call(walk, i), now), PGAI_STEP_SEND);
        assert_non_null(pgai_call_request(pgai_walk_call(walk, i)));
        session_response(pgai_walk_call(walk, i), now, 503, "", NULL);
    }
    for (int pages = 1; pages < 60; pages++) {
        pgai_walk_step step;

        while ((step = pgai_walk_next(walk, now, &page)) == PGAI_WALK_CALLS) {
            now += 2000;
            service_drive(&s, walk, now);
        }
        assert_int_equal(step, PGAI_WALK_PAGE);
        assert_int_equal(service_id(page, 0), s.ids[pages]);
        pgai_page_free(page);
    }
    pgai_walk_free(walk);
    pgai_session_free(session);
}

/* A program may take as long over a page as it likes: what waits ahead does not age. */
static void what_waits_ahead_has_no_deadline(void **state)
{
    pgai_session *session = session_make();
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    pgai_call *call = NULL;

    (void)state;
    options.deadline_ms = 1000;
    options.max_wait_ms = 500;
    assert_int_equal(pgai_call_new_list(session, NULL, &options, &call, NULL), PGAI_OK);
    call->ahead = true;
    call->not_before = 100000;
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_next(call, 50000), PGAI_STEP_WAIT);
    pgaii_call_lead(call, 99500);
    assert_int_equal(pgai_call_next(call, 99500), PGAI_STEP_WAIT);
    assert_int_equal(pgai_call_next(call, 100000), PGAI_STEP_SEND);
    assert_int_equal(call->stats.waited_ms[call->wait_cause], 500);
    assert_int_equal(call->deadline_at, 100500);
    pgai_call_free(call);
    pgai_session_free(session);
}

static void what_is_out_of_time_is_never_asked_ahead(void **state)
{
    pgai_session *session = session_make();
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 50);
    options.limit = LIMIT;
    options.deadline_ms = 1000;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    assert_int_equal(service_next(&s, walk, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 999, &page), PGAI_WALK_CALLS);
    for (size_t i = 0; pgai_walk_call(walk, i); i++) {
        assert_int_equal(pgai_call_next(pgai_walk_call(walk, i), 999), PGAI_STEP_SEND);
        assert_int_equal(pgai_call_request(pgai_walk_call(walk, i))->timeout_ms, 1);
        assert_int_equal(pgai_call_next(pgai_walk_call(walk, i), 1000), PGAI_STEP_FAILED);
    }
    assert_int_equal(pgai_walk_next(walk, 1000, &page), PGAI_WALK_FAILED);
    assert_int_equal(pgai_walk_error(walk)->status, PGAI_TIMEOUT);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

/* Faults of a service between any two requests: a window changes neither the contacts
 * that come nor what is known to be wrong. */
static void compare_with_one_at_a_time(const service *faulty)
{
    for (int64_t prefetch = 2; prefetch <= 32; prefetch *= 2) {
        pgai_walk_step steps[2] = {PGAI_WALK_PAGE, PGAI_WALK_PAGE};
        pgai_walk_stats stats[2] = {PGAI_WALK_STATS_INIT, PGAI_WALK_STATS_INIT};
        int sums[2] = {0, 0};

        for (size_t i = 0; i < 2; i++) {
            pgai_session *session = session_make();
            pgai_walk *walk =
                service_walk_ahead(session, LIMIT, i == 0 ? 1 : prefetch, NULL);
            service s = *faulty;
            pgai_page *page = NULL;

            while ((steps[i] = service_next(&s, walk, &page)) == PGAI_WALK_PAGE) {
                for (size_t at = 0; at < pgai_page_count(page); at++)
                    sums[i] = (sums[i] * 31 + service_id(page, at)) % 1000003;
                pgai_page_free(page);
            }
            pgai_walk_stats_get(walk, 0, &stats[i]);
            pgai_walk_free(walk);
            pgai_session_free(session);
        }
        assert_int_equal(steps[0], steps[1]);
        assert_int_equal(sums[0], sums[1]);
        assert_int_equal(stats[0].contacts, stats[1].contacts);
        assert_int_equal(stats[0].complete, stats[1].complete);
    }
}

static void a_window_changes_nothing_else(void **state)
{
    service s;

    (void)state;
    service_fill(&s, 215);
    compare_with_one_at_a_time(&s);
    s.clamp = 7;
    compare_with_one_at_a_time(&s);
    service_fill(&s, 215);
    s.silent_total = true;
    compare_with_one_at_a_time(&s);
    service_fill(&s, 215);
    s.empty_page = 5;
    compare_with_one_at_a_time(&s);
    service_fill(&s, 215);
    s.repeat_page = 5;
    compare_with_one_at_a_time(&s);
    for (int at = 1; at <= 23; at++) {
        service_fill(&s, 215);
        s.missing_at = at;
        compare_with_one_at_a_time(&s);
        service_fill(&s, 215);
        s.inserted_at = at;
        compare_with_one_at_a_time(&s);
    }
}

/* The contacts of pages start to start + count - 1, whatever limit the service uses, and
 * from whatever cursor inside. */
static void walk_range(int64_t start, int64_t count, int clamp, int64_t prefetch)
{
    pgai_session *session = session_make();
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    int first = (int)(start - 1) * LIMIT;
    int behind = first + (int)count * LIMIT < 95 ? first + (int)count * LIMIT : 95;

    for (int stop = first; stop <= behind; stop++) {
        char cursor[PGAI_CURSOR_SIZE];
        pgai_walk *walk = NULL;
        pgai_page *page = NULL;
        int next = first;
        service s;

        service_fill(&s, 95);
        s.clamp = clamp;
        options.start = start;
        options.count = count;
        options.limit = LIMIT;
        options.prefetch = prefetch;
        options.cursor = NULL;
        assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
        pgai_walk_cursor(walk, 0, cursor);
        while (next < stop && service_next(&s, walk, &page) == PGAI_WALK_PAGE) {
            size_t used = 0;

            for (; used < pgai_page_count(page) && next < stop; used++)
                assert_int_equal(service_id(page, used), s.ids[next++]);
            pgai_walk_cursor(walk, used, cursor);
            pgai_page_free(page);
        }
        pgai_walk_free(walk);
        walk = service_walk_ahead(session, PGAI_UNSET, prefetch, cursor);
        while (service_next(&s, walk, &page) == PGAI_WALK_PAGE)
            take(&s, page, &next);
        assert_int_equal(next, behind > first ? behind : first);
        pgai_walk_free(walk);
    }
    pgai_session_free(session);
}

static void a_range_of_pages_begins_and_ends_where_it_should(void **state)
{
    (void)state;
    for (int64_t start = 1; start <= 11; start += 2) {
        for (int64_t count = 1; count <= 9; count += 4) {
            walk_range(start, count, 0, 1);
            walk_range(start, count, 0, WINDOW);
            walk_range(start, count, 7, WINDOW);
        }
    }
}

static void nothing_behind_a_range_is_asked_for(void **state)
{
    pgai_session *session = session_make();
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 95);
    options.start = 2;
    options.count = 3;
    options.limit = LIMIT;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    while (service_next(&s, walk, &page) == PGAI_WALK_PAGE)
        pgai_page_free(page);
    assert_int_equal(s.requests, 3);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_come_in_order_whatever_call_ends_first),
        cmocka_unit_test(pages_before_a_failure_come_first),
        cmocka_unit_test(nothing_is_asked_for_behind_a_failure),
        cmocka_unit_test(what_failed_ahead_is_tried_again_when_its_turn_comes),
        cmocka_unit_test(a_wide_window_does_not_empty_the_retry_budget),
        cmocka_unit_test(what_waits_ahead_has_no_deadline),
        cmocka_unit_test(what_is_out_of_time_is_never_asked_ahead),
        cmocka_unit_test(a_window_changes_nothing_else),
        cmocka_unit_test(a_range_of_pages_begins_and_ends_where_it_should),
        cmocka_unit_test(nothing_behind_a_range_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
