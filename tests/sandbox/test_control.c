/* Requests below `/__sandbox/`: what they do, and who may ask. */
#include "support/unit.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <pgai/sandbox.h>

#include "support/http_peer.h"

static json_t *control_as(pgai_sandbox *sandbox, const char *method, const char *path,
                          const char *body, const char *key, int status)
{
    http_response response =
        http_once(pgai_sandbox_url(sandbox), method, path, key, body);
    json_t *tree;

    assert_true(response.whole);
    assert_int_equal(response.status, status);
    tree = json_loadb(response.body, response.body_length, 0, NULL);
    assert_non_null(tree);
    http_response_clear(&response);
    return tree;
}

static json_t *control(pgai_sandbox *sandbox, const char *method, const char *path,
                       const char *body, int status)
{
    return control_as(sandbox, method, path, body, NULL, status);
}

static int
ask(pgai_sandbox *sandbox, const char *method, const char *target, const char *body)
{
    http_response response =
        http_once(pgai_sandbox_url(sandbox), method, target, "sandbox_key", body);
    int status = response.status;

    http_response_clear(&response);
    return status;
}

static int64_t integer(json_t *tree, const char *first, const char *second)
{
    json_t *value = json_object_get(tree, first);

    if (second)
        value = json_object_get(value, second);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void test_faults_are_added_and_dropped(void **state)
{
    json_t *tree = control(*state, "POST", "/__sandbox/faults",
                           "{\"fault\":\"status\",\"code\":503}", 200);

    assert_int_equal(integer(tree, "rules", NULL), 1);
    json_decref(tree);
    assert_int_equal(ask(*state, "GET", "/v1/contacts", NULL), 503);
    tree = control(*state, "GET", "/__sandbox/faults", NULL, 200);
    assert_int_equal(integer(tree, "rules", NULL), 1);
    json_decref(tree);
    json_decref(control(*state, "DELETE", "/__sandbox/faults", NULL, 200));
    assert_int_equal(ask(*state, "GET", "/v1/contacts", NULL), 200);
}

static void test_bad_rules_are_refused(void **state)
{
    json_t *tree = control(*state, "POST", "/__sandbox/faults",
                           "[{\"fault\":\"close_idle\"},{\"fault\":\"\\\"\"}]", 400);

    assert_string_equal(json_string_value(json_object_get(tree, "error")),
                        "fault rule 2: there is no fault \"\"\"");
    json_decref(tree);
    tree = control(*state, "GET", "/__sandbox/faults", NULL, 200);
    assert_int_equal(integer(tree, "rules", NULL), 0);
    json_decref(tree);
}

static void test_the_clock_moves_the_date(void **state)
{
    json_t *before = control(*state, "GET", "/__sandbox/clock", NULL, 200);
    json_t *after =
        control(*state, "POST", "/__sandbox/clock", "{\"advance_ms\":86400000}", 200);
    int64_t passed = integer(after, "now_ms", NULL) - integer(before, "now_ms", NULL);

    assert_in_range(passed, 86400000, 86400000 + 60000);
    json_decref(before);
    json_decref(after);
    json_decref(control(*state, "POST", "/__sandbox/clock", "{\"advance_ms\":-1}", 400));
    json_decref(control(*state, "POST", "/__sandbox/clock", "{}", 400));
    json_decref(control(*state, "POST", "/__sandbox/clock", "", 400));
}

static void test_the_clock_ends_with_the_year_9999(void **state)
{
    json_t *tree = control(*state, "POST", "/__sandbox/clock",
                           "{\"advance_ms\":9223372036854775807}", 200);

    assert_string_equal(json_string_value(json_object_get(tree, "now")),
                        "9999-12-31T23:59:59Z");
    json_decref(tree);
}

static void test_the_log_tells_what_was_done(void **state)
{
    json_t *log;
    json_t *entry;

    assert_int_equal(ask(*state, "GET", "/v1/contacts?page=2", NULL), 200);
    json_decref(control(*state, "POST", "/__sandbox/faults",
                        "{\"fault\":\"commit_then_5xx\"}", 200));
    assert_int_equal(ask(*state, "POST", "/v1/contacts", "{\"first_name\":\"A\"}"), 500);
    log = control(*state, "GET", "/__sandbox/log", NULL, 200);
    assert_int_equal(integer(log, "counts", "requests"), 2);
    assert_int_equal(integer(log, "counts", "created"), 1);
    assert_int_equal(json_array_size(json_object_get(log, "requests")), 2);
    entry = json_array_get(json_object_get(log, "requests"), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "id")),
                        "sandbox-00000001");
    assert_string_equal(json_string_value(json_object_get(entry, "method")), "GET");
    assert_string_equal(json_string_value(json_object_get(entry, "target")),
                        "/v1/contacts?page=2");
    assert_string_equal(json_string_value(json_object_get(entry, "key")), "full");
    assert_int_equal(integer(entry, "status", NULL), 200);
    assert_null(json_object_get(entry, "fault"));
    entry = json_array_get(json_object_get(log, "requests"), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "fault")),
                        "commit_then_5xx");
    entry = json_array_get(json_object_get(log, "created"), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "first_name")), "A");
    json_decref(log);
}

static void test_reset_begins_anew(void **state)
{
    json_t *tree;

    assert_int_equal(ask(*state, "POST", "/v1/contacts", "{\"first_name\":\"A\"}"), 201);
    pgai_sandbox_advance(*state, 1000000000);
    json_decref(control(*state, "POST", "/__sandbox/faults",
                        "{\"fault\":\"status\",\"code\":503}", 200));
    json_decref(control(*state, "POST", "/__sandbox/reset", NULL, 200));
    tree = control(*state, "GET", "/__sandbox/log", NULL, 200);
    assert_int_equal(integer(tree, "counts", "requests"), 0);
    assert_int_equal(integer(tree, "counts", "created"), 0);
    json_decref(tree);
    assert_int_equal(ask(*state, "GET", "/v1/contacts", NULL), 200);
    tree = control(*state, "GET", "/__sandbox/clock", NULL, 200);
    assert_true(integer(tree, "now_ms", NULL) / 1000 - time(NULL) < 1000);
    json_decref(tree);
}

static void test_other_control_paths_are_404(void **state)
{
    json_decref(control(*state, "GET", "/__sandbox/", NULL, 404));
    json_decref(control(*state, "GET", "/__sandbox/reset", NULL, 404));
    json_decref(control(*state, "GET", "/__sandbox/logs", NULL, 404));
}

/* A test that has broken the service with faults must still be able to mend it. */
static void test_control_meets_no_fault_and_no_limiter(void **state)
{
    json_decref(
        control(*state, "POST", "/__sandbox/faults", "{\"fault\":\"cut\",\"k\":0}", 200));
    for (int i = 0; i < 100; i++)
        json_decref(control(*state, "GET", "/__sandbox/faults", NULL, 200));
}

static void test_contacts_are_deleted(void **state)
{
    json_t *page;
    json_t *response;
    char body[80];
    char path[80];
    const char *id;

    page = control_as(*state, "GET", "/v1/contacts?limit=1", NULL, "sandbox_key", 200);
    id = json_string_value(
        json_object_get(json_array_get(json_object_get(page, "data"), 0), "id"));
    snprintf(body, sizeof(body), "{\"id\":\"%s\"}", id);
    snprintf(path, sizeof(path), "/v1/contacts/%s", id);
    json_decref(page);
    assert_int_equal(ask(*state, "GET", path, NULL), 200);
    response = control(*state, "POST", "/__sandbox/delete", body, 200);
    assert_int_equal(integer(response, "contacts", NULL), 119);
    json_decref(response);
    assert_int_equal(ask(*state, "GET", path, NULL), 404);
    json_decref(control(*state, "POST", "/__sandbox/delete", body, 404));
    json_decref(control(*state, "POST", "/__sandbox/delete", "{}", 404));
    page = control_as(*state, "GET", "/v1/contacts?limit=50&page=3", NULL, "sandbox_key",
                      200);
    assert_int_equal(json_array_size(json_object_get(page, "data")), 19);
    assert_int_equal(integer(page, "pagination", "total"), 119);
    json_decref(page);
}

/* The response to a request with these header lines. */
static int ask_from(pgai_sandbox *sandbox, const char *request_line, const char *lines)
{
    int fd = http_connect(pgai_sandbox_url(sandbox));
    char request[256];
    http_response response;
    int status;

    snprintf(request, sizeof(request), "%s HTTP/1.1\r\n%s\r\n", request_line, lines);
    http_send(fd, request, strlen(request));
    response = http_read(fd);
    status = response.status;
    if (status == 403)
        assert_non_null(
            strstr(response.body, strstr(lines, "Origin") ? "Origin" : "Host"));
    http_response_clear(&response);
    close(fd);
    return status;
}

static void test_web_pages_of_others_cannot_steer_it(void **state)
{
    static const struct {
        const char *lines;
        int status;
    } cases[] = {
        {"", 200},
        {"Host: 127.0.0.1:8080\r\n", 200},
        {"Host: 127.1.2.3\r\n", 200},
        {"Host: LocalHost:1\r\n", 200},
        {"Host: localhost\r\n", 200},
        {"Host: [::1]:8080\r\n", 200},
        {"Host: 127.0.0.1:80\r\nOrigin: http://127.0.0.1:80\r\n", 200},
        {"Host: rebound.example:8080\r\n", 403},
        {"Host: 127.0.0.1.example\r\n", 403},
        {"Host: localhost.example\r\n", 403},
        {"Host: 128.0.0.1\r\n", 403},
        {"Host: [::2]\r\n", 403},
        {"Host: [::1\r\n", 403},
        {"Host:\r\n", 403},
        {"Host: 127.0.0.1:80\r\nOrigin: http://127.0.0.1:81\r\n", 403},
        {"Host: 127.0.0.1:80\r\nOrigin: https://127.0.0.1:80\r\n", 403},
        {"Host: 127.0.0.1:80\r\nOrigin: http://evil.example\r\n", 403},
        {"Host: 127.0.0.1:80\r\nOrigin: null\r\n", 403},
        {"Host: 127.0.0.1:80\r\nOrigin:\r\n", 403},
        {"Origin: http://evil.example\r\n", 403},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = ask_from(*state, "GET /__sandbox/faults", cases[i].lines);

        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].lines, status);
    }
}

/* None of its endpoints, and nothing is done. */
static void test_each_endpoint_looks_at_who_asks(void **state)
{
    static const char *const endpoints[] = {
        "POST /__sandbox/faults", "GET /__sandbox/faults",  "DELETE /__sandbox/faults",
        "GET /__sandbox/log",     "POST /__sandbox/reset",  "GET /__sandbox/clock",
        "POST /__sandbox/clock",  "POST /__sandbox/delete", "GET /__sandbox/nothing",
    };
    static const char *const strangers[] = {
        "Host: rebound.example\r\n",
        "Host: 127.0.0.1:80\r\nOrigin: http://evil.example\r\n",
    };
    json_t *log;

    assert_int_equal(ask(*state, "GET", "/v1/contacts", NULL), 200);
    json_decref(control(*state, "POST", "/__sandbox/faults",
                        "{\"fault\":\"status\",\"code\":503}", 200));
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        for (size_t j = 0; j < COUNT(strangers); j++)
            assert_int_equal(ask_from(*state, endpoints[i], strangers[j]), 403);
    }
    assert_int_equal(ask(*state, "GET", "/v1/contacts", NULL), 503);
    log = control(*state, "GET", "/__sandbox/log", NULL, 200);
    assert_int_equal(integer(log, "counts", "requests"), 2);
    json_decref(log);
}

static int start(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_status status;

    options.limiter = "fixed_first";
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
        SERVED(test_faults_are_added_and_dropped),
        SERVED(test_bad_rules_are_refused),
        SERVED(test_the_clock_moves_the_date),
        SERVED(test_the_clock_ends_with_the_year_9999),
        SERVED(test_the_log_tells_what_was_done),
        SERVED(test_reset_begins_anew),
        SERVED(test_other_control_paths_are_404),
        SERVED(test_control_meets_no_fault_and_no_limiter),
        SERVED(test_contacts_are_deleted),
        SERVED(test_web_pages_of_others_cannot_steer_it),
        SERVED(test_each_endpoint_looks_at_who_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
