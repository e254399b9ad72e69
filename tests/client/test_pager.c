/* Pagers over a real connection: pages, cursors, and the end. */
#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

#define PAGE_OF_TWO(page, first, second)                                                 \
    "{\"data\":[{\"id\":\"" first "\"},{\"id\":\"" second "\"}],\"pagination\":{"        \
    "\"page\":" page ",\"limit\":2,\"total\":4}}"

static pgai_error error = PGAI_ERROR_INIT;

/* Answer with these bodies, one after the other; a NULL is a refusal. */
static void script_bodies(const char *first, const char *second)
{
    const char *const bodies[] = {first, second};
    char bytes[2][1024];
    peer_response script[2];

    for (size_t i = 0; i < 2; i++) {
        size_t length = peer_format(bytes[i], sizeof(bytes[i]), bodies[i] ? 200 : 401,
                                    NULL, bodies[i] ? bodies[i] : "{}");

        script[i] = (peer_response){bytes[i], length, 0, NULL, PEER_KEEP};
    }
    peer_script(server, script, 2);
}

static pgai_pager *start_walk(const char *cursor)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;

    options.limit = 2;
    options.cursor = cursor;
    assert_int_equal(pgai_contacts_pages(client, &options, &pager, &error), PGAI_OK);
    return pager;
}

/* Take the next page, which begins with this id. */
static void assert_next(pgai_pager *pager, size_t count, const char *id)
{
    pgai_page *page = NULL;

    assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_OK);
    assert_int_equal(pgai_page_count(page), count);
    assert_text(pgai_contact_text(pgai_page_contact(page, 0), PGAI_ID), id);
    pgai_page_free(page);
}

static void assert_ended(pgai_pager *pager, pgai_status status)
{
    pgai_page *page = (pgai_page *)pager;

    assert_int_equal(pgai_pager_next(pager, &page, &error), status);
    assert_null(page);
}

static void a_walk_gives_all_pages(void **state)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    pgai_pager *pager;

    (void)state;
    script_bodies(PAGE_OF_TWO("1", "a", "b"), PAGE_OF_TWO("2", "c", "d"));
    pager = start_walk(NULL);
    assert_int_equal(peer_requests(server), 0);
    assert_next(pager, 2, "a");
    assert_next(pager, 2, "c");
    assert_ended(pager, PGAI_DONE);
    assert_ended(pager, PGAI_DONE);
    pgai_pager_stats(pager, &stats);
    assert_int_equal(stats.pages, 2);
    assert_int_equal(stats.contacts, 4);
    assert_int_equal(stats.requests, 2);
    assert_int_equal(stats.total, 4);
    assert_int_equal(peer_requests(server), 2);
    assert_int_equal(peer_connections(server), 1);
    pgai_pager_free(pager);
}

static void a_walk_goes_on_from_its_cursor(void **state)
{
    char cursor[PGAI_CURSOR_SIZE];
    pgai_pager *pager;

    (void)state;
    script_bodies(PAGE_OF_TWO("1", "a", "b"), PAGE_OF_TWO("1", "a", "b"));
    pager = start_walk(NULL);
    assert_next(pager, 2, "a");
    pgai_pager_cursor(pager, 1, cursor);
    pgai_pager_free(pager);
    pager = start_walk(cursor);
    assert_next(pager, 1, "b");
    pgai_pager_free(pager);
}

static void a_failure_stays(void **state)
{
    char cursor[PGAI_CURSOR_SIZE];
    pgai_pager *pager;

    (void)state;
    script_bodies(PAGE_OF_TWO("1", "a", "b"), NULL);
    pager = start_walk(NULL);
    assert_next(pager, 2, "a");
    assert_ended(pager, PGAI_AUTHENTICATION);
    error = (pgai_error)PGAI_ERROR_INIT;
    assert_ended(pager, PGAI_AUTHENTICATION);
    assert_int_equal(error.http_status, 401);
    assert_int_equal(peer_requests(server), 2);

    pgai_pager_cursor(pager, 2, cursor);
    pgai_pager_free(pager);
    script_bodies(PAGE_OF_TWO("2", "c", "d"), NULL);
    pager = start_walk(cursor);
    assert_next(pager, 2, "c");
    pgai_pager_free(pager);
}

static void a_cancelled_client_ends_its_walks(void **state)
{
    pgai_pager *pager;

    (void)state;
    script_bodies(PAGE_OF_TWO("1", "a", "b"), PAGE_OF_TWO("2", "c", "d"));
    pager = start_walk(NULL);
    assert_next(pager, 2, "a");
    pgai_client_cancel(client);
    assert_ended(pager, PGAI_CLOSED);
    assert_int_equal(peer_requests(server), 1);
    pgai_pager_free(pager);
}

static void contacts_are_fetched_by_their_ids(void **state)
{
    const char *const ids[] = {"a", "gone"};
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    char cursor[PGAI_CURSOR_SIZE] = "something";
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    char bytes[2][1024];
    peer_response script[2] = {
        {bytes[0], 0, 0, NULL, PEER_KEEP},
        {bytes[1], 0, 0, NULL, PEER_KEEP},
    };

    (void)state;
    script[0].length =
        peer_format(bytes[0], sizeof(bytes[0]), 200, NULL, "{\"id\":\"a\"}");
    script[1].length = peer_format(bytes[1], sizeof(bytes[1]), 404, NULL, "{}");
    peer_script(server, script, 2);
    assert_int_equal(pgai_contacts_get_many(client, ids, 2, NULL, &pager, &error),
                     PGAI_OK);
    assert_next(pager, 1, "a");
    assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_OK);
    assert_int_equal(pgai_page_count(page), 0);
    assert_null(pgai_page_contact(page, 0));
    pgai_page_free(page);
    assert_ended(pager, PGAI_DONE);
    pgai_pager_stats(pager, &stats);
    assert_int_equal(stats.contacts, 1);
    assert_int_equal(stats.gone, 1);
    pgai_pager_cursor(pager, 0, cursor);
    assert_string_equal(cursor, "");
    pgai_pager_free(pager);
}

static void bad_ids_are_named(void **state)
{
    const char *const ids[] = {"a", NULL};
    pgai_get_many_options options = PGAI_GET_MANY_OPTIONS_INIT;
    pgai_pager *pager = (pgai_pager *)&options;

    (void)state;
    assert_int_equal(pgai_contacts_get_many(NULL, ids, 1, NULL, &pager, &error),
                     PGAI_USAGE);
    assert_null(pager);
    assert_int_equal(pgai_contacts_get_many(client, ids, 1, NULL, NULL, &error),
                     PGAI_USAGE);
    assert_int_equal(pgai_contacts_get_many(client, ids, 2, NULL, &pager, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "id 2 of 2 is NULL");
    assert_null(pager);
    assert_int_equal(pgai_contacts_get_many(client, NULL, 1, NULL, &pager, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "ids is NULL");
    options.deadline_ms = -1;
    assert_int_equal(pgai_contacts_get_many(client, ids, 1, &options, &pager, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "deadline_ms");
    options.struct_size = 4;
    assert_int_equal(pgai_contacts_get_many(client, ids, 1, &options, &pager, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "struct_size");
}

static void bad_arguments_are_named(void **state)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_page *page = (pgai_page *)&options;

    (void)state;
    assert_int_equal(pgai_contacts_pages(NULL, NULL, &pager, &error), PGAI_USAGE);
    assert_contains(error.message, "client");
    assert_int_equal(pgai_contacts_pages(client, NULL, NULL, &error), PGAI_USAGE);
    assert_contains(error.message, "out");
    assert_int_equal(pgai_pager_next(NULL, &page, &error), PGAI_USAGE);
    assert_contains(error.message, "pager");
    assert_null(page);
    options.cursor = "not a cursor";
    assert_int_equal(pgai_contacts_pages(client, &options, &pager, &error), PGAI_USAGE);
    assert_contains(error.message, "cursor");
    assert_null(pager);
    assert_int_equal(pgai_contacts_pages(client, NULL, &pager, NULL), PGAI_OK);
    pgai_pager_cursor(pager, 0, NULL);
    pgai_pager_stats(pager, NULL);
    pgai_pager_free(pager);
    pgai_pager_free(NULL);
}

#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, serve_client, serve_client_no_more)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_walk_gives_all_pages),  TEST(a_walk_goes_on_from_its_cursor),
        TEST(a_failure_stays),         TEST(a_cancelled_client_ends_its_walks),
        TEST(bad_arguments_are_named), TEST(contacts_are_fetched_by_their_ids),
        TEST(bad_ids_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
