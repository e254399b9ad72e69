/* All pages, cut into ranges: each page is in one of them. */
#include "protocol/parts.h"

#include "protocol/page.h"
#include "protocol/window.h"
#include "support/session.h"
#include "support/unit.h"

static pgai_page page_of(int64_t total, int64_t limit)
{
    pgai_page page = {0};

    page.total = total;
    page.limit = limit;
    return page;
}

static void check_cut(int64_t total, int64_t limit, int64_t parts)
{
    pgai_page page = page_of(total, limit);
    int64_t pages = total / limit + (total % limit > 0);
    int64_t next = 1, least = INT64_MAX, most = 0;
    pgai_part part;
    int64_t count = 0;

    while (pgaii_parts_cut(&page, 7, parts, (size_t)count, &part)) {
        int64_t size = part.count == PGAI_UNSET ? pages + 1 - next : part.count;

        assert_int_equal(part.start, next);
        assert_int_equal(part.limit, limit);
        assert_true(size > 0 || pages == 0);
        least = size < least ? size : least;
        most = size > most ? size : most;
        next += size;
        count++;
    }
    assert_int_equal(part.count, PGAI_UNSET);
    assert_int_equal(next, pages + 1);
    assert_true(most - least <= 1);
    assert_int_equal(count, pages == 0 ? 1 : parts < pages ? parts : pages);
    assert_false(pgaii_parts_cut(&page, 7, parts, SIZE_MAX, &part));
}

static void each_page_is_in_one_range(void **state)
{
    (void)state;
    for (int64_t total = 0; total <= 60; total++) {
        for (int64_t limit = 1; limit <= 12; limit++) {
            for (int64_t parts = 1; parts <= 65; parts++)
                check_cut(total, limit, parts);
        }
    }
    check_cut(PGAII_MAX_POSITION, 1, PGAI_MAX_PARTS);
    check_cut(PGAII_MAX_POSITION, PGAII_MAX_LIMIT, 3);
}

static void what_is_not_known_is_one_range(void **state)
{
    const pgai_page pages[] = {
        page_of(-1, 50),
        {.total = 1, .limit = 50, .count = 2},
    };
    pgai_part part;

    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++) {
        assert_true(pgaii_parts_cut(&pages[i], 7, 4, 0, &part));
        assert_int_equal(part.start, 1);
        assert_int_equal(part.count, PGAI_UNSET);
        assert_int_equal(part.limit, 50);
        assert_false(pgaii_parts_cut(&pages[i], 7, 4, 1, &part));
    }
}

static pgai_call *start(pgai_session *session)
{
    pgai_call *call = NULL;

    assert_int_equal(pgai_call_new_plan(session, 2, 2, NULL, &call, NULL), PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    return call;
}

static void a_plan_has_its_ranges_when_it_is_done(void **state)
{
    pgai_session *session = session_make();
    pgai_call *call = start(session);
    pgai_part part;

    (void)state;
    assert_false(pgai_call_part(call, 0, &part));
    session_response(
        call, 0, 200,
        "{\"data\":[{\"id\":\"a\"}],\"pagination\":{\"limit\":2,\"total\":9}}", NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_DONE);
    assert_null(pgai_call_take_page(call));
    for (int again = 0; again < 2; again++) {
        assert_true(pgai_call_part(call, 1, &part));
        assert_int_equal(part.start, 4);
        assert_false(pgai_call_part(call, 2, &part));
    }
    pgai_call_free(call);
    pgai_session_free(session);
}

static void no_other_call_has_ranges(void **state)
{
    pgai_session *session = session_make();
    pgai_call *call = start(session);
    pgai_part part;

    (void)state;
    session_response(call, 0, 401, "{}", NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_FAILED);
    assert_false(pgai_call_part(call, 0, &part));
    pgai_call_free(call);
    assert_int_equal(pgai_call_new_list(session, NULL, NULL, &call, NULL), PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    session_response(call, 0, 200, "{\"data\":[]}", NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_DONE);
    assert_false(pgai_call_part(call, 0, &part));
    pgai_call_free(call);
    assert_int_equal(pgai_call_new_plan(session, 0, 2, NULL, &call, NULL), PGAI_USAGE);
    assert_null(call);
    assert_int_equal(pgai_call_new_plan(session, 2, 2, NULL, NULL, NULL), PGAI_USAGE);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_page_is_in_one_range),
        cmocka_unit_test(what_is_not_known_is_one_range),
        cmocka_unit_test(a_plan_has_its_ranges_when_it_is_done),
        cmocka_unit_test(no_other_call_has_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
