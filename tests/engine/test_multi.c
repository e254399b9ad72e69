/* Single requests over libcurl: what leaves, and what is taken for a response. */
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/clock.h"
#include "engine/multi.h"
#include "engine/process.h"
#include "protocol/incoming.h"
#include "support/descriptors.h"
#include "support/lone_exchange.h"
#include "support/served.h"
#include "support/unit.h"

/* Far more than any test takes, far less than the library's own limits. */
enum { PATIENCE_MS = 10 * 1000 };

static const char SMALL[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
static const char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";

static pgaii_route route;
static pgaii_multi *multi;
static char url[128];
static pgai_header headers[] = {
    {{"x-api-key", 9}, {"sandbox_key", 11}},
    {{"accept", 6}, {"application/json", 16}},
    {{"content-type", 12}, {"application/json", 16}},
};
static pgai_request request;
static pgai_response response;
static pgai_failure failure;

static int start(void **state)
{
    serve(state);
    return (int)pgaii_process_start(NULL);
}

static int setup(void **state)
{
    (void)state;
    snprintf(url, sizeof(url), "%s/contacts?page=1", peer_url(server));
    request = (pgai_request){.method = "GET",
                             .url = url,
                             .target = "/v1/contacts?page=1",
                             .host = "127.0.0.1",
                             .port = peer_port(server),
                             .headers = headers,
                             .header_count = 2,
                             .timeout_ms = PATIENCE_MS,
                             .connect_timeout_ms = PATIENCE_MS};
    route = (pgaii_route){.proxy = {.url = (char *)"", .except = (char *)""}};
    multi = pgaii_multi_new(&route, NULL, &failure);
    return multi == NULL;
}

static int teardown(void **state)
{
    (void)state;
    pgaii_multi_free(multi);
    return 0;
}

static void make_create(void)
{
    request.method = "POST";
    request.body = (pgai_text){"{\"first_name\":\"Ada\"}", 20};
    request.header_count = 3;
    request.once = 1;
}

static void make_list(void)
{
    request.method = "GET";
    request.body = (pgai_text){NULL, 0};
    request.header_count = 2;
    request.once = 0;
}

static bool exchange(void)
{
    memset(&response, 0, sizeof(response));
    memset(&failure, 0, sizeof(failure));
    return lone_exchange(multi, &request, &response, &failure);
}

static bool
exchange_with(const char *bytes, size_t length, const char *flood, peer_end end)
{
    const peer_response script = {bytes, length, 0, flood, end};

    peer_script(server, &script, 1);
    return exchange();
}

static void assert_failed(pgai_status status, int sent, const char *words)
{
    assert_string_equal(pgai_status_name(failure.status), pgai_status_name(status));
    assert_int_equal(failure.sent, sent);
    if (words)
        assert_contains(failure.message, words);
}

/* Whether the multi still works after what happened before. */
static void assert_usable(void)
{
    assert_true(exchange_with(SMALL, sizeof(SMALL) - 1, NULL, PEER_KEEP));
    assert_int_equal(response.status, 200);
    assert_int_equal(response.body.length, 2);
}

static void a_request_goes_out_as_it_is(void **state)
{
    char text[1024];
    char expected[1024];

    (void)state;
    assert_usable();
    peer_last_request(server, text, sizeof(text));
    snprintf(expected, sizeof(expected),
             "GET /v1/contacts?page=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
             "Accept-Encoding: gzip\r\nx-api-key: sandbox_key\r\n"
             "accept: application/json\r\n\r\n",
             peer_port(server));
    assert_string_equal(text, expected);
}

static void create_and_list_may_follow_each_other(void **state)
{
    char text[1024];

    (void)state;
    make_create();
    assert_usable();
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "POST /v1/contacts?page=1 HTTP/1.1\r\n");
    assert_contains(text, "Content-Length: 20\r\n");
    assert_contains(text, "\r\n\r\n{\"first_name\":\"Ada\"}");
    assert_null(strstr(text, "Expect"));
    assert_null(strstr(text, "urlencoded"));
    make_list();
    assert_usable();
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "GET /v1");
    assert_null(strstr(text, "Ada"));
}

static void connections_are_kept_but_not_for_creates(void **state)
{
    static const peer_response script = {SMALL, sizeof(SMALL) - 1, 0, NULL, PEER_KEEP};

    (void)state;
    peer_script(server, &script, 1);
    for (int i = 0; i < 3; i++)
        assert_true(exchange());
    assert_int_equal(peer_connections(server), 1);
    make_create();
    assert_true(exchange());
    assert_true(exchange());
    assert_int_equal(peer_connections(server), 3);
}

static void a_create_never_leaves_twice(void **state)
{
    static const peer_response script[] = {{SMALL, sizeof(SMALL) - 1, 0, NULL, PEER_KEEP},
                                           {NULL, 0, 0, NULL, PEER_FIN}};

    (void)state;
    peer_script(server, script, 2);
    assert_true(exchange());
    make_create();
    assert_false(exchange());
    assert_failed(PGAI_CONNECTION_LOST, 1, "127.0.0.1");
    assert_int_equal(peer_requests(server), 2);
    assert_usable();
}

static void a_response_cut_inside_its_headers_is_none(void **state)
{
    static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";

    (void)state;
    assert_false(exchange_with(cut, sizeof(cut) - 1, NULL, PEER_FIN));
    assert_failed(PGAI_CONNECTION_LOST, 1, "headers");
    assert_false(exchange_with(CONTINUE, sizeof(CONTINUE) - 1, NULL, PEER_FIN));
    assert_failed(PGAI_CONNECTION_LOST, 1, "127.0.0.1");
    assert_usable();
}

static void two_lengths_are_refused(void **state)
{
    static const char twice[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 500\r\n\r\n{}";

    (void)state;
    assert_false(exchange_with(twice, sizeof(twice) - 1, NULL, PEER_KEEP));
    assert_failed(PGAI_PROTOCOL, 1, "Content-Length");
    assert_usable();
}

static void what_is_not_http_is_refused(void **state)
{
    static const char *const responses[] = {
        "HTTP/1.1 OK\r\n\r\n", "hello\r\n\r\n", "HTTP/1.1 999999 x\r\n\r\n",
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
         "Content-Length: 2\r\n\r\n{}")};

    (void)state;
    for (size_t i = 0; i < COUNT(responses); i++) {
        assert_false(exchange_with(responses[i], strlen(responses[i]), NULL, PEER_FIN));
        assert_failed(PGAI_PROTOCOL, 1, "127.0.0.1");
    }
    assert_usable();
}

static void floods_of_headers_are_stopped(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n";
    static const char chunked[] =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n";
    static const char line[] = "x-more: of this, and of that, and of something else\r\n";

    (void)state;
    assert_false(exchange_with(head, sizeof(head) - 1, line, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, "headers");
    assert_false(exchange_with(chunked, sizeof(chunked) - 1, line, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, "headers");
    assert_false(exchange_with(CONTINUE, sizeof(CONTINUE) - 1, CONTINUE, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, "headers");
    assert_usable();
}

/* libcurl stops it, and called that out of memory before 8.6. */
static void a_header_without_end_is_stopped(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nx-endless: ";

    (void)state;
    assert_false(exchange_with(head, sizeof(head) - 1, "and on, ", PEER_FIN));
    assert_true(failure.status == PGAI_TOO_LARGE || failure.status == PGAI_NO_MEMORY);
    assert_usable();
}

static void bodies_beyond_the_maximum_are_stopped(void **state)
{
    static const char huge[] = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    static const char open[] = "HTTP/1.1 200 OK\r\n\r\n";
    static const char piece[] = "0123456789012345678901234567890123456789012345678901234";

    (void)state;
    assert_false(exchange_with(huge, sizeof(huge) - 1, piece, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, NULL);
    assert_false(exchange_with(open, sizeof(open) - 1, piece, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, "8 MiB");
    assert_usable();
}

/* Puts what a command prints behind a head. */
static size_t add_printed(char *text, size_t size, const char *command)
{
    size_t head = strlen(text);
    FILE *printed = popen(command, "r");
    size_t length;

    assert_non_null(printed);
    length = fread(text + head, 1, size - head, printed);
    assert_int_equal(pclose(printed), 0);
    return head + length;
}

static void a_bomb_is_stopped(void **state)
{
    static char bomb[64 * 1024] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    size_t length =
        add_printed(bomb, sizeof(bomb), "head -c 16000000 /dev/zero | gzip -9");

    (void)state;
    assert_true(length > 1000);
    assert_false(exchange_with(bomb, length, NULL, PEER_FIN));
    assert_failed(PGAI_TOO_LARGE, 1, "8 MiB");
    assert_usable();
}

/* libcurl undoes the first part alone. */
static void gzip_in_parts_is_refused_for_good(void **state)
{
    char parts[1024] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    size_t length =
        add_printed(parts, sizeof(parts), "printf '[' | gzip; printf ']' | gzip");

    (void)state;
    assert_false(exchange_with(parts, length, NULL, PEER_FIN));
    assert_failed(PGAI_PROTOCOL, 1, "gzip in several parts");
    assert_true(failure.permanent);
    assert_usable();
}

static void codings_that_were_not_asked_for_are_refused(void **state)
{
    static const char *const codings[] = {"UTF-8", "br", "deflate", "gzip, gzip", ","};
    static const char *const fine[] = {"", "identity", "Identity"};
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT(codings) + COUNT(fine); i++) {
        bool good = i >= COUNT(codings);
        int length = snprintf(
            text, sizeof(text),
            "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 2\r\n\r\n{}",
            good ? fine[i - COUNT(codings)] : codings[i]);

        assert_int_equal(exchange_with(text, (size_t)length, NULL, PEER_FIN), good);
        if (!good) {
            assert_failed(PGAI_PROTOCOL, 1, "Content-Encoding");
            assert_true(failure.permanent);
        }
    }
}

static void a_lack_of_descriptors_is_named(void **state)
{
    struct rlimit usual = descriptors_leave(0);

    (void)state;
    assert_false(exchange());
    descriptors_restore(usual);
    assert_failed(PGAI_CONNECT, 0, "descriptors");
    assert_false(failure.permanent);
    assert_usable();
}

static void a_redirect_is_not_followed(void **state)
{
    peer *elsewhere = peer_start();
    char moved[256];
    int length = snprintf(moved, sizeof(moved),
                          "HTTP/1.1 302 Found\r\nLocation: %s/contacts\r\n"
                          "Content-Length: 0\r\n\r\n",
                          peer_url(elsewhere));

    (void)state;
    assert_true(exchange_with(moved, (size_t)length, NULL, PEER_KEEP));
    assert_int_equal(response.status, 302);
    assert_int_equal(peer_connections(elsewhere), 0);
    peer_stop(elsewhere);
}

static void a_refused_connection_sent_nothing(void **state)
{
    peer *gone = peer_start();

    (void)state;
    snprintf(url, sizeof(url), "%s/contacts", peer_url(gone));
    peer_stop(gone);
    assert_false(exchange());
    assert_failed(PGAI_CONNECT, 0, "127.0.0.1");
    assert_null(strstr(failure.message, "sandbox_key"));
}

static void silence_ends_with_the_timeout(void **state)
{
    (void)state;
    request.timeout_ms = 100;
    assert_false(exchange_with(NULL, 0, NULL, PEER_STALL));
    assert_failed(PGAI_TIMEOUT, 1, "127.0.0.1");
    request.timeout_ms = PATIENCE_MS;
    assert_usable();
}

static atomic_bool answer_lookups;
static atomic_int lookups_over;

/* In place of the system's: a name server that does not answer until it is told to. */
__attribute__((visibility("default"))) int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
            struct addrinfo **out)
{
    (void)name;
    (void)service;
    (void)hints;
    (void)out;
    for (int waited_ms = 0; waited_ms < PATIENCE_MS && !answer_lookups; waited_ms++)
        usleep(1000);
    lookups_over++;
    return EAI_AGAIN;
}

static void a_lookup_does_not_outlast_the_timeout(void **state)
{
    int64_t begun = pgaii_clock_now_ms();

    (void)state;
    request.url = "http://contacts.invalid/v1/contacts";
    request.host = "contacts.invalid";
    request.timeout_ms = 100;
    assert_false(exchange());
    assert_failed(PGAI_TIMEOUT, 0, "contacts.invalid");
    assert_true(pgaii_clock_now_ms() - begun < PATIENCE_MS / 2);
    answer_lookups = true;
    while (lookups_over == 0)
        usleep(1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_goes_out_as_it_is),
        TEST(create_and_list_may_follow_each_other),
        TEST(connections_are_kept_but_not_for_creates),
        TEST(a_create_never_leaves_twice),
        TEST(a_response_cut_inside_its_headers_is_none),
        TEST(two_lengths_are_refused),
        TEST(what_is_not_http_is_refused),
        TEST(floods_of_headers_are_stopped),
        TEST(a_header_without_end_is_stopped),
        TEST(bodies_beyond_the_maximum_are_stopped),
        TEST(a_bomb_is_stopped),
        TEST(gzip_in_parts_is_refused_for_good),
        TEST(codings_that_were_not_asked_for_are_refused),
        TEST(a_lack_of_descriptors_is_named),
        TEST(a_redirect_is_not_followed),
        TEST(a_refused_connection_sent_nothing),
        TEST(silence_ends_with_the_timeout),
        TEST(a_lookup_does_not_outlast_the_timeout),
    };

    return cmocka_run_group_tests(tests, start, serve_no_more);
}
