/* The transport for programs that drive calls on their own. */
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <pgai/transport.h>

#include "support/child.h"
#include "support/descriptors.h"
#include "support/served.h"
#include "support/tls_server.h"
#include "support/unit.h"

/* Far more than any test takes, far less than the library's own limits. */
enum { PATIENCE_MS = 10 * 1000 };

/* How many requests are under way at once. */
enum { SEVERAL = 8 };

static const char SMALL[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
static const peer_response KEPT = {SMALL, sizeof(SMALL) - 1, 0, NULL, PEER_KEEP};

static pgai_transport *transport;
static char url[128];
static pgai_header headers[] = {
    {{"x-api-key", 9}, {"sandbox_key", 11}},
    {{"user-agent", 10}, {"theirs", 6}},
};
static pgai_request request;
static pgai_response response;
static pgai_failure failure;

static bool make(const char *base_url, const char *ca)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;

    options.base_url = base_url;
    options.ca = ca;
    return pgai_transport_new(&options, &transport, NULL) == PGAI_OK;
}

static void make_request(const char *base_url)
{
    snprintf(url, sizeof(url), "%s/contacts?page=1", base_url);
    request = (pgai_request){.method = "GET",
                             .url = url,
                             .host = "127.0.0.1",
                             .headers = headers,
                             .header_count = COUNT(headers),
                             .timeout_ms = PATIENCE_MS,
                             .connect_timeout_ms = PATIENCE_MS};
}

static int setup(void **state)
{
    (void)state;
    peer_script(server, &KEPT, 1);
    make_request(peer_url(server));
    return make(peer_url(server), NULL) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    pgai_transport_free(transport);
    return 0;
}

static uint64_t submit(void)
{
    uint64_t id = pgai_transport_submit(transport, &request, &failure);

    assert_true(id > 0);
    return id;
}

static uint64_t wait_for_one(void)
{
    int64_t until = pgai_transport_now_ms() + PATIENCE_MS;
    uint64_t id = 0;

    while (!id && pgai_transport_now_ms() < until)
        id = pgai_transport_wait(transport, until);
    return id;
}

static pgai_status result(uint64_t id)
{
    memset(&response, 0, sizeof(response));
    memset(&failure, 0, sizeof(failure));
    return pgai_transport_result(transport, id, &response, &failure);
}

/* The outcome of one request. */
static pgai_status exchange(void)
{
    uint64_t id = submit();
    pgai_status status;

    if (wait_for_one() != id)
        return PGAI_USAGE;
    status = result(id);
    pgai_transport_release(transport, id);
    return status;
}

static bool is_readable(int most_ms)
{
    struct pollfd one = {.fd = pgai_transport_fd(transport), .events = POLLIN};

    return one.fd >= 0 && poll(&one, 1, most_ms) > 0;
}

/* As a loop does that knows nothing but the descriptor. 0: it was not readable in time.
 */
static uint64_t loop_until_one(void)
{
    uint64_t id = 0;

    while (!id && is_readable(PATIENCE_MS))
        id = pgai_transport_wait(transport, 0);
    return id;
}

static void wait_until_sent(int requests)
{
    int64_t until = pgai_transport_now_ms() + PATIENCE_MS;

    while (peer_requests(server) < requests && pgai_transport_now_ms() < until)
        assert_int_equal(pgai_transport_wait(transport, pgai_transport_now_ms() + 10), 0);
    assert_int_equal(peer_requests(server), requests);
}

static void a_response_stays_until_it_is_released(void **state)
{
    uint64_t first = submit();
    uint64_t second;

    (void)state;
    assert_int_equal(wait_for_one(), first);
    second = submit();
    assert_true(second != first);
    assert_int_equal(wait_for_one(), second);
    assert_int_equal(result(first), PGAI_OK);
    assert_int_equal(response.status, 200);
    assert_text(response.body, "{}");
    pgai_transport_release(transport, first);
    assert_int_equal(result(first), PGAI_USAGE);
    assert_int_equal(result(second), PGAI_OK);
    pgai_transport_release(transport, second);
    pgai_transport_release(transport, second);
    assert_int_equal(peer_requests(server), 2);
}

/* The server reads all of them before the first is answered: they wait on each other
 * unless all are under way. */
static void several_are_under_way_at_once(void **state)
{
    uint64_t ids[SEVERAL];
    int done = 0;

    (void)state;
    peer_script(server, NULL, 0);
    for (int i = 0; i < SEVERAL; i++)
        ids[i] = submit();
    wait_until_sent(SEVERAL);
    assert_int_equal(peer_connections(server), SEVERAL);
    for (int i = 0; i < SEVERAL; i++) {
        assert_int_equal(result(ids[i]), PGAI_USAGE);
        pgai_transport_release(transport, ids[i]);
    }

    peer_script(server, &KEPT, 1);
    for (int i = 0; i < SEVERAL; i++)
        ids[i] = submit();
    for (; done < SEVERAL; done++) {
        uint64_t id = wait_for_one();

        assert_int_equal(result(id), PGAI_OK);
        pgai_transport_release(transport, id);
    }
    assert_int_equal(pgai_transport_wait(transport, 0), 0);
}

static void connections_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(exchange(), PGAI_OK);
    assert_int_equal(peer_connections(server), 1);
}

static void a_create_never_leaves_twice(void **state)
{
    static const peer_response script[] = {{SMALL, sizeof(SMALL) - 1, 0, NULL, PEER_KEEP},
                                           {NULL, 0, 0, NULL, PEER_FIN}};

    (void)state;
    peer_script(server, script, 2);
    assert_int_equal(exchange(), PGAI_OK);
    request.method = "POST";
    request.body = (pgai_text){"{}", 2};
    request.once = 1;
    assert_int_equal(exchange(), PGAI_CONNECTION_LOST);
    assert_int_equal(failure.sent, 1);
    assert_int_equal(peer_requests(server), 2);
}

/* All of it, the body and the key too, so that the call may be gone before it leaves. */
static void a_request_is_copied(void **state)
{
    char body[] = "{\"first_name\":\"Ada\"}";
    char key[] = "sandbox_one";
    char text[1024];
    uint64_t id;

    (void)state;
    headers[0].value = (pgai_text){key, strlen(key)};
    request.method = "POST";
    request.body = (pgai_text){body, strlen(body)};
    request.once = 1;
    id = submit();
    memset(body, 'x', sizeof(body) - 1);
    memset(key, 'x', sizeof(key) - 1);
    memset(url, 'x', sizeof(url) - 1);
    assert_int_equal(wait_for_one(), id);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "POST /v1/contacts?page=1 HTTP/1.1\r\n");
    assert_contains(text, "x-api-key: sandbox_one\r\n");
    assert_contains(text, "\r\n\r\n{\"first_name\":\"Ada\"}");
    pgai_transport_release(transport, id);

    make_request(peer_url(server));
    headers[0].value = (pgai_text){"sandbox_key", 11};
    assert_int_equal(exchange(), PGAI_OK);
}

static void requests_of_several_keys_may_follow_each_other(void **state)
{
    static const char *const keys[] = {"sandbox_one", "sandbox_two", "sandbox_key"};
    char expected[64];
    char text[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        headers[0].value = (pgai_text){keys[i], strlen(keys[i])};
        snprintf(expected, sizeof(expected), "x-api-key: %s\r\n", keys[i]);
        assert_int_equal(exchange(), PGAI_OK);
        peer_last_request(server, text, sizeof(text));
        assert_contains(text, expected);
    }
}

static void a_failure_says_what_happened(void **state)
{
    peer *gone = peer_start();
    uint64_t id;

    (void)state;
    snprintf(url, sizeof(url), "%s/contacts", peer_url(gone));
    peer_stop(gone);
    assert_int_equal(exchange(), PGAI_CONNECT);
    assert_int_equal(failure.sent, 0);
    make_request(peer_url(server));
    peer_script(server, NULL, 0);
    request.timeout_ms = 20;
    id = submit();
    assert_int_equal(pgai_transport_wait(transport, INT64_MAX), id); /* one is enough */
    assert_int_equal(result(id), PGAI_TIMEOUT);
    assert_int_equal(failure.sent, 1);
}

static void what_is_given_up_can_be_followed_by_more(void **state)
{
    uint64_t id;

    (void)state;
    peer_script(server, NULL, 0);
    id = submit();
    wait_until_sent(1);
    pgai_transport_release(transport, id);
    assert_int_equal(result(id), PGAI_USAGE);
    peer_script(server, &KEPT, 1);
    assert_int_equal(exchange(), PGAI_OK);
}

static void the_transport_can_be_freed_in_the_middle(void **state)
{
    (void)state;
    submit();
    assert_int_equal(pgai_transport_wait(transport, 0), 0);
    submit();
}

static void a_wait_comes_back_to_its_caller(void **state)
{
    int64_t begun = pgai_transport_now_ms();

    (void)state;
    assert_int_equal(pgai_transport_wait(transport, begun + 30), 0);
    assert_true(pgai_transport_now_ms() >= begun + 30);
    assert_int_equal(pgai_transport_wait(transport, INT64_MAX), 0);
    assert_true(pgai_transport_now_ms() < begun + PATIENCE_MS);
    assert_int_equal(pgai_transport_wait(transport, begun), 0);
}

static void the_user_agent_can_be_replaced(void **state)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;
    char text[1024];

    (void)state;
    pgai_transport_free(transport);
    options.base_url = peer_url(server);
    options.user_agent = "ours";
    assert_int_equal(pgai_transport_new(&options, &transport, NULL), PGAI_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(exchange(), PGAI_OK);
        peer_last_request(server, text, sizeof(text));
        assert_contains(text, "user-agent: ours\r\n");
        assert_null(strstr(text, "theirs"));
    }
}

static void options_are_checked(void **state)
{
    static const pgai_transport_options wrong[] = {
        {1, NULL, NULL, NULL, NULL},
        {sizeof(*wrong), "ftp://a", NULL, NULL, NULL},
        {sizeof(*wrong), NULL, "a\r\nb", NULL, NULL},
        {sizeof(*wrong), NULL, NULL, NULL, "/no/such/file"}};
    pgai_transport *none = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(pgai_transport_new(&wrong[i], &none, &error), PGAI_USAGE);
        assert_null(none);
        assert_true(*error.message != '\0');
    }
    assert_int_equal(pgai_transport_new(NULL, NULL, NULL), PGAI_USAGE);
    pgai_transport_free(NULL);
}

static void an_exchange_goes_on_when_the_descriptor_is_readable(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint64_t id = submit();

        assert_int_equal(loop_until_one(), id);
        assert_int_equal(result(id), PGAI_OK);
        pgai_transport_release(transport, id);
    }
    assert_int_equal(peer_connections(server), 1);
}

/* It stays readable until all that are over were told, however the program asks. */
static void the_descriptor_tells_of_all(void **state)
{
    (void)state;
    for (int i = 0; i < SEVERAL; i++)
        submit();
    for (int i = 0; i < SEVERAL; i++) {
        uint64_t id = loop_until_one();

        assert_int_equal(result(id), PGAI_OK);
        pgai_transport_release(transport, id);
    }
    assert_int_equal(pgai_transport_wait(transport, 0), 0);
    assert_false(is_readable(0));
}

/* No socket tells of it. */
static void an_exchange_that_ends_at_once_is_told(void **state)
{
    struct rlimit usual = descriptors_leave(0);
    uint64_t id = submit();

    (void)state;
    assert_int_equal(loop_until_one(), id);
    descriptors_restore(usual);
    assert_int_equal(result(id), PGAI_CONNECT);
}

static void nobody_is_woken_without_requests(void **state)
{
    uint64_t id;

    (void)state;
    assert_int_equal(pgai_transport_wake_at(transport), INT64_MAX);
    assert_false(is_readable(0));
    id = submit();
    assert_int_equal(loop_until_one(), id);
    assert_int_equal(pgai_transport_wake_at(transport), INT64_MAX);
    peer_script(server, NULL, 0);
    id = submit();
    wait_until_sent(1);
    assert_true(pgai_transport_wake_at(transport) < INT64_MAX);
    pgai_transport_release(transport, id);
    assert_int_equal(pgai_transport_wake_at(transport), INT64_MAX);
    assert_false(is_readable(2000));
}

static void nobody_is_woken_while_nothing_comes(void **state)
{
    int turns = 0;

    (void)state;
    peer_script(server, NULL, 0);
    submit();
    wait_until_sent(1);
    for (; is_readable(500) && turns < 10; turns++)
        assert_int_equal(pgai_transport_wait(transport, 0), 0);
    assert_true(turns < 10);
}

static void the_descriptor_tells_of_timeouts(void **state)
{
    int64_t begun = pgai_transport_now_ms();
    uint64_t id;

    (void)state;
    peer_script(server, NULL, 0);
    request.timeout_ms = 50;
    id = submit();
    assert_true(pgai_transport_wake_at(transport) <= begun + PATIENCE_MS);
    assert_int_equal(loop_until_one(), id);
    assert_int_equal(result(id), PGAI_TIMEOUT);
}

static void a_lack_of_descriptors_is_named(void **state)
{
    pgai_transport_options options = PGAI_TRANSPORT_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_transport *none = NULL;

    (void)state;
    options.base_url = peer_url(server);
    for (int more = 0; more < 3; more++) {
        struct rlimit usual = descriptors_leave(more);
        pgai_status status = pgai_transport_new(&options, &none, &error);

        descriptors_restore(usual);
        assert_int_equal(status, PGAI_CONNECT);
        assert_null(none);
        assert_contains(error.message, "ulimit -n");
    }
}

static uint64_t inherited;

static bool the_inherited_is_lost(void)
{
    bool lost = wait_for_one() == inherited && result(inherited) == PGAI_CONNECTION_LOST;
    bool works;

    pgai_transport_release(transport, inherited);
    works = exchange() == PGAI_OK && exchange() == PGAI_OK;
    pgai_transport_free(transport);
    return lost && works;
}

static void a_child_loses_what_was_under_way(void **state)
{
    const peer_response script[] = {{NULL, 0, 0, NULL, PEER_STALL}, KEPT};

    (void)state;
    peer_script(server, script, 2);
    inherited = submit();
    wait_until_sent(1);
    assert_true(child_does(the_inherited_is_lost));
    assert_int_equal(result(inherited), PGAI_USAGE);
    assert_int_equal(peer_connections(server), 2);
    assert_int_equal(exchange(), PGAI_OK);
    assert_int_equal(peer_connections(server), 3);
    pgai_transport_release(transport, inherited);
}

static bool the_child_is_told_by_its_descriptor(void)
{
    bool lost =
        loop_until_one() == inherited && result(inherited) == PGAI_CONNECTION_LOST;
    uint64_t id = pgai_transport_submit(transport, &request, &failure);
    bool works = loop_until_one() == id && result(id) == PGAI_OK;
    bool idle = pgai_transport_wait(transport, 0) == 0 && !is_readable(0);

    pgai_transport_free(transport);
    return lost && works && idle;
}

static void a_child_has_a_descriptor_of_its_own(void **state)
{
    const peer_response script[] = {{NULL, 0, 0, NULL, PEER_STALL}, KEPT};
    int fd = pgai_transport_fd(transport);
    uint64_t id;

    (void)state;
    peer_script(server, script, 2);
    inherited = submit();
    wait_until_sent(1);
    assert_true(child_does(the_child_is_told_by_its_descriptor));
    assert_int_equal(pgai_transport_fd(transport), fd);
    id = submit();
    assert_int_equal(loop_until_one(), id);
    assert_int_equal(result(id), PGAI_OK);
    assert_int_equal(peer_connections(server), 3);
}

static bool the_child_lacks_descriptors(void)
{
    struct rlimit usual = descriptors_leave(-1);
    bool none = pgai_transport_fd(transport) == -1 &&
                pgai_transport_submit(transport, &request, &failure) == 0 &&
                failure.status == PGAI_CONNECT && failure.message &&
                wait_for_one() == inherited && result(inherited) == PGAI_CONNECTION_LOST;
    descriptors_restore(usual);
    return none && pgai_transport_fd(transport) >= 0 && exchange() == PGAI_OK;
}

static void a_child_can_be_without_descriptors(void **state)
{
    const peer_response script[] = {{NULL, 0, 0, NULL, PEER_STALL}, KEPT};

    (void)state;
    peer_script(server, script, 2);
    inherited = submit();
    wait_until_sent(1);
    assert_true(child_does(the_child_lacks_descriptors));
}

static bool frees(void)
{
    pgai_transport_free(transport);
    return true;
}

static bool works_then_frees(void)
{
    bool works = exchange() == PGAI_OK;

    pgai_transport_free(transport);
    return works;
}

/* Had the child said goodbye on its parent's connection, the parent would have needed
 * another. */
static void a_child_leaves_the_connections_of_its_parent(void **state)
{
    tls_server *tls = tls_server_start("IP:127.0.0.1");

    (void)state;
    pgai_transport_free(transport);
    assert_true(make(tls_server_url(tls), tls_server_certificate(tls)));
    make_request(tls_server_url(tls));
    request.tls = 1;
    assert_int_equal(exchange(), PGAI_OK);
    assert_true(child_does(frees));
    assert_int_equal(exchange(), PGAI_OK);
    assert_int_equal(tls_server_connections(tls, 2), 1);
    assert_true(child_does(works_then_frees));
    assert_int_equal(exchange(), PGAI_OK);
    assert_int_equal(tls_server_connections(tls, 4), 2);
    tls_server_stop(tls);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_response_stays_until_it_is_released),
        TEST(several_are_under_way_at_once),
        TEST(connections_are_kept),
        TEST(a_create_never_leaves_twice),
        TEST(a_request_is_copied),
        TEST(requests_of_several_keys_may_follow_each_other),
        TEST(a_failure_says_what_happened),
        TEST(what_is_given_up_can_be_followed_by_more),
        TEST(the_transport_can_be_freed_in_the_middle),
        TEST(a_wait_comes_back_to_its_caller),
        TEST(the_user_agent_can_be_replaced),
        TEST(options_are_checked),
        TEST(an_exchange_goes_on_when_the_descriptor_is_readable),
        TEST(the_descriptor_tells_of_all),
        TEST(an_exchange_that_ends_at_once_is_told),
        TEST(nobody_is_woken_without_requests),
        TEST(nobody_is_woken_while_nothing_comes),
        TEST(the_descriptor_tells_of_timeouts),
        TEST(a_lack_of_descriptors_is_named),
        TEST(a_child_loses_what_was_under_way),
        TEST(a_child_has_a_descriptor_of_its_own),
        TEST(a_child_can_be_without_descriptors),
        TEST(a_child_leaves_the_connections_of_its_parent),
    };

    return cmocka_run_group_tests(tests, serve, serve_no_more);
}
