/* Strict walks over a service whose list changes between any two responses. */
#include <stdlib.h>

#include "protocol/retry.h"
#include "protocol/walk.h"
#include "support/paged_service.h"
#include "support/session.h"
#include "support/unit.h"

/* Random walks; fewer with sanitizers. */
#ifndef ROUNDS
#define ROUNDS 3000
#endif

enum { MOST_IDS = 20000 };

typedef struct history {
    pgaii_random random;
    service service;
    int made;            /* ids below this were given away */
    bool gone[MOST_IDS]; /* by id */
    int seen[MOST_IDS];
} history;

static int draw(history *h, int bound)
{
    return (int)pgaii_random_between(&h->random, 0, bound - 1);
}

/* One contact is added or deleted, anywhere. */
static void change(history *h)
{
    service *s = &h->service;
    int place = draw(h, s->count + 1);

    if (draw(h, 2) == 0 && s->count < 900) {
        memmove(s->ids + place + 1, s->ids + place,
                (size_t)(s->count++ - place) * sizeof(int));
        s->ids[place] = h->made++;
    } else if (place < s->count) {
        h->gone[s->ids[place]] = true;
        memmove(s->ids + place, s->ids + place + 1,
                (size_t)(--s->count - place) * sizeof(int));
    }
}

/* Answer one of the calls that are out, after some changes. */
static void answer_any(history *h, pgai_walk *walk, int most_changes)
{
    pgai_call *out[64];
    int count = 0;

    for (size_t i = 0; pgai_walk_call(walk, i); i++) {
        if (pgai_call_next(pgai_walk_call(walk, i), 0) == PGAI_STEP_SEND)
            out[count++] = pgai_walk_call(walk, i);
    }
    for (int changes = most_changes ? draw(h, most_changes + 1) : 0; changes > 0;
         changes--)
        change(h);
    if (count > 0)
        service_respond(&h->service, out[draw(h, count)]);
}

static void see(history *h, pgai_walk *walk, const pgai_page *page, char *cursor)
{
    size_t used = (size_t)draw(h, (int)pgai_page_count(page) + 1);

    for (size_t i = 0; i < used; i++)
        h->seen[service_id(page, i)]++;
    pgai_walk_cursor(walk, used, cursor);
}

static pgai_walk *walk_on(pgai_session *session, const char *cursor, int64_t prefetch)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;

    options.cursor = cursor;
    options.prefetch = prefetch;
    options.strict = 1;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    return walk;
}

/* Walk to the end; now and then, leave the walk inside a page and go on from its cursor.
 */
static pgai_walk_step
run(history *h, int64_t prefetch, int most_changes, int leaves, pgai_walk_stats *stats)
{
    pgai_session *session = session_make();
    pgai_walk *walk = walk_on(session, NULL, prefetch);
    char cursor[PGAI_CURSOR_SIZE];
    pgai_page *page = NULL;
    pgai_walk_step step;

    while ((step = pgai_walk_next(walk, 0, &page)) < PGAI_WALK_DONE) {
        if (step == PGAI_WALK_CALLS) {
            answer_any(h, walk, most_changes);
        } else if (leaves > 0 && draw(h, 4) == 0) {
            see(h, walk, page, cursor);
            leaves--;
            pgai_walk_free(walk);
            walk = walk_on(session, cursor, prefetch);
        } else {
            for (size_t i = 0; i < pgai_page_count(page); i++)
                h->seen[service_id(page, i)]++;
        }
        pgai_page_free(page);
    }
    pgai_walk_stats_get(walk, 0, stats);
    pgai_walk_free(walk);
    pgai_session_free(session);
    return step;
}

static history *history_new(int number, int contacts)
{
    history *h = calloc(1, sizeof(*h));

    assert_non_null(h);
    h->random.state = (uint64_t)number;
    service_fill(&h->service, contacts);
    h->made = 100 + contacts;
    return h;
}

static int count_missed(const history *h, int first, int behind)
{
    int missed = 0;

    for (int id = first; id < behind; id++)
        missed += !h->gone[id] && h->seen[id] == 0;
    return missed;
}

static void what_is_said_to_be_complete_misses_nothing(void **state)
{
    int complete = 0;

    (void)state;
    for (int number = 0; number < ROUNDS; number++) {
        static const int64_t prefetches[] = {1, 4, 8};
        history *h = history_new(number, number * 7 % 600);
        int initial = h->service.count;
        pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
        pgai_walk_step step =
            run(h, prefetches[number % 3], number % 6, number % 2 ? 3 : 0, &stats);

        assert_int_equal(step == PGAI_WALK_DONE, stats.complete == 1);
        if (stats.complete == 1)
            assert_int_equal(count_missed(h, 100, 100 + initial), 0);
        for (int id = 0; id < h->made; id++)
            assert_true(h->seen[id] <= 1);
        complete += stats.complete == 1;
        free(h);
    }
    assert_true(complete >= ROUNDS * 95 / 100);
}

static void an_unchanging_list_costs_a_fifth_more(void **state)
{
    history *h = history_new(1, 1000);
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    (void)state;
    assert_int_equal(run(h, 8, 0, 0, &stats), PGAI_WALK_DONE);
    assert_int_equal(stats.contacts, 1000);
    assert_int_equal(stats.requests, 24);
    assert_int_equal(stats.complete, 1);
    free(h);
}

static void only_a_strict_cursor_continues_a_strict_walk(void **state)
{
    pgai_session *session = session_make();
    pgai_walk *plain = service_walk(session, 10, NULL);
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    char cursor[PGAI_CURSOR_SIZE];
    pgai_walk *walk = NULL;

    (void)state;
    pgai_walk_cursor(plain, 0, cursor);
    options.cursor = cursor;
    options.strict = 1;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, &error), PGAI_USAGE);
    assert_non_null(strstr(error.message, "was not strict"));
    pgai_walk_free(plain);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_to_be_complete_misses_nothing),
        cmocka_unit_test(an_unchanging_list_costs_a_fifth_more),
        cmocka_unit_test(only_a_strict_cursor_continues_a_strict_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
