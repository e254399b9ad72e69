/* Contacts as JSON lines and CSV. */
#include <pgai/writer.h>

#include <stdlib.h>

#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"
#include "support/unit.h"

/* Which allocation fails from now on; 0: none. */
static int failing;

static bool fails(void)
{
    return failing > 0 && --failing == 0;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

static pgai_page *read_page(const char *body)
{
    pgaii_scan_fault fault;
    pgaii_buffer buffer;
    pgai_page *page;

    pgaii_buffer_init(&buffer, 100000);
    pgaii_buffer_add_string(&buffer, body);
    page = pgaii_page_new_take(&buffer);
    assert_int_equal(pgaii_scan_page(page, &fault), PGAII_SCAN_OK);
    return page;
}

static pgai_writer *
new_writer(pgai_format format, const char *const *columns, size_t count)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    pgai_writer *writer = NULL;

    options.format = format;
    options.columns = columns;
    options.column_count = count;
    assert_int_equal(pgai_writer_new(&options, &writer, NULL), PGAI_OK);
    return writer;
}

#define assert_written(writer, expected)                                                 \
    do {                                                                                 \
        pgai_text written_;                                                              \
        assert_int_equal(pgai_writer_take(writer, &written_, NULL), PGAI_OK);            \
        assert_text(written_, expected);                                                 \
    } while (0)

static const char body[] = "{\"data\": [{\"id\": \"a\", \"email\": \"x,y\"},"
                           " {\"id\": null, \"n\": [1,\n2], \"t\": \"\\u00e9\"}]}";

static void a_writer_goes_on_after_its_text_was_taken(void **state)
{
    static const char *const columns[] = {"email", "t", "id", "extra"};
    pgai_writer *writer = new_writer(PGAI_CSV, columns, COUNT(columns));
    pgai_page *page = read_page(body);

    (void)state;
    assert_written(writer, "");
    pgai_writer_header(writer);
    pgai_writer_page(writer, page);
    assert_written(writer, "email,t,id,extra\r\n\"x,y\",,a,\r\n"
                           ",\xC3\xA9,,\"{\"\"n\"\":[1,\n2]}\"\r\n");
    pgai_writer_contact(writer, pgai_page_contact(page, 0));
    pgai_writer_contact(writer, NULL);
    pgai_writer_page(writer, NULL);
    assert_written(writer, "\"x,y\",,a,\r\n");
    assert_written(writer, "");
    pgai_page_free(page);
    pgai_writer_free(writer);
}

static void lines_of_json_have_no_header(void **state)
{
    pgai_writer *writer = new_writer(PGAI_NDJSON, NULL, 0);
    pgai_page *page = read_page(body);

    (void)state;
    pgai_writer_header(writer);
    assert_written(writer, "");
    pgai_writer_page(writer, page);
    assert_written(writer, "{\"id\": \"a\", \"email\": \"x,y\"}\n"
                           "{\"id\":null,\"n\":[1,2],\"t\":\"\\u00e9\"}\n");
    pgai_page_free(page);
    pgai_writer_free(writer);
}

static void without_options_all_documented_fields_are_columns(void **state)
{
    pgai_writer *writer = NULL;

    (void)state;
    assert_int_equal(pgai_writer_new(NULL, &writer, NULL), PGAI_OK);
    pgai_writer_header(writer);
    assert_written(writer, "id,first_name,last_name,email,job_title,company,linkedin_url,"
                           "location,phone,created_at,updated_at\r\n");
    pgai_writer_free(writer);
    pgai_writer_free(NULL);
}

static void names_of_columns_are_copied(void **state)
{
    char name[] = "email";
    const char *const columns[] = {name};
    pgai_writer *writer = new_writer(PGAI_CSV, columns, 1);

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    pgai_writer_header(writer);
    assert_written(writer, "email\r\n");
    pgai_writer_free(writer);
}

static void text_that_was_kept_is_a_contact(void **state)
{
    static const char *const columns[] = {"id", "data"};
    pgai_writer *writer = new_writer(PGAI_CSV, columns, COUNT(columns));
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    assert_int_equal(pgai_writer_json(writer, pgaii_text("{\"id\":\"a\"}"), NULL),
                     PGAI_OK);
    assert_int_equal(pgai_writer_json(writer, pgaii_text("{\"id\":\"b\"]"), &error),
                     PGAI_DECODE);
    assert_contains(error.message, "column 10");
    assert_int_equal(pgai_writer_json(writer, pgaii_text("[1]"), &error), PGAI_DECODE);
    assert_contains(error.message, "not an object");
    assert_int_equal(pgai_writer_json(writer, pgaii_text(""), NULL), PGAI_DECODE);
    assert_int_equal(pgai_writer_json(writer, (pgai_text){NULL, 0}, NULL), PGAI_DECODE);
    assert_int_equal(
        pgai_writer_json(writer, pgaii_text("{\"data\":{\"id\":\"c\"}}"), NULL), PGAI_OK);
    assert_int_equal(pgai_writer_json(writer, pgaii_text("{}"), NULL), PGAI_OK);
    assert_written(writer, "a,\r\n,\"{\"\"id\"\":\"\"c\"\"}\"\r\n,\r\n");
    pgai_writer_free(writer);
}

static void texts_may_be_of_any_length(void **state)
{
    static const char *const columns[] = {"x"};
    pgai_writer *writer = new_writer(PGAI_CSV, columns, COUNT(columns));
    char json[5000];
    char row[5000];

    (void)state;
    for (size_t length = 1; length < 4900; length = length * 3 / 2 + 1) {
        snprintf(json, sizeof(json), "{\"x\":\"%0*d\"}", (int)length, 0);
        snprintf(row, sizeof(row), "%0*d\r\n", (int)length, 0);
        assert_int_equal(pgai_writer_json(writer, pgaii_text(json), NULL), PGAI_OK);
        assert_written(writer, row);
        assert_int_equal(pgai_writer_json(writer, pgaii_text("{}"), NULL), PGAI_OK);
        assert_written(writer, "\"\"\r\n");
    }
    pgai_writer_free(writer);
}

static void
assert_refused(const pgai_writer_options *options, const char *words, const char *more)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_writer *writer = (pgai_writer *)&error;

    assert_int_equal(pgai_writer_new(options, &writer, &error), PGAI_USAGE);
    assert_null(writer);
    assert_contains(error.message, words);
    assert_contains(error.message, more);
}

static void what_is_wrong_is_refused_before_anything_is_written(void **state)
{
    static const char *const twice[] = {"id", "email", "id"};
    static const char *const missing[] = {"id", NULL};
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;

    (void)state;
    options.columns = twice;
    options.column_count = COUNT(twice);
    assert_refused(&options, "column 3 of 3", "twice");
    options.columns = missing;
    options.column_count = COUNT(missing);
    assert_refused(&options, "column 2 of 2", "NULL");
    options.column_count = 0;
    assert_refused(&options, "1 to 1000", "not 0");
    options.column_count = 1001;
    assert_refused(&options, "1 to 1000", "not 1001");
    options.column_count = 1;
    options.format = PGAI_NDJSON;
    assert_refused(&options, "columns", "CSV");
    options.columns = NULL;
    options.escape_formulas = 1;
    assert_refused(&options, "escape_formulas", "CSV");
    options.format = (pgai_format)7;
    assert_refused(&options, "format", "not 7");
    options.struct_size = 1;
    assert_refused(&options, "struct_size", "_INIT");
}

/* Each allocation in turn fails: the writer says so, and writes the same afterwards. */
static void a_lack_of_memory_is_told_and_leaves_nothing_behind(void **state)
{
    static const char *const columns[] = {"t", "extra"};
    const char contact[] = "{\"t\": \"\\u00e9\", \"n\": [1,\n2]}";
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    bool whole = false;

    (void)state;
    options.columns = columns;
    options.column_count = COUNT(columns);
    for (int nth = 1; !whole; nth++) {
        pgai_writer *writer = NULL;
        pgai_text text = {NULL, 0};
        pgai_status status;

        failing = nth;
        status = pgai_writer_new(&options, &writer, NULL);
        if (status == PGAI_OK)
            status = pgai_writer_json(writer, pgaii_text(contact), NULL);
        if (writer && pgai_writer_take(writer, &text, NULL) != PGAI_OK)
            status = PGAI_NO_MEMORY;
        whole = failing > 0;
        failing = 0;
        assert_int_equal(status, whole ? PGAI_OK : PGAI_NO_MEMORY);
        if (!writer)
            continue;
        assert_int_equal(pgai_writer_json(writer, pgaii_text(contact), NULL), PGAI_OK);
        assert_written(writer, "\xC3\xA9,\"{\"\"n\"\":[1,\n2]}\"\r\n");
        pgai_writer_free(writer);
        assert_true(nth < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_goes_on_after_its_text_was_taken),
        cmocka_unit_test(lines_of_json_have_no_header),
        cmocka_unit_test(without_options_all_documented_fields_are_columns),
        cmocka_unit_test(names_of_columns_are_copied),
        cmocka_unit_test(text_that_was_kept_is_a_contact),
        cmocka_unit_test(texts_may_be_of_any_length),
        cmocka_unit_test(what_is_wrong_is_refused_before_anything_is_written),
        cmocka_unit_test(a_lack_of_memory_is_told_and_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
