/* The sandbox as a server: many clients, few descriptors, its start and its end. */
#include "support/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <pgai/sandbox.h>

#include "support/child.h"
#include "support/descriptors.h"
#include "support/http_peer.h"

static pgai_sandbox *start(const pgai_sandbox_options *options)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_sandbox *sandbox = NULL;

    if (pgai_sandbox_start(options, &sandbox, &error) != PGAI_OK)
        fail_msg("%s", error.message);
    assert_non_null(sandbox);
    return sandbox;
}

static void test_start_and_stop_many_times(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        pgai_sandbox *sandbox = start(NULL);
        int fd = http_connect(pgai_sandbox_url(sandbox));
        http_response response;

        http_request(fd, "GET", "/v1/contacts", pgai_sandbox_key(sandbox), NULL);
        response = http_read(fd);
        assert_int_equal(response.status, 200);
        http_response_clear(&response);
        pgai_sandbox_stop(sandbox);
        response = http_read(fd);
        assert_int_equal(response.ending, HTTP_FIN);
        http_response_clear(&response);
        close(fd);
    }
    pgai_sandbox_stop(NULL);
}

static void test_bad_options_are_refused(void **state)
{
    static const pgai_sandbox_options usual = PGAI_SANDBOX_OPTIONS_INIT;
    const struct {
        pgai_sandbox_options options;
        const char *message;
    } cases[] = {
        {{.struct_size = 8}, "options.struct_size is 8, "},
        {{.struct_size = sizeof(usual), .port = 65536},
         "port is 65536, but must be from 0 to 65535"},
        {{.struct_size = sizeof(usual), .contacts = -1},
         "contacts is -1, but must be from 0 to 1000000000"},
        {{.struct_size = sizeof(usual), .max_limit = 1000000},
         "max_limit is 1000000, but must be from 0 to 100000"},
        {{.struct_size = sizeof(usual), .limiter = "leaky"},
         "there is no limiter \"leaky\"; use fixed, fixed_first, sliding, counter "
         "or bucket"},
        {{.struct_size = sizeof(usual), .rate_limit = -1},
         "rate_limit is -1, but must be from 0 to 1000000"},
        {{.struct_size = sizeof(usual), .faults = "{\"fault\":\"cat\"}"},
         "fault rule 1: there is no fault \"cat\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_error error = PGAI_ERROR_INIT;
        pgai_sandbox *sandbox = (pgai_sandbox *)&error;

        assert_int_equal(pgai_sandbox_start(&cases[i].options, &sandbox, &error),
                         PGAI_USAGE);
        assert_null(sandbox);
        assert_ptr_equal(strstr(error.message, cases[i].message), error.message);
    }
}

static void test_a_port_that_is_taken_is_said(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *first = start(NULL);
    pgai_sandbox *second = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    options.port = (int)strtol(strrchr(pgai_sandbox_url(first), ':') + 1, NULL, 10);
    assert_int_equal(pgai_sandbox_start(&options, &second, &error), PGAI_CONNECT);
    assert_null(second);
    assert_non_null(strstr(error.message, "127.0.0.1"));
    pgai_sandbox_stop(first);
}

static void test_null_arguments_are_refused(void **state)
{
    pgai_sandbox *sandbox = start(NULL);
    char *log = NULL;

    (void)state;
    assert_int_equal(pgai_sandbox_start(NULL, NULL, NULL), PGAI_USAGE);
    assert_int_equal(pgai_sandbox_fault(NULL, "[]", NULL), PGAI_USAGE);
    assert_int_equal(pgai_sandbox_fault(sandbox, NULL, NULL), PGAI_USAGE);
    assert_int_equal(pgai_sandbox_log(NULL, &log, NULL), PGAI_USAGE);
    assert_int_equal(pgai_sandbox_log(sandbox, NULL, NULL), PGAI_USAGE);
    assert_int_equal(pgai_sandbox_reset(NULL, NULL), PGAI_USAGE);
    pgai_sandbox_stop(sandbox);
}

static void test_requests_in_one_packet_are_all_answered(void **state)
{
    static const char three[] =
        "GET /v1/contacts?limit=1 HTTP/1.1\r\n\r\n"
        "POST /v1/contacts HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
        "GET /v1/nothing HTTP/1.1\r\nConnection: close\r\n\r\n";
    pgai_sandbox *sandbox = start(NULL);
    int fd = http_connect(pgai_sandbox_url(sandbox));
    http_response response;
    const char *second;
    const char *third;

    (void)state;
    http_send(fd, three, sizeof(three) - 1);
    response = http_read_all(fd);
    assert_int_equal(response.ending, HTTP_FIN);
    assert_int_equal(response.status, 401);
    second = strstr(response.bytes + 1, "HTTP/1.1 401");
    assert_non_null(second);
    third = strstr(second + 1, "HTTP/1.1 404");
    assert_non_null(third);
    assert_non_null(strstr(third, "Connection: close\r\n"));
    http_response_clear(&response);
    close(fd);
    pgai_sandbox_stop(sandbox);
}

static void test_a_request_byte_by_byte_is_answered(void **state)
{
    static const char slow[] = "POST /v1/contacts HTTP/1.1\r\nx-api-key: sandbox_key\r\n"
                               "Content-Length: 18\r\n\r\n{\"first_name\":\"A\"}";
    pgai_sandbox *sandbox = start(NULL);
    int fd = http_connect(pgai_sandbox_url(sandbox));
    http_response response;

    (void)state;
    for (size_t i = 0; i < sizeof(slow) - 1; i++)
        http_send(fd, slow + i, 1);
    response = http_read(fd);
    assert_int_equal(response.status, 201);
    http_response_clear(&response);
    close(fd);
    pgai_sandbox_stop(sandbox);
}

/* The response must get through although the server does not read the rest. */
static void test_what_is_too_large_is_told_so(void **state)
{
    enum { SENT = 1024 * 1024 + 100 };
    static const char head[] =
        "POST /v1/contacts HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n";
    pgai_sandbox *sandbox = start(NULL);
    int fd = http_connect(pgai_sandbox_url(sandbox));
    char *rest = calloc(1, SENT);
    http_response response;

    (void)state;
    http_send(fd, head, sizeof(head) - 1);
    http_send(fd, rest, SENT);
    response = http_read_all(fd);
    assert_int_equal(response.status, 413);
    assert_true(response.whole);
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
    free(rest);
    close(fd);
    pgai_sandbox_stop(sandbox);
}

static void test_a_million_contacts_start_at_once(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    struct timespec before;
    struct timespec after;
    http_response response;
    pgai_sandbox *sandbox;

    (void)state;
    options.contacts = 1000000;
    clock_gettime(CLOCK_MONOTONIC, &before);
    sandbox = start(&options);
    response = http_once(pgai_sandbox_url(sandbox), "GET", "/v1/contacts?page=20000",
                         "sandbox_key", NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(response.status, 200);
    assert_non_null(strstr(
        response.body, "\"pagination\":{\"page\":20000,\"limit\":50,\"total\":1000000}"));
    assert_true(after.tv_sec - before.tv_sec <= 1);
    http_response_clear(&response);
    pgai_sandbox_stop(sandbox);
}

static char *read_page(uint64_t seed)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox;
    http_response response;
    char *body;

    options.seed = seed;
    sandbox = start(&options);
    response = http_once(pgai_sandbox_url(sandbox), "GET", "/v1/contacts?page=3",
                         "sandbox_key", NULL);
    body = strdup(response.body);
    http_response_clear(&response);
    pgai_sandbox_stop(sandbox);
    return body;
}

static void test_the_seed_decides_the_contacts(void **state)
{
    char *one = read_page(1);
    char *again = read_page(1);
    char *other = read_page(2);

    (void)state;
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
    free(one);
    free(again);
    free(other);
}

static void test_page_limits_can_be_set(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox;
    http_response response;

    (void)state;
    options.page_limit = 25;
    options.max_limit = 200;
    sandbox = start(&options);
    response =
        http_once(pgai_sandbox_url(sandbox), "GET", "/v1/contacts", "sandbox_key", NULL);
    assert_non_null(strstr(response.body, "\"limit\":25,"));
    http_response_clear(&response);
    response = http_once(pgai_sandbox_url(sandbox), "GET", "/v1/contacts?limit=500",
                         "sandbox_key", NULL);
    assert_non_null(strstr(response.body, "\"limit\":200,"));
    http_response_clear(&response);
    pgai_sandbox_stop(sandbox);
}

static int ask(pgai_sandbox *sandbox, const char *key, long *remaining, long *after)
{
    http_response response =
        http_once(pgai_sandbox_url(sandbox), "GET", "/v1/contacts?limit=1", key, NULL);
    const char *value = http_header(&response, "X-RateLimit-Remaining");
    int status = response.status;

    assert_non_null(value);
    *remaining = strtol(value, NULL, 10);
    value = http_header(&response, "Retry-After");
    *after = value ? strtol(value, NULL, 10) : -1;
    assert_string_equal(http_header(&response, "X-RateLimit-Limit"), "3");
    value = http_header(&response, "X-RateLimit-Reset");
    assert_in_range(strtol(value, NULL, 10), time(NULL), time(NULL) + 200);
    if (status == 429)
        assert_string_equal(response.body, "{\"error\": \"Rate limit exceeded\"}");
    http_response_clear(&response);
    return status;
}

/* Each key has a rate limit of its own, and time that is moved gives it back. */
static void test_call_options_are_kept_by_key(void **state)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox;
    long remaining;
    long after;

    (void)state;
    options.limiter = "fixed_first";
    options.rate_limit = 3;
    sandbox = start(&options);
    for (long left = 2; left >= 0; left--) {
        assert_int_equal(ask(sandbox, "sandbox_key", &remaining, &after), 200);
        assert_int_equal(remaining, left);
        assert_int_equal(after, -1);
    }
    assert_int_equal(ask(sandbox, "sandbox_key", &remaining, &after), 429);
    assert_int_equal(remaining, 0);
    assert_in_range(after, 50, 60);
    assert_int_equal(ask(sandbox, "sandbox_read", &remaining, &after), 200);
    assert_int_equal(remaining, 2);
    pgai_sandbox_advance(sandbox, 60000);
    assert_int_equal(ask(sandbox, "sandbox_key", &remaining, &after), 200);
    assert_int_equal(remaining, 2);
    pgai_sandbox_stop(sandbox);
}

/* The log keeps the last 65,536 requests and counts all. */
static void test_the_log_is_bounded(void **state)
{
    enum { REQUESTS = 66000, BATCH = 100 };
    static const char one[] = "GET /v1/x HTTP/1.1\r\n\r\n";
    pgai_sandbox *sandbox = start(NULL);
    int fd = http_connect(pgai_sandbox_url(sandbox));
    char *log = NULL;
    json_t *tree;
    json_t *entries;

    (void)state;
    for (int i = 0; i < REQUESTS; i += BATCH) {
        char many[BATCH * sizeof(one)];
        size_t length = 0;
        http_response response;

        for (int j = 0; j < BATCH; j++, length += sizeof(one) - 1)
            memcpy(many + length, one, sizeof(one) - 1);
        http_send(fd, many, length);
        do {
            char last[32];

            response = http_read(fd);
            snprintf(last, sizeof(last), "sandbox-%08d", i + BATCH);
            length = strstr(response.bytes, last) ? 0 : 1;
            http_response_clear(&response);
        } while (length > 0);
    }
    assert_int_equal(pgai_sandbox_log(sandbox, &log, NULL), PGAI_OK);
    tree = json_loads(log, 0, NULL);
    entries = json_object_get(tree, "requests");
    assert_int_equal(json_array_size(entries), 65536);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(entries, 0), "id")),
        "sandbox-00000465");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(tree, "counts"), "requests")),
        REQUESTS);
    json_decref(tree);
    free(log);
    close(fd);
    pgai_sandbox_stop(sandbox);
}

static void test_keys_are_not_in_the_log(void **state)
{
    pgai_sandbox *sandbox = start(NULL);
    char *log = NULL;
    http_response response = http_once(pgai_sandbox_url(sandbox), "POST", "/v1/contacts",
                                       "sk_live_canary", "{}");

    (void)state;
    assert_null(strstr(response.bytes, "canary"));
    assert_int_equal(pgai_sandbox_log(sandbox, &log, NULL), PGAI_OK);
    assert_null(strstr(log, "canary"));
    assert_non_null(strstr(log, "\"key\":\"unknown\""));
    free(log);
    http_response_clear(&response);
    pgai_sandbox_stop(sandbox);
}

static void *ask_often(void *data)
{
    pgai_sandbox *sandbox = data;
    int fd = http_connect(pgai_sandbox_url(sandbox));

    for (int i = 0; i < 200; i++) {
        http_response response;

        http_request(fd, "GET", "/v1/contacts?limit=5", "sandbox_key", NULL);
        response = http_read(fd);
        assert_int_equal(response.status, 200);
        http_response_clear(&response);
    }
    close(fd);
    return NULL;
}

/* Under ThreadSanitizer this is the proof that the lock covers what it must. */
static void test_it_is_steered_while_it_serves(void **state)
{
    enum { THREADS = 4 };
    pgai_sandbox *sandbox = start(NULL);
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, sandbox), 0);
    for (int i = 0; i < 50; i++) {
        char *log = NULL;

        assert_int_equal(
            pgai_sandbox_fault(sandbox, "{\"fault\":\"latency\",\"ms\":0,\"jitter\":2}",
                               NULL),
            PGAI_OK);
        pgai_sandbox_advance(sandbox, 1000);
        assert_int_equal(pgai_sandbox_log(sandbox, &log, NULL), PGAI_OK);
        free(log);
        assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pgai_sandbox_stop(sandbox);
}

/* A child that was forked, and has not started another program yet, holds every socket of
 * its parent open. The kernel then goes on reporting a connection that was closed. */
static void test_a_child_that_holds_its_sockets_does_no_harm(void **state)
{
    pgai_sandbox *sandbox = start(NULL);
    int fds[8];
    pid_t child;

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        http_response response;

        fds[i] = http_connect(pgai_sandbox_url(sandbox));
        http_request(fds[i], "GET", "/v1/contacts", pgai_sandbox_key(sandbox), NULL);
        response = http_read(fds[i]);
        assert_int_equal(response.status, 200);
        http_response_clear(&response);
    }
    child = child_fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    assert_true(child > 0);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(shutdown(fds[i], SHUT_WR), 0);
    for (int i = 0; i < 20; i++) {
        int fd = http_connect(pgai_sandbox_url(sandbox));
        http_response response;

        http_request(fd, "GET", "/v1/contacts", pgai_sandbox_key(sandbox), NULL);
        response = http_read(fd);
        assert_int_equal(response.status, 200);
        http_response_clear(&response);
        close(fd);
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    for (size_t i = 0; i < 8; i++)
        close(fds[i]);
    pgai_sandbox_stop(sandbox);
}

static int64_t cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* It waits without work, and goes on when it can. */
static void test_without_descriptors_it_waits(void **state)
{
    pgai_sandbox *sandbox = start(NULL);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct rlimit before = descriptors_leave(0);
    int64_t work = cpu_ms();
    http_response response;

    (void)state;
    assert_int_equal(http_connect_with(fd, pgai_sandbox_url(sandbox)), fd);
    http_patience(fd, 300);
    http_request(fd, "GET", "/v1/contacts", "sandbox_key", NULL);
    response = http_read(fd);
    assert_int_equal(response.ending, HTTP_SILENCE);
    assert_true(cpu_ms() - work < 100);
    http_response_clear(&response);
    descriptors_restore(before);
    http_patience(fd, 10000);
    response = http_read(fd);
    assert_int_equal(response.status, 200);
    http_response_clear(&response);
    close(fd);
    pgai_sandbox_stop(sandbox);
}

/* A client that speaks TLS to it learns at once that this is no use, also when not all of
 * its hello has come. */
static void test_a_tls_hello_is_not_answered(void **state)
{
    static const char hello[] = "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03";
    static const size_t sizes[] = {sizeof(hello) - 1, 5, 1};
    pgai_sandbox *sandbox = start(NULL);

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int fd = http_connect(pgai_sandbox_url(sandbox));
        http_response response;

        http_patience(fd, 2000);
        http_send(fd, hello, sizes[i]);
        response = http_read_all(fd);
        assert_int_equal(response.length, 0);
        assert_int_equal(response.ending, HTTP_FIN);
        http_response_clear(&response);
        close(fd);
    }
    pgai_sandbox_stop(sandbox);
}

static void take_signal(int number)
{
    (void)number;
}

/* A signal that the program's own thread blocks must wait for it, and not be taken by
 * the sandbox's. */
static void test_signals_are_left_to_the_program(void **state)
{
    struct sigaction action = {.sa_handler = take_signal};
    pgai_sandbox *sandbox;
    sigset_t one;
    sigset_t pending;
    int taken;

    (void)state;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    sigaction(SIGUSR1, &action, NULL);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    sandbox = start(NULL);
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    kill(getpid(), SIGUSR1);
    pgai_sandbox_stop(sandbox);
    sigpending(&pending);
    assert_true(sigismember(&pending, SIGUSR1));
    sigwait(&one, &taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_and_stop_many_times),
        cmocka_unit_test(test_bad_options_are_refused),
        cmocka_unit_test(test_a_port_that_is_taken_is_said),
        cmocka_unit_test(test_null_arguments_are_refused),
        cmocka_unit_test(test_requests_in_one_packet_are_all_answered),
        cmocka_unit_test(test_a_request_byte_by_byte_is_answered),
        cmocka_unit_test(test_what_is_too_large_is_told_so),
        cmocka_unit_test(test_a_million_contacts_start_at_once),
        cmocka_unit_test(test_the_seed_decides_the_contacts),
        cmocka_unit_test(test_page_limits_can_be_set),
        cmocka_unit_test(test_call_options_are_kept_by_key),
        cmocka_unit_test(test_the_log_is_bounded),
        cmocka_unit_test(test_keys_are_not_in_the_log),
        cmocka_unit_test(test_it_is_steered_while_it_serves),
        cmocka_unit_test(test_a_child_that_holds_its_sockets_does_no_harm),
        cmocka_unit_test(test_without_descriptors_it_waits),
        cmocka_unit_test(test_a_tls_hello_is_not_answered),
        cmocka_unit_test(test_signals_are_left_to_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
