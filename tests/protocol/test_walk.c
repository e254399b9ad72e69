/* Walks over pages: what comes of pages that move. */
#include <inttypes.h>
#include <stdlib.h>

#include "protocol/buffer.h"
#include "protocol/walk.h"
#include "support/paged_service.h"
#include "support/session.h"
#include "support/unit.h"

/* Walk to the end, or to a failure; collects the ids. */
static pgai_walk_step walk_all(service *s, pgai_walk *walk, int *ids, int *count)
{
    pgai_page *page = NULL;
    pgai_walk_step step;

    while ((step = service_next(s, walk, &page)) == PGAI_WALK_PAGE) {
        assert_true(pgai_page_count(page) > 0);
        for (size_t i = 0; i < pgai_page_count(page); i++)
            ids[(*count)++] = service_id(page, i);
        pgai_page_free(page);
    }
    return step;
}

static void assert_all(const service *s, const int *ids, int count)
{
    assert_int_equal(count, s->count);
    assert_memory_equal(ids, s->ids, (size_t)count * sizeof(int));
}

typedef struct expectation {
    pgai_walk_step end;
    int requests;
    int64_t duplicates;
    int64_t drift;
} expectation;

/* Walk over a service, 50 contacts a page. Returns how many ids were handed out. */
static int check_walk(service *s, expectation expected, int *ids)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, PGAI_UNSET, NULL);
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    pgai_page *page;
    int count = 0;

    assert_int_equal(walk_all(s, walk, ids, &count), expected.end);
    assert_int_equal(pgai_walk_next(walk, 0, &page), expected.end);
    pgai_walk_stats_get(walk, 0, &stats);
    assert_int_equal(s->requests, expected.requests);
    assert_int_equal(stats.requests, expected.requests);
    assert_int_equal(stats.contacts, count);
    assert_int_equal(stats.duplicates, expected.duplicates);
    assert_int_equal(stats.drift, expected.drift);
    if (expected.end == PGAI_WALK_FAILED)
        assert_int_equal(pgai_walk_error(walk)->status, PGAI_DECODE);
    pgai_walk_free(walk);
    pgai_session_free(session);
    return count;
}

static void a_walk_reads_each_page_once(void **state)
{
    const int counts[] = {0, 1, 49, 50, 51, 100, 999};
    int ids[1100];
    service s;

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        int pages = (counts[i] + 49) / 50;

        service_fill(&s, counts[i]);
        assert_all(
            &s, ids,
            check_walk(&s, (expectation){PGAI_WALK_DONE, pages ? pages : 1, 0, 0}, ids));
    }
}

static void without_a_total_an_empty_page_is_read_twice(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 120);
    s.silent_total = true;
    assert_all(&s, ids, check_walk(&s, (expectation){PGAI_WALK_DONE, 5, 0, 0}, ids));
}

static void the_returned_limit_rules(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 120);
    s.clamp = 25;
    assert_all(&s, ids, check_walk(&s, (expectation){PGAI_WALK_DONE, 5, 0, 0}, ids));
}

static void an_empty_page_midway_is_a_gap(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 200);
    s.empty_page = 3;
    assert_int_equal(check_walk(&s, (expectation){PGAI_WALK_FAILED, 4, 0, 0}, ids), 100);
}

static void the_same_page_for_ever_is_a_loop(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 500);
    s.repeat_page = 2;
    assert_int_equal(check_walk(&s, (expectation){PGAI_WALK_FAILED, 4, 100, 2}, ids),
                     100);
}

static void what_moves_back_is_dropped_as_a_duplicate(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 150);
    s.inserted_at = 2;
    /* The 50th comes again on page 2; the total has changed; a fourth page holds one
     * more. */
    assert_int_equal(check_walk(&s, (expectation){PGAI_WALK_DONE, 4, 1, 2}, ids), 150);
    assert_int_equal(ids[0], 100);
    assert_int_equal(ids[149], 249);
}

static void a_changed_total_is_drift(void **state)
{
    int ids[1100];
    service s;

    (void)state;
    service_fill(&s, 150);
    s.missing_at = 3;
    assert_int_equal(check_walk(&s, (expectation){PGAI_WALK_DONE, 3, 0, 1}, ids), 149);
}

/* Stop after every possible number of contacts, and go on with a new walk and another
 * limit. */
static void a_cursor_is_exact_to_the_contact(void **state)
{
    pgai_session *session = session_make();
    service s;

    (void)state;
    service_fill(&s, 23);
    for (int stop = 0; stop <= 23; stop++) {
        pgai_walk *walk = service_walk(session, 5, NULL);
        char cursor[PGAI_CURSOR_SIZE];
        pgai_page *page = NULL;
        int ids[30];
        int count = 0;

        while (count < stop && service_next(&s, walk, &page) == PGAI_WALK_PAGE) {
            size_t used = 0;

            for (; used < pgai_page_count(page) && count < stop; used++)
                ids[count++] = service_id(page, used);
            pgai_walk_cursor(walk, used, cursor);
            pgai_page_free(page);
        }
        if (stop == 0)
            pgai_walk_cursor(walk, 0, cursor);
        pgai_walk_free(walk);
        walk = service_walk(session, stop % 2 ? 7 : PGAI_UNSET, cursor);
        assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
        assert_all(&s, ids, count);
        pgai_walk_free(walk);
    }
    pgai_session_free(session);
}

static void a_cursor_finds_its_place_again_after_a_shift(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    char cursor[PGAI_CURSOR_SIZE];
    pgai_page *page = NULL;
    service s;
    int ids[40];
    int count = 0;

    (void)state;
    service_fill(&s, 30);
    assert_int_equal(service_next(&s, walk, &page), PGAI_WALK_PAGE);
    pgai_walk_cursor(walk, 4, cursor);
    pgai_page_free(page);
    pgai_walk_free(walk);
    s.requests = 0;
    s.missing_at = 1;
    walk = service_walk(session, PGAI_UNSET, cursor);
    assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
    assert_int_equal(count, 26);
    assert_int_equal(ids[0], 104);
    pgai_walk_stats_get(walk, 0, &stats);
    assert_int_equal(stats.drift, 1);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

/* A program that was compiled before `complete` has room up to `total`. */
static void a_shorter_stats_struct_is_filled_as_far_as_it_goes(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    pgai_walk_stats stats = {.complete = 7, .incomplete_reason = "untouched"};
    service s;
    int ids[40];
    int count = 0;

    (void)state;
    service_fill(&s, 13);
    stats.struct_size = offsetof(pgai_walk_stats, complete);
    assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
    pgai_walk_stats_get(walk, 0, &stats);
    assert_int_equal(stats.total, 13);
    assert_int_equal(stats.complete, 7);
    assert_string_equal(stats.incomplete_reason, "untouched");
    stats = (pgai_walk_stats)PGAI_WALK_STATS_INIT;
    pgai_walk_stats_get(walk, 0, &stats);
    assert_int_equal(stats.complete, -1);
    assert_null(stats.incomplete_reason);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void a_walk_is_not_complete_before_its_end(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 10);
    for (int i = 0; i < 2; i++) {
        pgai_walk_stats_get(walk, 0, &stats);
        assert_int_equal(stats.complete, 0);
        assert_string_equal(stats.incomplete_reason, "the walk is not finished");
        assert_int_equal(service_next(&s, walk, &page),
                         i == 0 ? PGAI_WALK_PAGE : PGAI_WALK_DONE);
        pgai_page_free(page);
        page = NULL;
    }
    pgai_walk_stats_get(walk, 0, &stats);
    assert_int_equal(stats.complete, -1);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void contacts_that_come_later_follow_the_last_cursor(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    char cursor[PGAI_CURSOR_SIZE];
    service s;
    int ids[40];
    int count = 0;

    (void)state;
    service_fill(&s, 13);
    assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
    pgai_walk_cursor(walk, SIZE_MAX, cursor);
    pgai_walk_free(walk);
    s.ids[s.count++] = 500;
    walk = service_walk(session, PGAI_UNSET, cursor);
    assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
    assert_all(&s, ids, count);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void a_failure_stays_and_leaves_a_cursor(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    char cursor[PGAI_CURSOR_SIZE];
    pgai_page *page = NULL;
    service s;
    int ids[40];
    int count = 10;

    (void)state;
    service_fill(&s, 25);
    assert_int_equal(service_next(&s, walk, &page), PGAI_WALK_PAGE);
    memcpy(ids, s.ids, 10 * sizeof(int));
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
    assert_int_equal(pgai_call_next(pgai_walk_call(walk, 0), 0), PGAI_STEP_SEND);
    service_refuse(pgai_walk_call(walk, 0));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_FAILED);
        assert_int_equal(pgai_walk_error(walk)->status, PGAI_AUTHENTICATION);
        assert_null(pgai_walk_call(walk, 0));
    }
    pgai_walk_cursor(walk, SIZE_MAX, cursor);
    pgai_walk_free(walk);
    walk = service_walk(session, PGAI_UNSET, cursor);
    assert_int_equal(walk_all(&s, walk, ids, &count), PGAI_WALK_DONE);
    assert_all(&s, ids, count);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void one_deadline_covers_the_whole_walk(void **state)
{
    pgai_session *session = session_make();
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 100);
    options.deadline_ms = 10000;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    assert_int_equal(service_next(&s, walk, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 9000, &page), PGAI_WALK_CALLS);
    assert_int_equal(pgai_call_next(pgai_walk_call(walk, 0), 9000), PGAI_STEP_SEND);
    assert_int_equal(pgai_call_request(pgai_walk_call(walk, 0))->timeout_ms, 1000);
    session_fail(pgai_walk_call(walk, 0), 10000, PGAI_TIMEOUT, 1);
    assert_int_equal(pgai_call_next(pgai_walk_call(walk, 0), 10000), PGAI_STEP_FAILED);
    assert_int_equal(pgai_walk_next(walk, 10000, &page), PGAI_WALK_FAILED);
    assert_int_equal(pgai_walk_error(walk)->status, PGAI_TIMEOUT);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

/* Numbers that a service can send, and that no arithmetic here may overflow on. */
static void enormous_numbers_do_not_overflow(void **state)
{
    static const struct {
        int64_t start;
        int64_t limit;
        const char *body;
    } cases[] = {
        {1, 1,
         "{\"data\":[{\"id\":\"1\"}],\"pagination\":{\"total\":9223372036854775807}}"},
        {999999999999999999, 1,
         "{\"data\":[{\"id\":\"1\"}],\"pagination\":{\"limit\":50}}"},
        {1, INT64_MAX, "{\"data\":[{\"id\":\"1\"}],\"pagination\":{\"limit\":1}}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_session *session = session_make();
        pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
        pgai_walk *walk = NULL;
        pgai_page *page = NULL;
        pgai_walk_step step;

        options.start = cases[i].start;
        options.limit = cases[i].limit;
        assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
        while ((step = pgai_walk_next(walk, 0, &page)) <= PGAI_WALK_PAGE) {
            pgai_page_free(page);
            if (step == PGAI_WALK_CALLS) {
                assert_int_equal(pgai_call_next(pgai_walk_call(walk, 0), 0),
                                 PGAI_STEP_SEND);
                session_response(pgai_walk_call(walk, 0), 0, 200, cases[i].body, NULL);
                pgai_call_next(pgai_walk_call(walk, 0), 0);
            }
        }
        assert_int_equal(step, PGAI_WALK_FAILED);
        assert_contains(pgai_walk_error(walk)->message, "repeat pages");
        pgai_walk_free(walk);
        pgai_session_free(session);
    }
}

static void wrong_options_are_refused(void **state)
{
    pgai_session *session = session_make();
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    options.start = 0;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_contains(error.message, "start is 0");
    options.start = INT64_MAX;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_contains(error.message, "start");
    options.start = 2;
    options.cursor = "x";
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_contains(error.message, "start and cursor");
    options.start = PGAI_UNSET;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_contains(error.message, "cursor");
    options.cursor = NULL;
    options.deadline_ms = -1;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_contains(error.message, "deadline_ms");
    assert_null(walk);
    pgai_session_free(session);
}

/* Ids that meet for one walk do not for the next. */
static void each_walk_draws_a_multiplier_of_its_own(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *first;
    pgai_walk *second;

    (void)state;
    assert_int_equal(pgai_walk_new(session, NULL, NULL, &first, NULL), PGAI_OK);
    assert_int_equal(pgai_walk_new(session, NULL, NULL, &second, NULL), PGAI_OK);
    assert_true(first->seen.multiplier != second->seen.multiplier);
    pgai_walk_free(first);
    pgai_walk_free(second);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_walk_draws_a_multiplier_of_its_own),
        cmocka_unit_test(a_walk_reads_each_page_once),
        cmocka_unit_test(without_a_total_an_empty_page_is_read_twice),
        cmocka_unit_test(the_returned_limit_rules),
        cmocka_unit_test(an_empty_page_midway_is_a_gap),
        cmocka_unit_test(the_same_page_for_ever_is_a_loop),
        cmocka_unit_test(what_moves_back_is_dropped_as_a_duplicate),
        cmocka_unit_test(a_changed_total_is_drift),
        cmocka_unit_test(a_cursor_is_exact_to_the_contact),
        cmocka_unit_test(a_cursor_finds_its_place_again_after_a_shift),
        cmocka_unit_test(a_shorter_stats_struct_is_filled_as_far_as_it_goes),
        cmocka_unit_test(a_walk_is_not_complete_before_its_end),
        cmocka_unit_test(contacts_that_come_later_follow_the_last_cursor),
        cmocka_unit_test(a_failure_stays_and_leaves_a_cursor),
        cmocka_unit_test(one_deadline_covers_the_whole_walk),
        cmocka_unit_test(enormous_numbers_do_not_overflow),
        cmocka_unit_test(wrong_options_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
