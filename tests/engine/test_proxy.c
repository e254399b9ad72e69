/* Which proxy is used, what is refused, and what one may do. */
#include <stdlib.h>

#include "engine/clock.h"
#include "engine/multi.h"
#include "engine/process.h"
#include "support/lone_exchange.h"
#include "support/peer.h"
#include "support/unit.h"

enum { PATIENCE_MS = 10 * 1000 };

static const char SMALL[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",   "no_proxy",
                                        "NO_PROXY",   "HTTP_PROXY"};

static peer *server;
static char proxy_url[128];
static pgai_header headers[] = {{{"x-api-key", 9}, {"sandbox_key", 11}}};
static pgai_failure failure;

static int start(void **state)
{
    (void)state;
    server = peer_start();
    snprintf(proxy_url, sizeof(proxy_url), "http://127.0.0.1:%d", peer_port(server));
    return (int)pgaii_process_start(NULL);
}

static int stop(void **state)
{
    (void)state;
    peer_stop(server);
    return 0;
}

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    return 0;
}

static pgai_status
find(const char *base_url, const char *given, char *out, size_t size, pgai_error *error)
{
    pgaii_url url;
    pgaii_proxy proxy;
    pgai_status status;

    assert_int_equal(pgaii_url_init(&url, base_url, NULL), PGAI_OK);
    status = pgaii_proxy_find(&url, given, &proxy, error);
    if (status == PGAI_OK)
        snprintf(out, size, "%s", proxy.url);
    pgaii_proxy_clear(&proxy);
    pgaii_url_clear(&url);
    return status;
}

static void assert_found(const char *base_url, const char *given, const char *expected)
{
    char found[256];

    assert_int_equal(find(base_url, given, found, sizeof(found), NULL), PGAI_OK);
    assert_string_equal(found, expected);
}

static void the_first_that_is_set_decides(void **state)
{
    static const char http[] = "http://contacts.invalid";
    static const char https[] = "https://contacts.invalid";

    (void)state;
    assert_found(https, NULL, "");
    setenv("ALL_PROXY", "http://all.example", 1);
    assert_found(https, NULL, "http://all.example");
    setenv("all_proxy", "socks5h://lower.example", 1);
    assert_found(http, NULL, "socks5h://lower.example");
    setenv("HTTPS_PROXY", "http://upper.example", 1);
    setenv("HTTP_PROXY", "http://from.a.header.example", 1);
    assert_found(https, NULL, "http://upper.example");
    assert_found(http, NULL, "socks5h://lower.example");
    setenv("https_proxy", "proxy.example:3128", 1);
    setenv("http_proxy", "http://user:pass%23word@plain.example:3128/", 1);
    assert_found(https, NULL, "proxy.example:3128");
    assert_found(http, NULL, "http://user:pass%23word@plain.example:3128/");
    assert_found(https, "http://given.example", "http://given.example");
    assert_found(https, "", "");
    assert_found("http://127.0.0.1:1", "http://given.example", "");
}

/* libcurl would show them, password and all, at the first call. */
static void what_cannot_be_used_is_refused_and_not_shown(void **state)
{
    static const char *const wrong[] = {
        "http://user:hun#ter2@proxy.example:3128",
        "http://user:hun/ter2@proxy.example:3128",
        "http://user:1/hunter2@proxy.example",
        "http://user:hun ter2@proxy.example",
        "http://user:hun@ter2@proxy.example",
        "http://user:hun%00ter2@proxy.example",
        "http://user:hun?ter2@proxy.example",
        "ftp://user:hunter2@proxy.example",
        "hunter2://proxy.example",
        "http://user:hunter2@",
        "http://user:hunter2@proxy.example:99999",
        "http://user:hunter2@proxy.example:1/x",
        "http://user:hun\nter2@proxy.example",
        "://hunter2",
    };
    char found[256];

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(
            find("https://contacts.invalid", wrong[i], found, sizeof(found), &error),
            PGAI_USAGE);
        assert_contains(error.message, "proxy ");
        assert_null(strstr(error.message, "ter2"));
        setenv("all_proxy", wrong[i], 1);
        assert_int_equal(
            find("https://contacts.invalid", NULL, found, sizeof(found), &error),
            PGAI_USAGE);
        assert_contains(error.message, "all_proxy ");
        assert_null(strstr(error.message, "ter2"));
    }
}

/* Ask a service through the proxy that is found, once; what is in the failure stays until
 * the next. */
static bool ask(const char *base_url, const char *given, const char *host)
{
    char url[256];
    pgai_request request = {.method = "GET",
                            .url = url,
                            .target = "/v1/contacts",
                            .host = host,
                            .headers = headers,
                            .header_count = 1,
                            .timeout_ms = PATIENCE_MS,
                            .connect_timeout_ms = PATIENCE_MS};
    static pgaii_multi *multi;
    pgaii_route route;
    pgai_response response;
    pgaii_url where;
    bool answered;

    snprintf(url, sizeof(url), "%s/v1/contacts", base_url);
    assert_int_equal(pgaii_url_init(&where, base_url, NULL), PGAI_OK);
    request.tls = where.tls;
    assert_int_equal(pgaii_route_find(&where, NULL, given, NULL, &route, NULL), PGAI_OK);
    multi = pgaii_multi_new(&route, NULL, &failure);
    answered = lone_exchange(multi, &request, &response, &failure);
    if (!answered && failure.message)
        print_message("%s\n", failure.message);
    failure.message = NULL;
    pgaii_multi_free(multi);
    pgaii_route_clear(&route);
    pgaii_url_clear(&where);
    return answered;
}

static void script(const char *bytes, const char *flood)
{
    const peer_response response = {bytes, strlen(bytes), 0, flood, PEER_KEEP};

    peer_script(server, &response, 1);
}

static void assert_request(const char *line)
{
    char text[1024];

    peer_last_request(server, text, sizeof(text));
    assert_contains(text, line);
}

static void a_request_in_the_clear_names_the_whole_url(void **state)
{
    (void)state;
    script(SMALL, NULL);
    assert_true(ask("http://contacts.invalid", proxy_url, "contacts.invalid"));
    assert_request("GET http://contacts.invalid/v1/contacts HTTP/1.1");
    setenv("http_proxy", proxy_url, 1);
    assert_true(ask("http://other.invalid", NULL, "other.invalid"));
    assert_request("GET http://other.invalid/v1/contacts HTTP/1.1");
}

static void hosts_can_be_left_out(void **state)
{
    char url[128];

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", peer_port(server));
    script(SMALL, NULL);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_true(ask(url, NULL, "127.0.0.1"));
    assert_request("GET /v1/contacts HTTP/1.1");
    setenv("no_proxy", "contacts.invalid", 1);
    assert_false(ask("http://contacts.invalid", NULL, "contacts.invalid"));
    assert_int_equal(failure.status, PGAI_CONNECT);
    assert_int_equal(peer_requests(server), 1);
}

/* The proxy sees the name of the host, and never the key. */
static void a_tunnel_that_is_refused_sent_nothing(void **state)
{
    char text[1024];

    (void)state;
    script("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", NULL);
    assert_false(ask("https://contacts.invalid", proxy_url, "contacts.invalid"));
    assert_int_equal(failure.status, PGAI_CONNECT);
    assert_int_equal(failure.sent, 0);
    peer_last_request(server, text, sizeof(text));
    assert_contains(text, "CONNECT contacts.invalid:443 HTTP/1.1");
    assert_null(strstr(text, "sandbox_key"));
}

/* libcurl reads on while there is something to read, and looks at no time meanwhile. */
static void a_response_to_connect_without_end_is_stopped(void **state)
{
    static const struct {
        const char *bytes;
        const char *flood;
    } endless[] = {
        {"HTTP/1.1 200 OK\r\n", "a: b\r\n"},
        {"HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\nab\r\n"},
        {"HTTP/1.1 407 No\r\nContent-Length: 99999999999\r\n\r\n", "abcdefgh"},
        {"HTTP/1.1 407 No\r\n\r\n", "abcdefgh"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(endless); i++) {
        int64_t begun = pgaii_clock_now_ms();

        script(endless[i].bytes, endless[i].flood);
        assert_false(ask("https://contacts.invalid", proxy_url, "contacts.invalid"));
        assert_int_equal(failure.status, PGAI_CONNECT);
        assert_int_equal(failure.sent, 0);
        assert_true(pgaii_clock_now_ms() - begun < PATIENCE_MS / 2);
    }
}

#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_that_is_set_decides),
        TEST(what_cannot_be_used_is_refused_and_not_shown),
        TEST(a_request_in_the_clear_names_the_whole_url),
        TEST(hosts_can_be_left_out),
        TEST(a_tunnel_that_is_refused_sent_nothing),
        TEST(a_response_to_connect_without_end_is_stopped),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
