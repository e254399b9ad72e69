/* The service without faults, as it is documented. */
#include "support/unit.h"

#include <jansson.h>
#include <pgai/sandbox.h>

#include "support/http_peer.h"

/* What a request must be answered with, as JSON. */
static json_t *expect(pgai_sandbox *sandbox, const char *method, const char *target,
                      const char *key, const char *body, int status)
{
    http_response response =
        http_once(pgai_sandbox_url(sandbox), method, target, key, body);
    json_t *tree;

    assert_true(response.whole);
    assert_int_equal(response.ending, HTTP_KEPT);
    assert_int_equal(response.status, status);
    assert_string_equal(http_header(&response, "Content-Type"), "application/json");
    assert_non_null(http_header(&response, "Date"));
    assert_non_null(http_header(&response, "X-Request-Id"));
    tree = json_loadb(response.body, response.body_length, 0, NULL);
    assert_non_null(tree);
    http_response_clear(&response);
    return tree;
}

static void expect_body(pgai_sandbox *sandbox, const char *method, const char *target,
                        const char *key, const char *body, int status,
                        const char *expected)
{
    http_response response =
        http_once(pgai_sandbox_url(sandbox), method, target, key, body);

    assert_true(response.whole);
    assert_int_equal(response.status, status);
    assert_string_equal(response.body, expected);
    http_response_clear(&response);
}

static json_t *get(pgai_sandbox *sandbox, const char *target)
{
    return expect(sandbox, "GET", target, "sandbox_key", NULL, 200);
}

static void
assert_page(pgai_sandbox *sandbox, const char *target, size_t count, int page, int limit)
{
    json_t *tree = get(sandbox, target);
    json_t *pagination = json_object_get(tree, "pagination");

    assert_int_equal(json_object_size(tree), 2);
    assert_int_equal(json_array_size(json_object_get(tree, "data")), count);
    assert_int_equal(json_object_size(pagination), 3);
    assert_int_equal(json_integer_value(json_object_get(pagination, "page")), page);
    assert_int_equal(json_integer_value(json_object_get(pagination, "limit")), limit);
    assert_int_equal(json_integer_value(json_object_get(pagination, "total")), 120);
    json_decref(tree);
}

static void test_pages(void **state)
{
    assert_page(*state, "/v1/contacts", 50, 1, 50);
    assert_page(*state, "/v1/contacts?page=2", 50, 2, 50);
    assert_page(*state, "/v1/contacts?page=3", 20, 3, 50);
    assert_page(*state, "/v1/contacts?page=4", 0, 4, 50);
    assert_page(*state, "/v1/contacts?page=1&limit=7", 7, 1, 7);
    assert_page(*state, "/v1/contacts?page=18&per_page=7", 1, 18, 7);
    assert_page(*state, "/v1/contacts?limit=1000", 50, 1, 50);
    assert_page(*state, "/v1/contacts?page=999999999&limit=50", 0, 999999999, 50);
}

static void test_bad_pages_are_refused(void **state)
{
    static const char *const queries[] = {
        "page=0",   "page=-1", "page=x", "page=1.5",
        "page=%31", "page=+1", "page=",  "page=99999999999999999999"};

    for (size_t i = 0; i < COUNT(queries); i++) {
        char target[80];

        snprintf(target, sizeof(target), "/v1/contacts?%s", queries[i]);
        expect_body(*state, "GET", target, "sandbox_key", NULL, 400,
                    "{\"error\": \"page must be an integer of at least 1\"}");
    }
    expect_body(*state, "GET", "/v1/contacts?limit=0", "sandbox_key", NULL, 400,
                "{\"error\": \"limit must be an integer of at least 1\"}");
    expect_body(*state, "GET", "/v1/contacts?per_page=no", "sandbox_key", NULL, 400,
                "{\"error\": \"per_page must be an integer of at least 1\"}");
}

/* Every listed contact can be fetched, and get tells more of it. */
static void test_get(void **state)
{
    json_t *tree = get(*state, "/v1/contacts?page=2&limit=40");
    json_t *item;
    size_t index;
    size_t more = 0;

    json_array_foreach(json_object_get(tree, "data"), index, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        char target[80];
        json_t *whole;

        snprintf(target, sizeof(target), "/v1/contacts/%s", id);
        whole = get(*state, target);
        assert_string_equal(json_string_value(json_object_get(whole, "id")), id);
        assert_true(
            json_equal(json_object_get(whole, "email"), json_object_get(item, "email")));
        more += json_object_get(whole, "created_at") != NULL;
        json_decref(whole);
    }
    assert_true(more > 30);
    json_decref(tree);
}

static void test_get_undoes_percent_encoding(void **state)
{
    json_t *tree = get(*state, "/v1/contacts?limit=1");
    const char *id = json_string_value(
        json_object_get(json_array_get(json_object_get(tree, "data"), 0), "id"));
    char target[80];

    snprintf(target, sizeof(target), "/v1/contacts/%%%02X%s", (unsigned)id[0], id + 1);
    json_decref(get(*state, target));
    json_decref(tree);
}

static void test_unknown_contacts_are_404(void **state)
{
    static const char *const targets[] = {
        "/v1/contacts/nope", "/v1/contacts/a%2Fb", "/v1/contacts/%zz", "/v1/contacts/%00",
        "/v1/contacts/00000000-0000-4000-8000-000000000000"};

    for (size_t i = 0; i < COUNT(targets); i++)
        expect_body(*state, "GET", targets[i], "sandbox_key", NULL, 404,
                    "{\"error\": \"Contact not found\"}");
}

static void test_keys_and_permissions(void **state)
{
    const char *no_key = "{\"error\": \"Invalid API key\"}";

    expect_body(*state, "GET", "/v1/contacts", NULL, NULL, 401, no_key);
    expect_body(*state, "GET", "/v1/contacts", "", NULL, 401, no_key);
    expect_body(*state, "GET", "/v1/contacts", "sandbox_keys", NULL, 401, no_key);
    expect_body(*state, "GET", "/v1/contacts", "SANDBOX_KEY", NULL, 401, no_key);
    json_decref(expect(*state, "GET", "/v1/contacts", "sandbox_read", NULL, 200));
    json_decref(expect(*state, "POST", "/v1/contacts", "sandbox_write",
                       "{\"first_name\":\"A\"}", 201));
    expect_body(
        *state, "POST", "/v1/contacts", "sandbox_read", "{}", 403,
        "{\"error\": {\"type\": \"authorization_error\", \"code\": \"forbidden\", "
        "\"message\": \"This API key lacks a permission. Required scope: "
        "contacts:write\"}}");
    expect_body(
        *state, "GET", "/v1/contacts/x", "sandbox_write", NULL, 403,
        "{\"error\": {\"type\": \"authorization_error\", \"code\": \"forbidden\", "
        "\"message\": \"This API key lacks a permission. Required scope: "
        "contacts:read\"}}");
}

static void test_create_is_listed_and_fetched(void **state)
{
    static const char body[] = "{\"first_name\":\"Zo\xC3\xAB\",\"phone\":null,"
                               "\"skills\":[\"x\",{\"y\":1}],\"id\":\"mine\"}";
    json_t *created = expect(*state, "POST", "/v1/contacts", "sandbox_key", body, 201);
    const char *id = json_string_value(json_object_get(created, "id"));
    char target[80];
    json_t *whole;
    json_t *page;
    json_t *item;

    assert_int_equal(json_object_size(created), 5);
    assert_string_equal(json_string_value(json_object_get(created, "first_name")),
                        "Zo\xC3\xAB");
    assert_true(json_is_null(json_object_get(created, "phone")));
    assert_string_not_equal(id, "mine");
    assert_non_null(json_object_get(created, "created_at"));

    snprintf(target, sizeof(target), "/v1/contacts/%s", id);
    whole = get(*state, target);
    assert_int_equal(json_object_size(whole), 6);
    assert_true(
        json_equal(json_object_get(whole, "skills"), json_object_get(created, "skills")));
    assert_non_null(json_object_get(whole, "updated_at"));

    page = get(*state, "/v1/contacts?page=121&limit=1");
    item = json_array_get(json_object_get(page, "data"), 0);
    assert_int_equal(json_object_size(item), 2);
    assert_string_equal(json_string_value(json_object_get(item, "id")), id);
    json_decref(page);
    json_decref(whole);
    json_decref(created);
}

static void test_bad_creates_are_refused(void **state)
{
    static const struct {
        const char *body;
        const char *response;
    } cases[] = {
        {"", "{\"error\": \"Invalid JSON in the request body\"}"},
        {"{\"first_name\":", "{\"error\": \"Invalid JSON in the request body\"}"},
        {"{\"first_name\":\"\xFF\"}",
         "{\"error\": \"Invalid JSON in the request body\"}"},
        {"[]", "{\"error\": \"Validation error\", \"details\": [\"The request body must "
               "be a JSON object\"]}"},
        {"{}", "{\"error\": \"first_name is required\"}"},
        {"{\"first_name\":null}", "{\"error\": \"first_name is required\"}"},
        {"{\"first_name\":\"\"}", "{\"error\": \"first_name is required\"}"},
        {"{\"first_name\":1}", "{\"error\": \"Validation error\", \"details\": "
                               "[\"first_name must be text\"]}"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        expect_body(*state, "POST", "/v1/contacts", "sandbox_key", cases[i].body, 400,
                    cases[i].response);
    assert_page(*state, "/v1/contacts?limit=1", 1, 1, 1);
}

static void test_unknown_paths_and_methods(void **state)
{
    http_response response;

    expect_body(*state, "GET", "/v1/nothing", "sandbox_key", NULL, 404,
                "{\"error\": \"Not found\"}");
    expect_body(*state, "GET", "/contacts", "sandbox_key", NULL, 404,
                "{\"error\": \"Not found\"}");
    expect_body(*state, "GET", "/v1/contacts/", "sandbox_key", NULL, 404,
                "{\"error\": \"Not found\"}");
    response =
        http_once(pgai_sandbox_url(*state), "PUT", "/v1/contacts", "sandbox_key", NULL);
    assert_int_equal(response.status, 405);
    assert_string_equal(http_header(&response, "Allow"), "GET, POST");
    http_response_clear(&response);
}

static void test_request_ids_count(void **state)
{
    for (int i = 1; i <= 3; i++) {
        http_response response =
            http_once(pgai_sandbox_url(*state), "GET", "/v1/contacts", NULL, NULL);
        char expected[32];

        snprintf(expected, sizeof(expected), "sandbox-%08d", i);
        assert_string_equal(http_header(&response, "X-Request-Id"), expected);
        http_response_clear(&response);
    }
}

static int start(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_status status;

    options.contacts = 120;
    status = pgai_sandbox_start(&options, &sandbox, NULL);
    *state = sandbox;
    return status == PGAI_OK ? 0 : -1;
}

static int stop(void **state)
{
    pgai_sandbox_stop(*state);
    return 0;
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(test_pages),
        SERVED(test_bad_pages_are_refused),
        SERVED(test_get),
        SERVED(test_get_undoes_percent_encoding),
        SERVED(test_unknown_contacts_are_404),
        SERVED(test_keys_and_permissions),
        SERVED(test_create_is_listed_and_fetched),
        SERVED(test_bad_creates_are_refused),
        SERVED(test_unknown_paths_and_methods),
        SERVED(test_request_ids_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
