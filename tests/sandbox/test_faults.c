#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <pgai/sandbox.h>

#include "protocol/text.h"
#include "support/http_peer.h"

#define LIST "/v1/contacts?page=2&limit=2"
#define ANN "{\"first_name\":\"Ann\"}"

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void add_rule(pgai_sandbox *sandbox, const char *rule)
{
    pgai_error error = PGAI_ERROR_INIT;

    assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
    if (pgai_sandbox_fault(sandbox, rule, &error) != PGAI_OK)
        fail_msg("%s: %s", rule, error.message);
}

/* What comes of one request under one rule, until the answer is whole or all is over. */
static http_answer ask(pgai_sandbox *sandbox, const char *rule, const char *method,
                       const char *target, const char *body)
{
    add_rule(sandbox, rule);
    return http_once(pgai_sandbox_url(sandbox), method, target, "sandbox_key", body);
}

static http_answer list(pgai_sandbox *sandbox, const char *rule)
{
    return ask(sandbox, rule, "GET", LIST, NULL);
}

/* The same, and whatever comes after the answer until the connection ends. */
static http_answer list_to_the_end(pgai_sandbox *sandbox, const char *rule)
{
    int fd = http_connect(pgai_sandbox_url(sandbox));
    http_answer answer;

    add_rule(sandbox, rule);
    http_patience(fd, 100);
    http_request(fd, "GET", LIST, "sandbox_key", NULL);
    answer = http_read_all(fd);
    close(fd);
    return answer;
}

static int64_t count_created(pgai_sandbox *sandbox)
{
    char *log = NULL;
    json_t *tree;
    int64_t count;

    assert_int_equal(pgai_sandbox_log(sandbox, &log, NULL), PGAI_OK);
    tree = json_loads(log, 0, NULL);
    count =
        json_integer_value(json_object_get(json_object_get(tree, "counts"), "created"));
    assert_int_equal(json_array_size(json_object_get(tree, "created")), count);
    json_decref(tree);
    free(log);
    return count;
}

/* The first contact of a page, or the only one, or NULL when the body is not JSON. */
static json_t *contact_of(json_t *tree)
{
    json_t *data = json_object_get(tree, "data");

    return data ? json_array_get(data, 0) : tree;
}

static json_t *read_body(const http_answer *answer)
{
    return json_loadb(answer->body, answer->body_length, JSON_ALLOW_NUL, NULL);
}

/* A rule on an answer, and a piece of text that must then be in it. */
static void assert_contains(pgai_sandbox *sandbox, const char *rule, const char *text)
{
    http_answer answer = list(sandbox, rule);

    if (!strstr(answer.bytes, text))
        fail_msg("%s: no %s in %s", rule, text, answer.bytes);
    http_answer_clear(&answer);
}

static void test_cut_and_reset_at_every_byte(void **state)
{
    static const struct {
        const char *name;
        http_ending ending;
    } faults[] = {{"cut", HTTP_FIN}, {"reset", HTTP_RST}};
    http_answer whole = list(*state, "[]");

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k <= whole.length; k++) {
            char rule[64];
            http_answer part;

            snprintf(rule, sizeof(rule), "{\"fault\":\"%s\",\"k\":%zu}", faults[i].name,
                     k);
            part = list_to_the_end(*state, rule);
            assert_int_equal(part.length, k);
            assert_int_equal(part.ending, faults[i].ending);
            http_answer_clear(&part);
        }
    }
    http_answer_clear(&whole);
}

static void test_stall_sends_a_part_and_stays(void **state)
{
    http_answer part = list_to_the_end(*state, "{\"fault\":\"stall\",\"k\":100}");

    assert_int_equal(part.length, 100);
    assert_int_equal(part.ending, HTTP_SILENCE);
    http_answer_clear(&part);
}

static void test_split_comes_in_two_pieces(void **state)
{
    http_answer answer = list(*state, "{\"fault\":\"split\",\"k\":100,\"ms\":20}");

    assert_true(answer.whole);
    assert_int_equal(answer.sends, 2);
    http_answer_clear(&answer);
    answer = list(*state, "{\"fault\":\"split\",\"k\":1000000}");
    assert_true(answer.whole);
    assert_int_equal(answer.sends, 1);
    http_answer_clear(&answer);
}

static void test_drip_takes_its_time(void **state)
{
    int64_t start = now_ms();
    http_answer answer = list(*state, "{\"fault\":\"drip\",\"bytes\":100,\"ms\":10}");
    int64_t pieces = (int64_t)(answer.length + 99) / 100;

    assert_true(answer.whole);
    assert_true(pieces > 5);
    assert_in_range(answer.sends, 2, pieces);
    assert_true(now_ms() - start >= (pieces - 1) * 10);
    http_answer_clear(&answer);
}

static void test_latency_waits(void **state)
{
    int64_t start = now_ms();
    http_answer answer = list(*state, "{\"fault\":\"latency\",\"ms\":60,\"jitter\":10}");

    assert_true(answer.whole);
    assert_true(now_ms() - start >= 50);
    http_answer_clear(&answer);
}

static void test_close_after_request(void **state)
{
    http_answer answer = list_to_the_end(*state, "{\"fault\":\"close_after_request\"}");

    assert_int_equal(answer.length, 0);
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
}

static void test_close_idle_promises_to_stay(void **state)
{
    http_answer answer = list_to_the_end(*state, "{\"fault\":\"close_idle\"}");

    assert_true(answer.whole);
    assert_null(http_header(&answer, "Connection"));
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
}

/* Only connections made after the rule; the request itself may find the other end gone.
 */
static void test_accept_close(void **state)
{
    http_answer answer;
    int fd;

    add_rule(*state, "{\"fault\":\"accept_close\",\"match\":{\"times\":1}}");
    fd = http_connect(pgai_sandbox_url(*state));
    answer = http_read_all(fd);
    assert_int_equal(answer.length, 0);
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
    close(fd);
    answer = http_once(pgai_sandbox_url(*state), "GET", LIST, "sandbox_key", NULL);
    assert_int_equal(answer.status, 200);
    http_answer_clear(&answer);
}

static void test_connections_live_on_after_a_fault(void **state)
{
    int fd = http_connect(pgai_sandbox_url(*state));

    add_rule(*state, "[{\"fault\":\"split\",\"k\":50,\"match\":{\"nth\":1}},"
                     "{\"fault\":\"status\",\"code\":502,\"match\":{\"nth\":2}}]");
    for (int i = 1; i <= 3; i++) {
        http_answer answer;

        http_request(fd, "GET", LIST, "sandbox_key", NULL);
        answer = http_read(fd);
        assert_true(answer.whole);
        assert_int_equal(answer.status, i == 2 ? 502 : 200);
        http_answer_clear(&answer);
    }
    close(fd);
}

static void test_framing(void **state)
{
    static const struct {
        const char *rule;
        const char *header;
    } cases[] = {
        {"{\"fault\":\"length_huge\"}", "Content-Length: 9223372036854775807\r\n"},
        {"{\"fault\":\"length_negative\"}", "Content-Length: -1\r\n"},
        {"{\"fault\":\"http10\"}", "HTTP/1.0 200 OK\r\n"},
    };
    http_answer answer;
    const char *first;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        answer = list_to_the_end(*state, cases[i].rule);
        assert_non_null(strstr(answer.bytes, cases[i].header));
        assert_int_equal(answer.ending, HTTP_FIN);
        http_answer_clear(&answer);
    }
    answer = list(*state, "{\"fault\":\"length_twice\"}");
    first = strstr(answer.bytes, "Content-Length: ");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "Content-Length: "));
    http_answer_clear(&answer);
    answer = list_to_the_end(*state, "{\"fault\":\"close_delimited\"}");
    assert_null(http_header(&answer, "Content-Length"));
    assert_true(answer.body_length > 100);
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
    answer = list_to_the_end(*state, "{\"fault\":\"length_more\",\"by\":3}");
    assert_int_equal(strtol(http_header(&answer, "Content-Length"), NULL, 10),
                     (long)answer.body_length + 3);
    http_answer_clear(&answer);
    answer = list_to_the_end(*state, "{\"fault\":\"length_less\",\"by\":3}");
    assert_int_equal(strtol(http_header(&answer, "Content-Length"), NULL, 10),
                     (long)answer.body_length - 3);
    http_answer_clear(&answer);
}

static void test_redirects(void **state)
{
    assert_contains(*state, "{\"fault\":\"redirect\"}", "\r\nLocation: /v1/moved\r\n");
    assert_contains(*state, "{\"fault\":\"redirect\",\"code\":308}", "HTTP/1.1 308 ");
    assert_contains(*state,
                    "{\"fault\":\"redirect\",\"to\":\"other_host\",\"port\":8080}",
                    "\r\nLocation: http://localhost:8080/v1/contacts\r\n");
    assert_contains(*state, "{\"fault\":\"redirect\",\"to\":\"http\"}",
                    "\r\nLocation: http://api.pipelinegeneration.ai/v1/contacts\r\n");
    assert_contains(*state, "{\"fault\":\"redirect\",\"to\":\"loop\"}",
                    "\r\nLocation: " LIST "\r\n");
}

static void test_odd_headers(void **state)
{
    http_answer answer = list(*state, "{\"fault\":\"header_flood\",\"lines\":1000}");

    assert_non_null(strstr(answer.bytes, "X-Flood-999: "));
    http_answer_clear(&answer);
    answer = list(*state, "{\"fault\":\"long_line\",\"bytes\":70000}");
    assert_true(answer.length > 70000);
    http_answer_clear(&answer);
    answer = list(*state, "{\"fault\":\"header_nul\"}");
    assert_non_null(memmem(answer.bytes, answer.length, "X-Nul: a\0b\r\n", 12));
    http_answer_clear(&answer);
    assert_contains(*state, "{\"fault\":\"bare_lf\"}", "X-Bare: LF\n");
    assert_contains(*state, "{\"fault\":\"status_garbage\"}", "HTTP/1.1 abc ");
    assert_contains(*state, "{\"fault\":\"type_html\"}", "Content-Type: text/html");
    assert_contains(*state, "{\"fault\":\"encoding_wrong\"}", "Content-Encoding: gzip");
}

static void test_statuses_and_their_bodies(void **state)
{
    static const int codes[] = {400, 401, 402, 403, 404, 408, 409, 413, 422,
                                421, 425, 429, 500, 502, 503, 504, 520};
    http_answer answer;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        char rule[64];

        snprintf(rule, sizeof(rule), "{\"fault\":\"status\",\"code\":%d}", codes[i]);
        answer = list(*state, rule);
        assert_int_equal(answer.status, codes[i]);
        assert_memory_equal(answer.body, "{\"error\": \"", 11);
        http_answer_clear(&answer);
    }
    assert_contains(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"html\"}",
                    "<title>502 Bad Gateway</title>");
    assert_contains(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"text\"}",
                    "\r\n\r\n502 Bad Gateway\n");
    answer = list(*state, "{\"fault\":\"status\",\"code\":502,\"body\":\"empty\"}");
    assert_string_equal(answer.body, "");
    assert_null(http_header(&answer, "Content-Type"));
    http_answer_clear(&answer);
}

/* A status in place of the service: nothing is created. */
static void test_a_refused_create_creates_nothing(void **state)
{
    http_answer answer =
        ask(*state, "{\"fault\":\"status\",\"code\":503}", "POST", "/v1/contacts", ANN);

    assert_int_equal(answer.status, 503);
    assert_int_equal(count_created(*state), 0);
    http_answer_clear(&answer);
}

static void assert_header(pgai_sandbox *sandbox, const char *rule, const char *name,
                          const char *value)
{
    http_answer answer = list(sandbox, rule);
    const char *got = http_header(&answer, name);

    assert_int_equal(answer.status, 429);
    assert_string_equal(answer.body, "{\"error\": \"Rate limit exceeded\"}");
    if (value)
        assert_string_equal(got, value);
    else
        assert_null(got);
    http_answer_clear(&answer);
}

#define LIMITED(parameters) "{\"fault\":\"rate_limited\"" parameters "}"

static void test_forms_of_retry_after(void **state)
{
    http_answer answer;
    char date[64];

    assert_header(*state, LIMITED(""), "Retry-After", "1");
    assert_header(*state, LIMITED(",\"seconds\":7"), "Retry-After", "7");
    assert_header(*state, LIMITED(",\"retry_after\":\"none\""), "Retry-After", NULL);
    assert_header(*state, LIMITED(",\"retry_after\":\"garbage\""), "Retry-After", "soon");
    assert_header(*state, LIMITED(",\"retry_after\":\"negative\""), "Retry-After", "-1");
    assert_header(*state, LIMITED(",\"retry_after\":\"huge\""), "Retry-After",
                  "99999999999999999999");
    answer = list(*state, LIMITED(",\"retry_after\":\"date\",\"seconds\":0"));
    snprintf(date, sizeof(date), "%s", http_header(&answer, "Date"));
    assert_string_equal(http_header(&answer, "Retry-After"), date);
    http_answer_clear(&answer);
}

static int64_t reset_of(pgai_sandbox *sandbox, const char *rule)
{
    http_answer answer = list(sandbox, rule);
    const char *value = http_header(&answer, "X-RateLimit-Reset");
    int64_t number = -1;

    assert_true(pgaii_text_number(pgaii_text(value), &number));
    http_answer_clear(&answer);
    return number;
}

static void test_forms_of_reset(void **state)
{
    int64_t now = time(NULL);
    http_answer answer;

    assert_in_range(reset_of(*state, LIMITED(",\"seconds\":100")), now + 99, now + 110);
    assert_in_range(reset_of(*state, LIMITED(",\"reset\":\"ms\",\"seconds\":100")),
                    (now + 99) * 1000, (now + 110) * 1000);
    assert_int_equal(reset_of(*state, LIMITED(",\"reset\":\"delta\",\"seconds\":100")),
                     100);
    assert_in_range(reset_of(*state, LIMITED(",\"reset\":\"past\"")), now - 3601,
                    now - 3590);
    assert_header(*state, LIMITED(",\"reset\":\"missing\""), "X-RateLimit-Reset", NULL);
    assert_header(*state, LIMITED(""), "X-RateLimit-Remaining", "0");
    answer = list(*state, LIMITED(",\"reset\":\"iso\""));
    assert_int_equal(http_header(&answer, "X-RateLimit-Reset")[10], 'T');
    http_answer_clear(&answer);
}

static void test_skew_moves_the_date_header(void **state)
{
    http_answer right = list(*state, "[]");
    http_answer wrong = list(*state, "{\"fault\":\"skew\",\"seconds\":86400}");
    char date[64];

    snprintf(date, sizeof(date), "%s", http_header(&right, "Date"));
    assert_string_not_equal(http_header(&wrong, "Date"), date);
    http_answer_clear(&right);
    http_answer_clear(&wrong);
}

/* Bodies that are JSON all the same, and what they have at the contact. */
static void test_bodies_that_decode(void **state)
{
    static const struct {
        const char *rule;
        const char *field;
        const char *value;
    } cases[] = {
        {"{\"fault\":\"nul\"}", "first_name", "\"a\\u0000b\""},
        {"{\"fault\":\"duplicate_keys\"}", "first_name", "\"the last\""},
        {"{\"fault\":\"depth\",\"n\":3}", "nested", "[[[]]]"},
        {"{\"fault\":\"wrong_types\"}", "first_name", "42"},
        {"{\"fault\":\"wrong_types\"}", "last_name", "true"},
        {"{\"fault\":\"null_everywhere\"}", "id", "null"},
        {"{\"fault\":\"null_everywhere\"}", "company", "null"},
        {"{\"fault\":\"long_string\",\"bytes\":3}", "first_name", "\"xxx\""},
        {"{\"fault\":\"wrong_id\"}", "id", "\"00000000-0000-4000-8000-000000000000\""},
        {"{\"fault\":\"newer_shape\"}", "full_name", "\"Sarah Connor\""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        http_answer answer = list(*state, cases[i].rule);
        json_t *tree = read_body(&answer);
        char *value = json_dumps(json_object_get(contact_of(tree), cases[i].field),
                                 JSON_ENCODE_ANY | JSON_COMPACT);

        assert_non_null(tree);
        assert_non_null(value);
        assert_string_equal(value, cases[i].value);
        free(value);
        json_decref(tree);
        http_answer_clear(&answer);
    }
}

static void test_bodies_that_do_not_decode(void **state)
{
    static const struct {
        const char *rule;
        const char *text;
    } cases[] = {
        {"{\"fault\":\"broken_utf8\"}", "\"first_name\":\"Jos\xE9 \xC3(\""},
        {"{\"fault\":\"lone_surrogate\"}", "\"first_name\":\"cut \\ud83d\""},
        {"{\"fault\":\"nul\",\"form\":\"raw\"}", "\"first_name\":\"a"},
        {"{\"fault\":\"depth\",\"n\":3000}", "\"nested\":[[[["},
        {"{\"fault\":\"huge_number\"}", "\"score\":1e400"},
        {"{\"fault\":\"big_integer\"}", "\"score\":9223372036854775808"},
        {"{\"fault\":\"empty_body\"}", "\r\nContent-Length: 0\r\n"},
        {"{\"fault\":\"not_json\"}", "\r\n\r\nFatal error"},
        {"{\"fault\":\"bom\"}", "\r\n\r\n\xEF\xBB\xBF{\"data\""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        http_answer answer = list(*state, cases[i].rule);
        json_t *tree = read_body(&answer);

        assert_int_equal(answer.status, 200);
        assert_true(answer.whole);
        assert_non_null(strstr(answer.bytes, cases[i].text));
        assert_null(tree);
        http_answer_clear(&answer);
    }
}

static void test_missing_data(void **state)
{
    http_answer answer = list(*state, "{\"fault\":\"missing_data\"}");

    assert_memory_equal(answer.body, "{\"pagination\":{\"page\":2,", 24);
    http_answer_clear(&answer);
    answer = ask(*state, "{\"fault\":\"missing_data\"}", "POST", "/v1/contacts", ANN);
    assert_string_equal(answer.body, "{}");
    http_answer_clear(&answer);
}

static void test_a_long_string_is_ten_megabytes(void **state)
{
    http_answer answer = list(*state, "{\"fault\":\"long_string\"}");

    assert_true(answer.whole);
    assert_true(answer.body_length > 10 * 1024 * 1024);
    http_answer_clear(&answer);
}

/* Body faults must be right for one contact as for a page, in any combination. */
static void test_bodies_of_creates(void **state)
{
    http_answer answer = ask(*state,
                             "[{\"fault\":\"wrong_id\"},{\"fault\":\"newer_shape\"},"
                             "{\"fault\":\"bom\"},{\"fault\":\"depth\",\"n\":2}]",
                             "POST", "/v1/contacts", ANN);
    json_t *tree = json_loads(answer.body + 3, 0, NULL);

    assert_non_null(tree);
    assert_string_equal(json_string_value(json_object_get(tree, "id")),
                        "00000000-0000-4000-8000-000000000000");
    json_decref(tree);
    http_answer_clear(&answer);
}

static void assert_pagination(pgai_sandbox *sandbox, const char *rule,
                              const char *expected, size_t count)
{
    http_answer answer = list(sandbox, rule);
    json_t *tree = read_body(&answer);
    char *text = json_dumps(json_object_get(tree, "pagination"), JSON_COMPACT);

    assert_string_equal(text, expected);
    assert_int_equal(json_array_size(json_object_get(tree, "data")), count);
    free(text);
    json_decref(tree);
    http_answer_clear(&answer);
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

static void test_a_total_that_drifts(void **state)
{
    add_rule(*state, "{\"fault\":\"total_drifting\",\"by\":10}");
    for (int i = 1; i <= 3; i++) {
        http_answer answer =
            http_once(pgai_sandbox_url(*state), "GET", LIST, "sandbox_key", NULL);
        char expected[32];

        snprintf(expected, sizeof(expected), "\"total\":%d}", 1000 + 10 * i);
        assert_non_null(strstr(answer.body, expected));
        http_answer_clear(&answer);
    }
}

static void test_the_same_page_for_ever(void **state)
{
    http_answer first = ask(*state, "[]", "GET", "/v1/contacts?page=1&limit=2", NULL);
    http_answer second = list(*state, "{\"fault\":\"same_page\"}");
    char *end = strstr(first.body, "\"pagination\"");

    assert_non_null(end);
    assert_memory_equal(first.body, second.body, (size_t)(end - first.body));
    assert_non_null(strstr(second.body, "\"page\":2"));
    http_answer_clear(&first);
    http_answer_clear(&second);
}

static void test_commits_that_the_client_does_not_hear_of(void **state)
{
    static const struct {
        const char *rule;
        size_t length;
        int status;
        http_ending ending;
    } cases[] = {
        {"{\"fault\":\"commit_then_drop\"}", 0, 0, HTTP_FIN},
        {"{\"fault\":\"commit_then_drop\",\"k\":20}", 20, 201, HTTP_FIN},
        {"{\"fault\":\"commit_then_drop\",\"k\":20,\"end\":\"reset\"}", 20, 201,
         HTTP_RST},
        {"{\"fault\":\"commit_then_5xx\"}", 0, 500, HTTP_KEPT},
        {"{\"fault\":\"commit_then_5xx\",\"code\":503,\"body\":\"html\"}", 0, 503,
         HTTP_KEPT},
        {"{\"fault\":\"created_without_body\"}", 0, 201, HTTP_KEPT},
        {"{\"fault\":\"created_as_200\"}", 0, 200, HTTP_KEPT},
        {"{\"fault\":\"slow_commit\",\"ms\":1}", 0, 201, HTTP_KEPT},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        http_answer answer = ask(*state, cases[i].rule, "POST", "/v1/contacts", ANN);

        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(answer.ending, cases[i].ending);
        if (cases[i].ending != HTTP_KEPT)
            assert_int_equal(answer.length, cases[i].length);
        assert_int_equal(count_created(*state), 1);
        http_answer_clear(&answer);
    }
}

/* A fault of success leaves a refusal alone. */
static void test_refusals_are_not_committed(void **state)
{
    http_answer answer =
        ask(*state, "{\"fault\":\"commit_then_drop\"}", "POST", "/v1/contacts", "{}");

    assert_int_equal(answer.status, 400);
    assert_int_equal(count_created(*state), 0);
    http_answer_clear(&answer);
}

static void test_rules_act_together(void **state)
{
    http_answer answer =
        list(*state, "[{\"fault\":\"status\",\"code\":503,\"body\":\"text\"},"
                     "{\"fault\":\"cut\",\"k\":16},{\"fault\":\"latency\",\"ms\":1}]");

    assert_string_equal(answer.bytes, "HTTP/1.1 503 Ser");
    assert_int_equal(answer.ending, HTTP_FIN);
    http_answer_clear(&answer);
}

static int start(void **state)
{
    pgai_sandbox *sandbox = NULL;
    pgai_status status = pgai_sandbox_start(NULL, &sandbox, NULL);

    *state = sandbox;
    return status == PGAI_OK ? 0 : -1;
}

static int stop(void **state)
{
    pgai_sandbox_stop(*state);
    return 0;
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
        cmocka_unit_test(test_accept_close),
        cmocka_unit_test(test_connections_live_on_after_a_fault),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_odd_headers),
        cmocka_unit_test(test_statuses_and_their_bodies),
        cmocka_unit_test(test_a_refused_create_creates_nothing),
        cmocka_unit_test(test_forms_of_retry_after),
        cmocka_unit_test(test_forms_of_reset),
        cmocka_unit_test(test_skew_moves_the_date_header),
        cmocka_unit_test(test_bodies_that_decode),
        cmocka_unit_test(test_bodies_that_do_not_decode),
        cmocka_unit_test(test_missing_data),
        cmocka_unit_test(test_a_long_string_is_ten_megabytes),
        cmocka_unit_test(test_bodies_of_creates),
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_a_total_that_drifts),
        cmocka_unit_test(test_the_same_page_for_ever),
        cmocka_unit_test(test_commits_that_the_client_does_not_hear_of),
        cmocka_unit_test(test_refusals_are_not_committed),
        cmocka_unit_test(test_rules_act_together),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
