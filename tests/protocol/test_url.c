/* The parts of a URL. */
#include "protocol/text.h"
#include "protocol/url.h"
#include "support/unit.h"

static void parts_of_a_url(void **state)
{
    static const struct {
        const char *text;
        const char *kept;
        const char *host;
        const char *path;
        int port;
        bool tls;
        bool loopback;
    } cases[] = {
        {"https://api.example.com/v1", "https://api.example.com/v1", "api.example.com",
         "/v1", 443, true, false},
        {"https://api.example.com/v1///", "https://api.example.com/v1", "api.example.com",
         "/v1", 443, true, false},
        {"HTTPS://api.example.com:8443", "HTTPS://api.example.com:8443",
         "api.example.com", "", 8443, true, false},
        {"http://localhost:8080/", "http://localhost:8080", "localhost", "", 8080, false,
         true},
        {"http://127.8.9.1/a/b", "http://127.8.9.1/a/b", "127.8.9.1", "/a/b", 80, false,
         true},
        {"http://[::1]:81/v1", "http://[::1]:81/v1", "::1", "/v1", 81, false, true},
        {"http://127.evil.example/", "http://127.evil.example", "127.evil.example", "",
         80, false, false},
        {"http://127.1.1/", "http://127.1.1", "127.1.1", "", 80, false, false},
        {"http://127.0.0.256/", "http://127.0.0.256", "127.0.0.256", "", 80, false,
         false},
        {"http://127.0.0.1./", "http://127.0.0.1.", "127.0.0.1.", "", 80, false, false},
        {"http://127.0.0.1.2/", "http://127.0.0.1.2", "127.0.0.1.2", "", 80, false,
         false},
        {"http://localhost.example/", "http://localhost.example", "localhost.example", "",
         80, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgaii_url url;

        assert_int_equal(pgaii_url_init(&url, cases[i].text, NULL), PGAI_OK);
        assert_string_equal(url.text, cases[i].kept);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.path, cases[i].path);
        assert_int_equal(url.port, cases[i].port);
        assert_int_equal(url.tls, cases[i].tls);
        assert_int_equal(url.loopback, cases[i].loopback);
        pgaii_url_clear(&url);
    }
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        {"", "begin with https://"},
        {"api.example.com", "begin with https://"},
        {"ftp://api.example.com", "begin with https://"},
        {"https://", "host"},
        {"https://:443/", "host"},
        {"https://user:pass@h/", "user name"},
        {"https://h/v1?x=1", "query"},
        {"https://h/v1#x", "fragment"},
        {"https://h:0/", "port"},
        {"https://h:65536/", "port"},
        {"https://h:x/", "port"},
        {"https://h:443x/", "host"},
        {"https://[::1/", "]"},
        {"https://a b/", "host"},
        {"https://h\r\nx: y/", "host"},
        {"https://h/a b", "path"},
        {"https://h/\xC3\xA9", "path"},
        {"https://b\xC3\xBC"
         "cher.example/",
         "host"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_error error = PGAI_ERROR_INIT;
        pgaii_url url;

        assert_int_equal(pgaii_url_init(&url, cases[i].text, &error), PGAI_USAGE);
        assert_contains(error.message, "base_url");
        assert_contains(error.message, cases[i].word);
        assert_null(strstr(error.message, "pass"));
    }
}

static void the_host_of_a_location(void **state)
{
    (void)state;
    assert_text(pgaii_url_host_of(pgaii_text("https://b.example:1/x?y")), "b.example:1");
    assert_text(pgaii_url_host_of(pgaii_text("//b.example")), "b.example");
    assert_text(pgaii_url_host_of(pgaii_text("/v2/contacts")), "/v2/contacts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_url),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(the_host_of_a_location),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
