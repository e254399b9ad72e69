/* Faults of time and of connections, over real sockets. */
#include "support/unit.h"

#include <time.h>
#include <unistd.h>

#include "sandbox/faulty.h"

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_cut_and_reset_at_every_byte(void **state)
{
    static const struct {
        const char *name;
        http_ending ending;
    } faults[] = {{"cut", HTTP_FIN}, {"reset", HTTP_RST}};
    http_response whole = faulty_list(*state, "[]");

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k <= whole.length; k++) {
            char rule[64];
            http_response part;

            snprintf(rule, sizeof(rule), "{\"fault\":\"%s\",\"k\":%zu}", faults[i].name,
                     k);
            part = faulty_list_to_the_end(*state, rule);
            assert_int_equal(part.length, k);
            assert_int_equal(part.ending, faults[i].ending);
            http_response_clear(&part);
        }
    }
    http_response_clear(&whole);
}

static void test_stall_sends_a_part_and_stays(void **state)
{
    int fd = http_connect(pgai_sandbox_url(*state));
    http_response part;

    faulty_add(*state, "{\"fault\":\"stall\",\"k\":100}");
    http_patience(fd, 500);
    http_request(fd, "GET", FAULTY_LIST, "sandbox_key", NULL);
    part = http_read_all(fd);
    assert_int_equal(part.length, 100);
    assert_int_equal(part.ending, HTTP_SILENCE);
    http_response_clear(&part);
    close(fd);
}

static void test_split_comes_in_two_pieces(void **state)
{
    http_response response =
        faulty_list(*state, "{\"fault\":\"split\",\"k\":100,\"ms\":20}");

    assert_true(response.whole);
    assert_int_equal(response.sends, 2);
    http_response_clear(&response);
    response = faulty_list(*state, "{\"fault\":\"split\",\"k\":1000000}");
    assert_true(response.whole);
    assert_int_equal(response.sends, 1);
    http_response_clear(&response);
}

static void test_drip_takes_its_time(void **state)
{
    int64_t start = now_ms();
    http_response response =
        faulty_list(*state, "{\"fault\":\"drip\",\"bytes\":100,\"ms\":10}");
    int64_t pieces = (int64_t)(response.length + 99) / 100;

    assert_true(response.whole);
    assert_true(pieces > 5);
    assert_in_range(response.sends, 2, pieces);
    assert_true(now_ms() - start >= (pieces - 1) * 10);
    http_response_clear(&response);
}

static void test_latency_waits(void **state)
{
    int64_t start = now_ms();
    http_response response =
        faulty_list(*state, "{\"fault\":\"latency\",\"ms\":60,\"jitter\":10}");

    assert_true(response.whole);
    assert_true(now_ms() - start >= 50);
    http_response_clear(&response);
}

static void test_close_after_request(void **state)
{
    http_response response =
        faulty_list_to_the_end(*state, "{\"fault\":\"close_after_request\"}");

    assert_int_equal(response.length, 0);
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
}

static void test_close_idle_promises_to_stay(void **state)
{
    http_response response = faulty_list_to_the_end(*state, "{\"fault\":\"close_idle\"}");

    assert_true(response.whole);
    assert_null(http_header(&response, "Connection"));
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
}

/* The other response comes by itself, a while after a whole one that promises to stay. */
static void test_unasked_responses(void **state)
{
    static const struct {
        const char *rule;
        const char *status;
        const char *body;
    } cases[] = {
        {"{\"fault\":\"unasked\"}", "HTTP/1.1 404 Not Found",
         "{\"error\": \"Not Found\"}"},
        {"{\"fault\":\"unasked\",\"ms\":30,\"code\":408}", "HTTP/1.1 408 ", "{\"error\""},
        {"{\"fault\":\"unasked\",\"code\":200}", "HTTP/1.1 200 OK",
         "\"first_name\":\"Nobody\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t start = now_ms();
        http_response response = faulty_list_to_the_end(*state, cases[i].rule);
        const char *second = strstr(response.bytes + 1, "HTTP/1.1 ");

        assert_true(now_ms() - start >= (i == 1 ? 30 : 9));
        assert_int_equal(response.sends, 2);
        assert_int_equal(response.ending, HTTP_FIN);
        assert_non_null(second);
        assert_memory_equal(second, cases[i].status, strlen(cases[i].status));
        assert_non_null(strstr(second, cases[i].body));
        assert_null(
            memmem(response.bytes, (size_t)(second - response.bytes), "Connection:", 11));
        assert_non_null(strstr(second, "\r\nConnection: close\r\n"));
        http_response_clear(&response);
    }
}

/* The first response is not the second one's: a client that reads what lies there takes
 * it for the next. */
static void test_unasked_responses_that_stay(void **state)
{
    int fd = http_connect(pgai_sandbox_url(*state));
    static const int statuses[] = {200, 404, 200};

    faulty_add(*state, "{\"fault\":\"unasked\",\"ms\":0,\"end\":\"stay\","
                       "\"match\":{\"nth\":1}}");
    http_request(fd, "GET", FAULTY_LIST, "sandbox_key", NULL);
    for (size_t i = 0; i < COUNT(statuses); i++) {
        http_response response;

        if (i == 2)
            http_request(fd, "GET", FAULTY_LIST, "sandbox_key", NULL);
        response = http_read(fd);
        assert_int_equal(response.status, statuses[i]);
        if (i == 0 && strstr(response.bytes + 1, "HTTP/1.1 404"))
            i++; /* both came in one read */
        http_response_clear(&response);
    }
    close(fd);
}

/* Responses slower than the rules that clients have against slow ones. */
static void test_waits_of_many_seconds_can_be_asked_for(void **state)
{
    faulty_add(*state, "[{\"fault\":\"latency\",\"ms\":17000},"
                       "{\"fault\":\"drip\",\"bytes\":1,\"ms\":2000},"
                       "{\"fault\":\"slow_commit\",\"ms\":17000}]");
}

/* Only connections made after the rule; the request itself may find the other end gone.
 */
static void test_accept_close(void **state)
{
    http_response response;
    int fd;

    faulty_add(*state, "{\"fault\":\"accept_close\",\"match\":{\"times\":1}}");
    fd = http_connect(pgai_sandbox_url(*state));
    response = http_read_all(fd);
    assert_int_equal(response.length, 0);
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
    close(fd);
    response =
        http_once(pgai_sandbox_url(*state), "GET", FAULTY_LIST, "sandbox_key", NULL);
    assert_int_equal(response.status, 200);
    http_response_clear(&response);
}

static void test_connections_live_on_after_a_fault(void **state)
{
    int fd = http_connect(pgai_sandbox_url(*state));

    faulty_add(*state, "[{\"fault\":\"split\",\"k\":50,\"match\":{\"nth\":1}},"
                       "{\"fault\":\"status\",\"code\":502,\"match\":{\"nth\":2}}]");
    for (int i = 1; i <= 3; i++) {
        http_response response;

        http_request(fd, "GET", FAULTY_LIST, "sandbox_key", NULL);
        response = http_read(fd);
        assert_true(response.whole);
        assert_int_equal(response.status, i == 2 ? 502 : 200);
        http_response_clear(&response);
    }
    close(fd);
}

static void test_rules_act_together(void **state)
{
    http_response response = faulty_list(
        *state, "[{\"fault\":\"status\",\"code\":503,\"body\":\"text\"},"
                "{\"fault\":\"cut\",\"k\":16},{\"fault\":\"latency\",\"ms\":1}]");

    assert_string_equal(response.bytes, "HTTP/1.1 503 Ser");
    assert_int_equal(response.ending, HTTP_FIN);
    http_response_clear(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_and_reset_at_every_byte),
        cmocka_unit_test(test_stall_sends_a_part_and_stays),
        cmocka_unit_test(test_split_comes_in_two_pieces),
        cmocka_unit_test(test_drip_takes_its_time),
        cmocka_unit_test(test_latency_waits),
        cmocka_unit_test(test_close_after_request),
        cmocka_unit_test(test_close_idle_promises_to_stay),
        cmocka_unit_test(test_unasked_responses),
        cmocka_unit_test(test_unasked_responses_that_stay),
        cmocka_unit_test(test_waits_of_many_seconds_can_be_asked_for),
        cmocka_unit_test(test_accept_close),
        cmocka_unit_test(test_connections_live_on_after_a_fault),
        cmocka_unit_test(test_rules_act_together),
    };

    return cmocka_run_group_tests(tests, faulty_start, faulty_stop);
}
