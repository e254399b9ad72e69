/* Faults of lists, as they arrive. */
#include "support/unit.h"

#include <stdlib.h>

#include <jansson.h>

#include "sandbox/faulty.h"

static void assert_pagination(pgai_sandbox *sandbox, const char *rule,
                              const char *expected, size_t count)
{
    http_response response = faulty_list(sandbox, rule);
    json_t *tree = faulty_body(&response);
    char *text = json_dumps(json_object_get(tree, "pagination"), JSON_COMPACT);

    assert_string_equal(text, expected);
    assert_int_equal(json_array_size(json_object_get(tree, "data")), count);
    free(text);
    json_decref(tree);
    http_response_clear(&response);
}

static void test_paging(void **state)
{
    const char *right = "{\"page\":2,\"limit\":2,\"total\":1000}";

    assert_pagination(*state, "[]", right, 2);
    assert_pagination(*state, "{\"fault\":\"clamp_limit\",\"limit\":1}",
                      "{\"page\":2,\"limit\":1,\"total\":1000}", 1);
    assert_pagination(*state, "{\"fault\":\"empty_page\"}", right, 0);
    assert_pagination(*state, "{\"fault\":\"empty_page\",\"page\":2}", right, 0);
    assert_pagination(*state, "{\"fault\":\"empty_page\",\"page\":3}", right, 2);
    assert_pagination(*state, "{\"fault\":\"short_page\"}", right, 1);
    assert_pagination(*state, "{\"fault\":\"short_page\",\"drop\":9}", right, 0);
    assert_pagination(*state, "{\"fault\":\"total_missing\"}", "{\"page\":2,\"limit\":2}",
                      2);
    assert_pagination(*state, "{\"fault\":\"total_wrong\",\"by\":-1}",
                      "{\"page\":2,\"limit\":2,\"total\":999}", 2);
    assert_pagination(*state, "{\"fault\":\"total_wrong\",\"by\":-5000}",
                      "{\"page\":2,\"limit\":2,\"total\":0}", 2);
    assert_pagination(*state, "{\"fault\":\"wrong_page\"}",
                      "{\"page\":3,\"limit\":2,\"total\":1000}", 2);
}

static void test_limits_that_are_rounded(void **state)
{
    static const int asked_and_used[][2] = {{1, 10},  {10, 10}, {19, 10}, {20, 20},
                                            {24, 20}, {49, 25}, {50, 50}, {900, 50}};

    for (size_t i = 0; i < COUNT(asked_and_used); i++) {
        http_response response;
        char target[48];
        char expected[48];

        snprintf(target, sizeof(target), "/v1/contacts?page=1&limit=%d",
                 asked_and_used[i][0]);
        snprintf(expected, sizeof(expected), "\"limit\":%d,", asked_and_used[i][1]);
        response = faulty_ask(*state, "{\"fault\":\"round_limit\"}", "GET", target, NULL);
        assert_contains(response.body, expected);
        http_response_clear(&response);
    }
}

enum { LISTED = 20, ID = 36 };

/* A list as a test sees it. */
typedef struct list {
    char ids[LISTED][ID + 1];
    size_t count;
    int64_t total;
} list;

/* Ask a sandbox of few contacts for all of them. */
static list read_list(pgai_sandbox *sandbox)
{
    http_response response = http_once(pgai_sandbox_url(sandbox), "GET",
                                       "/v1/contacts?limit=20", "sandbox_key", NULL);
    json_t *tree = faulty_body(&response);
    json_t *pagination = json_object_get(tree, "pagination");
    list read = {.total = json_integer_value(json_object_get(pagination, "total"))};
    json_t *contact;
    size_t i;

    json_array_foreach(json_object_get(tree, "data"), i, contact)
    {
        const char *id = json_string_value(json_object_get(contact, "id"));

        snprintf(read.ids[i], sizeof(read.ids[i]), "%s", id);
        read.count++;
    }
    json_decref(tree);
    http_response_clear(&response);
    return read;
}

enum { SMALL = 6, NEW = -1 };

/* How a list of six looks after one change: the number of each contact, or NEW. */
static void assert_change(const char *rule, const int *expected, size_t count)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    list before;
    list after;

    options.contacts = SMALL;
    options.seed = 9; /* which draws places between the ends */
    assert_int_equal(pgai_sandbox_start(&options, &sandbox, NULL), PGAI_OK);
    before = read_list(sandbox);
    assert_int_equal(before.count, SMALL);
    faulty_add(sandbox, rule);
    after = read_list(sandbox);
    assert_int_equal(after.count, count);
    assert_int_equal(after.total, count);
    for (size_t i = 0; i < count; i++) {
        int found = NEW;

        for (int j = 0; j < SMALL; j++)
            found = strcmp(after.ids[i], before.ids[j]) == 0 ? j : found;
        if (found != expected[i])
            fail_msg("%s: place %zu", rule, i);
    }
    assert_int_equal(faulty_created(sandbox), 0);
    pgai_sandbox_stop(sandbox);
}

#define ASSERT_CHANGE(rule, ...)                                                         \
    assert_change(rule, (const int[]){__VA_ARGS__},                                      \
                  sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void test_contacts_that_others_change(void **state)
{
    (void)state;
    ASSERT_CHANGE("{\"fault\":\"contacts_added\"}", NEW, 0, 1, 2, 3, 4, 5);
    ASSERT_CHANGE("{\"fault\":\"contacts_added\",\"at\":\"tail\",\"n\":2}", 0, 1, 2, 3, 4,
                  5, NEW, NEW);
    ASSERT_CHANGE("{\"fault\":\"contacts_added\",\"at\":\"random\",\"n\":2}", 0, 1, 2, 3,
                  4, NEW, NEW, 5);
    ASSERT_CHANGE("{\"fault\":\"contacts_deleted\"}", 1, 2, 3, 4, 5);
    ASSERT_CHANGE("{\"fault\":\"contacts_deleted\",\"at\":\"tail\",\"n\":2}", 0, 1, 2, 3);
    ASSERT_CHANGE("{\"fault\":\"contacts_deleted\",\"at\":\"random\",\"n\":2}", 0, 3, 4,
                  5);
    ASSERT_CHANGE("{\"fault\":\"contacts_replaced\",\"to\":\"tail\"}", 1, 2, 3, 4, 5,
                  NEW);
    ASSERT_CHANGE("{\"fault\":\"contacts_replaced\",\"n\":100}", NEW, NEW, NEW, NEW, NEW,
                  NEW);
    ASSERT_CHANGE("{\"fault\":\"contacts_moved\",\"to\":\"tail\",\"n\":2}", 2, 3, 4, 5, 0,
                  1);
    ASSERT_CHANGE("{\"fault\":\"contacts_moved\",\"at\":\"random\"}", 4, 0, 1, 2, 3, 5);
}

/* Whatever is asked for, an empty list stays one that can be listed. */
static void test_changes_of_a_list_that_is_empty(void **state)
{
    static const char *const faults[] = {"contacts_deleted", "contacts_replaced",
                                         "contacts_moved"};
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;

    (void)state;
    options.contacts = 0;
    for (size_t i = 0; i < COUNT(faults); i++) {
        pgai_sandbox *sandbox = NULL;
        char rule[64];

        assert_int_equal(pgai_sandbox_start(&options, &sandbox, NULL), PGAI_OK);
        snprintf(rule, sizeof(rule), "{\"fault\":\"%s\",\"at\":\"random\"}", faults[i]);
        faulty_add(sandbox, rule);
        assert_int_equal(read_list(sandbox).total, 0);
        pgai_sandbox_stop(sandbox);
    }
}

static void test_a_total_that_drifts(void **state)
{
    faulty_add(*state, "{\"fault\":\"total_drifting\",\"by\":10}");
    for (int i = 1; i <= 3; i++) {
        http_response response =
            http_once(pgai_sandbox_url(*state), "GET", FAULTY_LIST, "sandbox_key", NULL);
        char expected[32];

        snprintf(expected, sizeof(expected), "\"total\":%d}", 1000 + 10 * i);
        assert_non_null(strstr(response.body, expected));
        http_response_clear(&response);
    }
}

static void test_the_same_page_for_ever(void **state)
{
    http_response first =
        faulty_ask(*state, "[]", "GET", "/v1/contacts?page=1&limit=2", NULL);
    http_response second = faulty_list(*state, "{\"fault\":\"same_page\"}");
    char *end = strstr(first.body, "\"pagination\"");

    assert_non_null(end);
    assert_memory_equal(first.body, second.body, (size_t)(end - first.body));
    assert_non_null(strstr(second.body, "\"page\":2"));
    http_response_clear(&first);
    http_response_clear(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_limits_that_are_rounded),
        cmocka_unit_test(test_contacts_that_others_change),
        cmocka_unit_test(test_changes_of_a_list_that_is_empty),
        cmocka_unit_test(test_a_total_that_drifts),
        cmocka_unit_test(test_the_same_page_for_ever),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
