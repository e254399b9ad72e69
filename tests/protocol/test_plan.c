/* Several calls of a walk in flight. */
#include "protocol/walk.h"
#include "support/paged_service.h"
#include "support/session.h"
#include "support/unit.h"

/* A walk that keeps two pages in flight, and the requests of its first page's successors:
 * both have left. */
static pgai_walk *walk_of_two(pgai_session *session, service *s)
{
    pgai_walk *walk = service_walk(session, 10, NULL);
    pgai_page *page = NULL;

    walk->window = walk->open = 2;
    assert_int_equal(service_next(s, walk, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pgai_call_next(pgai_walk_call(walk, i), 0), PGAI_STEP_SEND);
        assert_non_null(pgai_call_request(pgai_walk_call(walk, i)));
    }
    assert_null(pgai_walk_call(walk, 2));
    return walk;
}

/* Answer the calls in flight, the earlier or the later page first, and check that pages
 * come in order and calls stay where they are. */
static void end_in_order(size_t first)
{
    pgai_session *session = session_make();
    pgai_walk *walk;
    pgai_call *calls[2];
    pgai_page *page = NULL;
    service s;

    service_fill(&s, 45);
    walk = walk_of_two(session, &s);
    for (size_t i = 0; i < 2; i++)
        calls[i] = pgai_walk_call(walk, i);
    service_respond(&s, calls[first]);
    if (first == 1) {
        assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
        assert_ptr_equal(pgai_walk_call(walk, 0), calls[0]);
        assert_null(pgai_walk_call(walk, 1));
        service_respond(&s, calls[0]);
    }
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_PAGE);
    assert_int_equal(service_id(page, 0), s.ids[10]);
    pgai_page_free(page);
    if (first == 0) {
        assert_ptr_equal(pgai_walk_call(walk, 0), calls[1]);
        assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
        assert_string_equal(session_target(pgai_walk_call(walk, 1)),
                            "/contacts?page=4&limit=10");
        service_respond(&s, calls[1]);
    }
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_PAGE);
    assert_int_equal(service_id(page, 0), s.ids[20]);
    pgai_page_free(page);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void two_calls_in_flight_end_in_either_order(void **state)
{
    (void)state;
    end_in_order(0);
    end_in_order(1);
}

/* The total fell: the page behind it is not wanted any more, though its request is out.
 */
static void a_call_that_is_dropped_stays_until_its_driver_was_told(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk;
    pgai_call *dropped;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 25);
    walk = walk_of_two(session, &s);
    s.count = 20;
    dropped = pgai_walk_call(walk, 1);
    service_respond(&s, pgai_walk_call(walk, 0));
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_DONE);
    assert_ptr_equal(pgai_walk_call(walk, 0), dropped);
    session_response(dropped, 0, 200, "{}", NULL);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_DONE);
    assert_ptr_equal(pgai_walk_call(walk, 0), dropped);
    assert_int_equal(pgai_call_next(dropped, 0), PGAI_STEP_FAILED);
    assert_int_equal(pgai_call_error(dropped)->status, PGAI_CANCELLED);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_DONE);
    assert_null(pgai_walk_call(walk, 0));
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void pages_before_an_error_come_first(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk;
    pgai_page *page = NULL;
    service s;

    (void)state;
    service_fill(&s, 45);
    walk = walk_of_two(session, &s);
    walk->window = walk->open = 3;
    service_refuse(pgai_walk_call(walk, 1));
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
    assert_null(pgai_walk_call(walk, 2));
    service_respond(&s, pgai_walk_call(walk, 0));
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_FAILED);
    assert_int_equal(pgai_walk_error(walk)->status, PGAI_AUTHENTICATION);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

static void a_call_is_not_freed_before_its_driver_was_told(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *walk = service_walk(session, 10, NULL);
    pgai_page *page = NULL;
    pgai_call *call;

    (void)state;
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
    call = pgai_walk_call(walk, 0);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    assert_non_null(pgai_call_request(call));
    session_response(call, 0, 200, "{\"data\":[{\"id\":\"1\"}]}", NULL);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_CALLS);
    assert_ptr_equal(pgai_walk_call(walk, 0), call);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_DONE);
    assert_int_equal(pgai_walk_next(walk, 0, &page), PGAI_WALK_PAGE);
    pgai_page_free(page);
    pgai_walk_free(walk);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_calls_in_flight_end_in_either_order),
        cmocka_unit_test(a_call_that_is_dropped_stays_until_its_driver_was_told),
        cmocka_unit_test(pages_before_an_error_come_first),
        cmocka_unit_test(a_call_is_not_freed_before_its_driver_was_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
