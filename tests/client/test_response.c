/* The response of a call that failed, and that of a page, as programs get them. */
#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

static pgai_error error;
static pgai_response *last;

static int start(void **state)
{
    error = (pgai_error)PGAI_ERROR_INIT;
    error.response = &last;
    last = NULL;
    return serve_client(state);
}

static int stop(void **state)
{
    pgai_response_free(last);
    return serve_client_no_more(state);
}

/* Answer the next requests with these statuses, and a header that counts them. */
static void script_statuses(const int *statuses, size_t count)
{
    char bytes[4][1024];
    char headers[4][32];
    peer_response script[4];

    for (size_t i = 0; i < count; i++) {
        size_t length;

        snprintf(headers[i], sizeof(headers[i]), "X-N: %zu\r\n", i + 1);
        length = peer_format(bytes[i], sizeof(bytes[i]), statuses[i], headers[i],
                             statuses[i] == 200 ? "{\"data\":[{\"id\":\"a\"}]}" : "{}");
        script[i] = (peer_response){bytes[i], length, 0, NULL, PEER_KEEP};
    }
    peer_script(server, script, count);
}

static void assert_last(int status, const char *number)
{
    assert_non_null(last);
    assert_int_equal(last->status, status);
    assert_null(last->body.data);
    assert_text(pgai_response_header(last, "x-n"), number);
}

static void get(pgai_status expected)
{
    pgai_contact *contact = NULL;

    assert_int_equal(pgai_contacts_get(client, "c1", &contact, &error), expected);
    pgai_contact_free(contact);
}

static void each_failure_replaces_the_response(void **state)
{
    (void)state;
    script_statuses((const int[]){404, 401}, 2);
    get(PGAI_NOT_FOUND);
    assert_last(404, "1");
    get(PGAI_AUTHENTICATION);
    assert_last(401, "2");
    assert_int_equal(pgai_contacts_get(client, "", &(pgai_contact *){NULL}, &error),
                     PGAI_USAGE);
    assert_null(last);
}

static void a_success_leaves_it(void **state)
{
    pgai_page *page = NULL;

    (void)state;
    script_statuses((const int[]){404, 200}, 2);
    get(PGAI_NOT_FOUND);
    assert_int_equal(pgai_contacts_list(client, NULL, &page, &error), PGAI_OK);
    assert_last(404, "1");
    pgai_page_free(page);
}

static void a_walk_gives_it_each_time(void **state)
{
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;

    (void)state;
    script_statuses((const int[]){401}, 1);
    assert_int_equal(pgai_contacts_pages(client, NULL, &pager, &error), PGAI_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pgai_pager_next(pager, &page, &error), PGAI_AUTHENTICATION);
        assert_last(401, "1");
    }
    pgai_pager_free(pager);
    assert_last(401, "1");
}

static void a_page_has_its_response(void **state)
{
    pgai_page *page = NULL;

    (void)state;
    script_statuses((const int[]){200}, 1);
    assert_int_equal(pgai_contacts_list(client, NULL, &page, &error), PGAI_OK);
    assert_int_equal(pgai_page_requests(page), 1);
    assert_int_equal(pgai_page_response(page)->status, 200);
    last = pgai_page_take_response(page);
    assert_null(pgai_page_response(page));
    assert_null(pgai_page_take_response(page));
    pgai_page_free(page);
    assert_last(200, "1");
    assert_null(pgai_page_response(NULL));
    assert_null(pgai_page_take_response(NULL));
    assert_int_equal(pgai_page_requests(NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_failure_replaces_the_response),
        TEST(a_success_leaves_it),
        TEST(a_walk_gives_it_each_time),
        TEST(a_page_has_its_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
