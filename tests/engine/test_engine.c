/* Calls inside a program's own event loop. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <pgai/engine.h>

#include "support/child.h"
#include "support/descriptors.h"
#include "support/peer.h"
#include "support/samples.h"
#include "support/unit.h"

/* Far more than any test takes. */
enum { PATIENCE_MS = 10 * 1000 };

enum { MANY = 1000, MOST_OUT = 64 };

static const char FOUND[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 45\r\n\r\n{\"id\":\"" SAMPLE_ID "\"}";
static const peer_response KEPT = {FOUND, sizeof(FOUND) - 1, 0, NULL, PEER_KEEP};
static const peer_response STALLED = {NULL, 0, 0, NULL, PEER_STALL};

static peer *server;
static pgai_engine *engine;
static pgai_session *session;
static pgai_call *calls[MANY];
static size_t count;
static atomic_bool no_watch; /* no socket can be watched */

/* In place of the system's. */
__attribute__((visibility("default"))) int
epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    static int (*real)(int, int, int, struct epoll_event *);

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "epoll_ctl");
    if (no_watch && operation != EPOLL_CTL_DEL) {
        errno = ENOSPC;
        return -1;
    }
    return real(epoll, operation, fd, event);
}

static pgai_session *make_session(const char *url)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *made = NULL;

    options.api_key = SAMPLE_KEY;
    options.base_url = url;
    assert_int_equal(pgai_session_new(&options, &made, NULL), PGAI_OK);
    return made;
}

static int setup(void **state)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;

    (void)state;
    server = peer_start();
    peer_script(server, &KEPT, 1);
    options.base_url = peer_url(server);
    session = make_session(options.base_url);
    return (int)pgai_engine_new(&options, &engine, NULL);
}

static int teardown(void **state)
{
    (void)state;
    pgai_engine_free(engine);
    while (count > 0)
        pgai_call_free(calls[--count]);
    pgai_session_free(session);
    peer_stop(server);
    return 0;
}

static pgai_call *start(pgai_call *call)
{
    calls[count++] = call;
    assert_int_equal(pgai_engine_start(engine, call, NULL), PGAI_OK);
    return call;
}

static pgai_call *start_get(const pgai_call_options *options)
{
    pgai_call *call = NULL;

    assert_int_equal(pgai_call_new_get(session, SAMPLE_ID, options, &call, NULL),
                     PGAI_OK);
    return start(call);
}

static pgai_call_options hasty(int64_t deadline_ms)
{
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;

    options.no_pacing = 1;
    options.max_attempts = 1;
    options.deadline_ms = deadline_ms;
    return options;
}

static bool is_readable(int most_ms)
{
    struct pollfd one = {.fd = pgai_engine_fd(engine), .events = POLLIN};

    assert_true(one.fd >= 0);
    return poll(&one, 1, most_ms) > 0;
}

/* As a loop does that knows nothing but the descriptor. */
static pgai_call *work_until_over(void)
{
    pgai_call *over;

    while (!(over = pgai_engine_next(engine))) {
        assert_true(is_readable(PATIENCE_MS));
        pgai_engine_work(engine);
    }
    return over;
}

static void work_until_sent(int requests)
{
    int64_t until = pgai_transport_now_ms() + PATIENCE_MS;

    while (peer_requests(server) < requests && pgai_transport_now_ms() < until) {
        is_readable(10);
        pgai_engine_work(engine);
    }
    assert_int_equal(peer_requests(server), requests);
}

static pgai_status status_of(pgai_call *call)
{
    if (pgai_call_next(call, pgai_transport_now_ms()) == PGAI_STEP_DONE)
        return PGAI_OK;
    return pgai_call_error(call)->status;
}

/* The outcome of a call that is the only one. */
static pgai_status get_one(const pgai_call_options *options)
{
    pgai_call *call = start_get(options);

    assert_ptr_equal(work_until_over(), call);
    return status_of(call);
}

static void a_call_goes_on_when_the_descriptor_is_readable(void **state)
{
    (void)state;
    assert_int_equal(get_one(NULL), PGAI_OK);
    assert_null(pgai_engine_next(engine));
}

static void nobody_is_woken_without_calls(void **state)
{
    (void)state;
    assert_false(is_readable(0));
    assert_int_equal(get_one(NULL), PGAI_OK);
    assert_int_equal(pgai_engine_wake_at(engine), INT64_MAX);
    assert_false(is_readable(2000));
}

/* A call whose response does not come has only its own times. */
static void nobody_is_woken_while_nothing_comes(void **state)
{
    int turns = 0;

    (void)state;
    peer_script(server, &STALLED, 1);
    start_get(NULL);
    work_until_sent(1);
    for (; is_readable(500) && turns < 10; turns++)
        pgai_engine_work(engine);
    assert_true(turns < 10);
    assert_true(pgai_engine_wake_at(engine) != INT64_MAX);
}

static void a_call_that_ends_while_it_starts_is_told(void **state)
{
    pgai_call_options options = hasty(PATIENCE_MS);
    struct rlimit usual = descriptors_leave(0);
    pgai_call *call;

    (void)state;
    call = start_get(&options);
    assert_true(is_readable(0));
    assert_ptr_equal(work_until_over(), call);
    descriptors_restore(usual);
    assert_int_equal(status_of(call), PGAI_CONNECT);
    assert_false(is_readable(0));
}

static size_t turn(void)
{
    size_t over = 0;

    assert_true(is_readable(0));
    pgai_engine_work(engine);
    while (pgai_engine_next(engine))
        over++;
    return over;
}

static void a_turn_is_bounded(void **state)
{
    pgai_call_options options = hasty(PATIENCE_MS);
    struct rlimit usual = descriptors_leave(0);

    (void)state;
    for (int i = 0; i < 20; i++)
        start_get(&options);
    assert_int_equal(turn(), 8);
    assert_int_equal(turn(), 8);
    assert_int_equal(turn(), 4);
    descriptors_restore(usual);
    assert_false(is_readable(0));
}

static void a_call_that_was_over_is_told(void **state)
{
    pgai_call *call = NULL;

    (void)state;
    assert_int_equal(pgai_call_new_get(session, SAMPLE_ID, NULL, &call, NULL), PGAI_OK);
    pgai_call_cancel(call, pgai_transport_now_ms(), PGAI_CANCELLED);
    start(call);
    assert_true(is_readable(0));
    assert_ptr_equal(work_until_over(), call);
    assert_int_equal(status_of(call), PGAI_CANCELLED);
}

static int descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int open = 0;

    assert_non_null(folder);
    while (readdir(folder))
        open++;
    closedir(folder);
    return open;
}

static void a_thousand_calls_end_with_few_descriptors(void **state)
{
    pgai_call_options options = hasty(60 * 1000);
    int before = descriptors();
    int most = 0;

    (void)state;
    for (int i = 0; i < MANY; i++)
        start_get(&options);
    for (int i = 0; i < MANY; i++) {
        int now = descriptors();

        most = now > most ? now : most;
        assert_int_equal(status_of(work_until_over()), PGAI_OK);
    }
    assert_int_equal(peer_requests(server), MANY);
    /* The peer's ends of the connections are in this process, too. */
    assert_true(most <= before + 2 * MOST_OUT + 8);
    assert_true(peer_connections(server) <= MOST_OUT);
}

/* Those that wait for room have their turn in the order in which they were started. */
static void calls_wait_for_room_and_their_deadlines_count(void **state)
{
    pgai_call_options patient = hasty(PATIENCE_MS);
    pgai_call_options short_one = hasty(30);
    pgai_call *late;
    pgai_call *next;

    (void)state;
    peer_script(server, &STALLED, 1);
    for (int i = 0; i < MOST_OUT; i++)
        start_get(&patient);
    next = start_get(&patient);
    late = start_get(&short_one);
    assert_ptr_equal(work_until_over(), late);
    assert_int_equal(status_of(late), PGAI_TIMEOUT);
    assert_int_equal(pgai_call_requests(late), 0);
    work_until_sent(MOST_OUT);
    peer_script(server, &KEPT, 1);
    pgai_engine_cancel(engine, calls[0]);
    assert_ptr_equal(work_until_over(), next);
    assert_int_equal(status_of(next), PGAI_OK);
}

static void a_call_can_be_cancelled_alone(void **state)
{
    static const peer_response script[] = {
        {NULL, 0, 0, NULL, PEER_STALL}, {FOUND, sizeof(FOUND) - 1, 0, NULL, PEER_KEEP}};
    pgai_call_options options = hasty(PATIENCE_MS);
    pgai_call *first;
    pgai_call *second;

    (void)state;
    peer_script(server, script, 2);
    first = start_get(&options);
    work_until_sent(1);
    second = start_get(&options);
    pgai_engine_cancel(engine, first);
    assert_int_equal(status_of(first), PGAI_CANCELLED);
    assert_ptr_equal(work_until_over(), second);
    assert_int_equal(status_of(second), PGAI_OK);
    pgai_engine_cancel(engine, first);
    pgai_engine_cancel(engine, NULL);
    assert_null(pgai_engine_next(engine));
    assert_false(is_readable(0));
}

static void a_create_that_is_cancelled_is_of_unknown_outcome(void **state)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_call *call = NULL;

    (void)state;
    fields.first_name = "Ada";
    peer_script(server, &STALLED, 1);
    assert_int_equal(pgai_call_new_create(session, &fields, NULL, &call, NULL), PGAI_OK);
    start(call);
    work_until_sent(1);
    pgai_engine_cancel(engine, call);
    assert_int_equal(status_of(call), PGAI_OUTCOME_UNKNOWN);
}

static void *wake(void *unused)
{
    pgai_engine_wake(engine);
    return unused;
}

static void another_thread_ends_a_wait(void **state)
{
    pthread_t thread;

    (void)state;
    peer_script(server, &STALLED, 1);
    start_get(NULL);
    assert_int_equal(pthread_create(&thread, NULL, wake, NULL), 0);
    assert_null(pgai_engine_wait(engine, INT64_MAX));
    pthread_join(thread, NULL);
    assert_null(pgai_engine_wait(engine, pgai_transport_now_ms() + 10));
    assert_int_equal(pthread_create(&thread, NULL, wake, NULL), 0);
    assert_true(is_readable(PATIENCE_MS));
    pthread_join(thread, NULL);
}

static void a_wait_returns_calls(void **state)
{
    pgai_call *call = start_get(NULL);

    (void)state;
    assert_ptr_equal(pgai_engine_wait(engine, INT64_MAX), call);
    assert_int_equal(status_of(call), PGAI_OK);
    assert_null(pgai_engine_wait(engine, pgai_transport_now_ms() + 1));
}

static void a_service_that_is_gone_is_tried_again(void **state)
{
    (void)state;
    peer_stop(server);
    assert_int_equal(get_one(NULL), PGAI_CONNECT);
    assert_int_equal(pgai_call_requests(calls[0]), PGAI_DEFAULT_MAX_ATTEMPTS);
    server = peer_start();
}

static void a_connection_that_dies_fails_its_call(void **state)
{
    static const peer_response dies = {NULL, 0, 0, NULL, PEER_RST};
    pgai_call_options options = hasty(PATIENCE_MS);

    (void)state;
    peer_script(server, &dies, 1);
    assert_int_equal(get_one(&options), PGAI_CONNECTION_LOST);
    peer_script(server, &KEPT, 1);
    assert_int_equal(get_one(&options), PGAI_OK);
}

/* Whatever the loop did meanwhile, the call ends at its next turn. */
static void a_deadline_passes_while_nobody_works(void **state)
{
    pgai_call_options options = hasty(50);
    pgai_call *call;
    int64_t begun = pgai_transport_now_ms();

    (void)state;
    peer_script(server, &STALLED, 1);
    call = start_get(&options);
    assert_true(pgai_engine_wake_at(engine) <= begun + 60);
    while (pgai_transport_now_ms() < begun + 100)
        is_readable(10);
    assert_true(is_readable(0));
    pgai_engine_work(engine);
    assert_ptr_equal(pgai_engine_next(engine), call);
    assert_int_equal(status_of(call), PGAI_TIMEOUT);
}

static void an_engine_that_cannot_watch_recovers(void **state)
{
    pgai_call_options options = hasty(PATIENCE_MS);
    pgai_call *failed[2];

    (void)state;
    no_watch = true;
    failed[0] = start_get(&options);
    failed[1] = start_get(&options);
    for (int i = 0; i < 2; i++)
        work_until_over();
    no_watch = false;
    assert_int_equal(status_of(failed[0]), PGAI_NO_MEMORY);
    assert_int_equal(status_of(failed[1]), PGAI_NO_MEMORY);
    assert_int_equal(get_one(&options), PGAI_OK);
}

static int parents_fd;

/* What was in progress is tried again over a connection of the child's. */
static bool the_child_goes_on(void)
{
    bool fine = pgai_engine_fd(engine) >= 0 && work_until_over() == calls[0] &&
                status_of(calls[0]) == PGAI_OK && pgai_call_requests(calls[0]) == 2;

    pgai_engine_free(engine);
    return fine;
}

static bool the_child_frees_it(void)
{
    pgai_engine_free(engine);
    return true;
}

static void a_child_leaves_what_is_the_parents(void **state)
{
    pgai_call *call;

    (void)state;
    peer_script(server, &STALLED, 1);
    call = start_get(NULL);
    work_until_sent(1);
    peer_script(server, &KEPT, 1);
    parents_fd = pgai_engine_fd(engine);
    assert_true(child_does(the_child_frees_it));
    assert_true(child_does(the_child_goes_on));
    assert_int_equal(pgai_engine_fd(engine), parents_fd);
    pgai_engine_cancel(engine, call);
    assert_int_equal(get_one(NULL), PGAI_OK);
}

static void options_are_checked(void **state)
{
    static const pgai_transport_options wrong[] = {
        {1, NULL, NULL, NULL, NULL},
        {sizeof(*wrong), "ftp://a", NULL, NULL, NULL},
        {sizeof(*wrong), NULL, "a\r\nb", NULL, NULL},
        {sizeof(*wrong), NULL, NULL, NULL, "/no/such/file"}};
    pgai_engine *none = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(pgai_engine_new(&wrong[i], &none, &error), PGAI_USAGE);
        assert_null(none);
        assert_true(*error.message != '\0');
    }
    assert_int_equal(pgai_engine_new(NULL, NULL, NULL), PGAI_USAGE);
    assert_int_equal(pgai_engine_start(engine, NULL, NULL), PGAI_USAGE);
    assert_int_equal(pgai_engine_start(NULL, NULL, NULL), PGAI_USAGE);
    pgai_engine_free(NULL);
}

static void a_lack_of_descriptors_is_named(void **state)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_engine *none = NULL;

    (void)state;
    options.base_url = peer_url(server);
    for (int more = 0; more < 3; more++) {
        struct rlimit usual = descriptors_leave(more);
        pgai_status status = pgai_engine_new(&options, &none, &error);

        descriptors_restore(usual);
        assert_int_equal(status, PGAI_CONNECT);
        assert_null(none);
        assert_contains(error.message, "ulimit -n");
    }
}

static void an_engine_can_be_freed_in_the_middle(void **state)
{
    (void)state;
    peer_script(server, &STALLED, 1);
    start_get(NULL);
    pgai_engine_work(engine);
    start_get(NULL);
    pgai_engine_free(engine);
    engine = NULL;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(status_of(calls[i]), PGAI_CANCELLED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_goes_on_when_the_descriptor_is_readable),
        TEST(nobody_is_woken_without_calls),
        TEST(nobody_is_woken_while_nothing_comes),
        TEST(a_call_that_ends_while_it_starts_is_told),
        TEST(a_turn_is_bounded),
        TEST(a_call_that_was_over_is_told),
        TEST(a_thousand_calls_end_with_few_descriptors),
        TEST(calls_wait_for_room_and_their_deadlines_count),
        TEST(a_call_can_be_cancelled_alone),
        TEST(a_create_that_is_cancelled_is_of_unknown_outcome),
        TEST(another_thread_ends_a_wait),
        TEST(a_wait_returns_calls),
        TEST(a_service_that_is_gone_is_tried_again),
        TEST(a_connection_that_dies_fails_its_call),
        TEST(a_deadline_passes_while_nobody_works),
        TEST(an_engine_that_cannot_watch_recovers),
        TEST(a_child_leaves_what_is_the_parents),
        TEST(options_are_checked),
        TEST(a_lack_of_descriptors_is_named),
        TEST(an_engine_can_be_freed_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
