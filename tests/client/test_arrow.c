/* A walk as a stream of Arrow, over a real connection. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/served.h"
#include "support/unit.h"

#define PAGE(page, ids)                                                                  \
    "{\"data\":[" ids "],\"pagination\":{\"page\":" page ",\"limit\":2,\"total\":5}}"

/* Five contacts on three pages; the last page, or a refusal. */
static void script_pages(bool refused)
{
    static const char *const bodies[] = {PAGE("1", "{\"id\":\"a\"},{\"id\":\"b\"}"),
                                         PAGE("2", "{\"id\":\"c\"},{\"id\":\"d\"}"),
                                         PAGE("3", "{\"id\":\"e\"}")};
    char bytes[3][1024];
    peer_response script[3];

    for (size_t i = 0; i < 3; i++) {
        bool bad = refused && i == 2;
        size_t length =
            peer_format(bytes[i], sizeof(bytes[i]), bad ? 401 : 200,
                        bad ? "X-Request-Id: r7\r\n" : NULL, bad ? "{}" : bodies[i]);

        script[i] = (peer_response){bytes[i], length, 0, NULL, PEER_KEEP};
    }
    peer_script(server, script, 3);
}

static pgai_pager *start_walk(const char *cursor)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;

    options.limit = 2;
    options.prefetch = 1;
    options.cursor = cursor;
    assert_int_equal(pgai_contacts_pages(client, &options, &pager, NULL), PGAI_OK);
    return pager;
}

static struct ArrowArrayStream stream_of(pgai_pager *pager, size_t rows)
{
    struct ArrowArrayStream stream;

    assert_int_equal(pgai_pager_arrow(pager, rows, &stream, NULL), PGAI_OK);
    return stream;
}

/* The next batch has these ids. */
static void assert_batch(struct ArrowArrayStream *stream, const char *ids)
{
    struct ArrowArray array;

    assert_int_equal(stream->get_next(stream, &array), 0);
    assert_null(stream->get_last_error(stream));
    assert_non_null(array.release);
    assert_int_equal(array.length, strlen(ids));
    assert_memory_equal(array.children[0]->buffers[2], ids, strlen(ids));
    array.release(&array);
}

static void assert_end(struct ArrowArrayStream *stream)
{
    struct ArrowArray array = {.length = 7, .release = NULL};

    for (int i = 0; i < 2; i++) {
        assert_int_equal(stream->get_next(stream, &array), 0);
        assert_null(array.release);
    }
    stream->release(stream);
    assert_null(stream->release);
}

static void pages_are_gathered(void **state)
{
    static const struct {
        size_t rows;
        const char *batches[4];
    } cases[] = {
        {0, {"abcde", NULL}},         {1, {"ab", "cd", "e", NULL}},
        {2, {"ab", "cd", "e", NULL}}, {3, {"abcd", "e", NULL}},
        {5, {"abcde", NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ArrowArrayStream stream;
        struct ArrowSchema schema;
        pgai_pager *pager;

        script_pages(false);
        pager = start_walk(NULL);
        stream = stream_of(pager, cases[i].rows);
        assert_int_equal(stream.get_schema(&stream, &schema), 0);
        assert_int_equal(schema.n_children, PGAI_FIELD_COUNT + 1);
        schema.release(&schema);
        assert_int_equal(peer_requests(server), 0);
        for (size_t batch = 0; cases[i].batches[batch]; batch++)
            assert_batch(&stream, cases[i].batches[batch]);
        assert_end(&stream);
        pgai_pager_free(pager);
    }
}

/* It goes on where the pager stands. */
static void a_stream_of_the_rest(void **state)
{
    struct ArrowArrayStream stream;
    pgai_page *page = NULL;
    pgai_pager *pager;

    (void)state;
    script_pages(false);
    pager = start_walk(NULL);
    assert_int_equal(pgai_pager_next(pager, &page, NULL), PGAI_OK);
    pgai_page_free(page);
    stream = stream_of(pager, 0);
    assert_batch(&stream, "cde");
    assert_end(&stream);
    pgai_pager_free(pager);
}

static void
assert_failure(struct ArrowArrayStream *stream, int expected, const char *message)
{
    struct ArrowArray array = {.length = 7, .release = NULL};

    for (int i = 0; i < 2; i++) {
        assert_int_equal(stream->get_next(stream, &array), expected);
        assert_null(array.release);
        assert_contains(stream->get_last_error(stream), message);
    }
}

static void a_failure_comes_after_what_came(void **state)
{
    static const char words[] = " (HTTP status 401) (request r7); go on from the cursor ";
    struct ArrowArrayStream stream;
    char cursor[PGAI_CURSOR_SIZE];
    pgai_pager *pager;

    (void)state;
    script_pages(true);
    pager = start_walk(NULL);
    stream = stream_of(pager, 0);
    assert_batch(&stream, "abcd");
    assert_failure(&stream, EIO, words);
    assert_int_equal(peer_requests(server), 3);
    snprintf(cursor, sizeof(cursor), "%s",
             strstr(stream.get_last_error(&stream), words) + sizeof(words) - 1);
    stream.release(&stream);
    pgai_pager_free(pager);

    script_pages(false);
    pager = start_walk(cursor);
    stream = stream_of(pager, 0);
    pgai_client_cancel(client);
    assert_failure(&stream, ECANCELED, cursor);
    stream.release(&stream);
    pgai_pager_free(pager);
}

/* The same contact of 7.9 MB again and again: nine are more than 64 MiB. */
static void much_text_ends_a_batch_early(void **state)
{
    enum { TEXT = 7900000, SIZE = TEXT + 1000 };
    static const char *const ids[] = {"a", "a", "a", "a", "a", "a", "a", "a", "a", "a"};
    char *body = malloc(SIZE);
    char *bytes = malloc(SIZE);
    peer_response response = {bytes, 0, 0, NULL, PEER_KEEP};
    struct ArrowArrayStream stream;
    pgai_pager *pager = NULL;

    (void)state;
    snprintf(body, SIZE, "{\"id\":\"a\",\"company\":\"%*s\"}", TEXT, "");
    response.length = peer_format(bytes, SIZE, 200, NULL, body);
    peer_script(server, &response, 1);
    assert_int_equal(pgai_contacts_get_many(client, ids, COUNT(ids), NULL, &pager, NULL),
                     PGAI_OK);
    stream = stream_of(pager, 0);
    assert_batch(&stream, "aaaaaaaaa");
    assert_batch(&stream, "a");
    assert_end(&stream);
    pgai_pager_free(pager);
    free(bytes);
    free(body);
}

static void a_bad_argument_is_named(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;
    struct ArrowArrayStream stream;

    (void)state;
    assert_int_equal(pgai_pager_arrow(NULL, 0, NULL, &error), PGAI_USAGE);
    assert_string_equal(error.message, "out is NULL");
    assert_int_equal(pgai_pager_arrow(NULL, 0, &stream, &error), PGAI_USAGE);
    assert_string_equal(error.message, "pager is NULL");
    assert_null(stream.release);
}

#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, serve_client, serve_client_no_more)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_are_gathered),
        TEST(a_stream_of_the_rest),
        TEST(a_failure_comes_after_what_came),
        TEST(much_text_ends_a_batch_early),
        TEST(a_bad_argument_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
