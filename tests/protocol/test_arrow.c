/* Contacts as columns of Arrow. */
#include "protocol/arrow.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"
#include "support/pages.h"
#include "support/unit.h"

/* What a column holds in a row; NULL is null. */
static void assert_value(const struct ArrowArray *array, const char *name, int64_t row,
                         const char *expected)
{
    struct ArrowSchema schema;
    int64_t at = 0;

    assert_int_equal(pgai_arrow_schema(&schema, NULL), PGAI_OK);
    while (strcmp(schema.children[at]->name, name) != 0)
        at++;
    schema.release(&schema);

    const struct ArrowArray *column = array->children[at];
    const unsigned char *valid = column->buffers[0];
    const int32_t *offsets = column->buffers[1];
    const char *data = column->buffers[2];
    pgai_text text = {data + offsets[row], (size_t)(offsets[row + 1] - offsets[row])};

    assert_int_equal(valid[row / 8] >> row % 8 & 1, expected != NULL);
    assert_text(text, expected ? expected : "");
}

static pgai_page *scan_page(pgaii_buffer *body)
{
    pgai_page *page = pgaii_page_new_take(body);
    pgaii_scan_fault fault = {NULL, 0};

    assert_int_equal(pgaii_scan_page(page, &fault), PGAII_SCAN_OK);
    return page;
}

/* The contacts of a page, whose array outlives it. */
static struct ArrowArray array_of(const char *contacts)
{
    struct ArrowArray array;
    pgaii_buffer body;
    pgai_page *page;

    pgaii_buffer_init(&body, 1 << 20);
    pgaii_buffer_printf(&body, "{\"data\":[%s]}", contacts);
    page = scan_page(&body);
    assert_int_equal(pgai_arrow_page(page, &array, NULL), PGAI_OK);
    pgai_page_free(page);
    return array;
}

static void the_columns_are_the_fields(void **state)
{
    static const char metadata[] = "content-type\x10\0\0\0application/json";
    static const char *const names[] = {
#define X(upper, number, lower, listed, writable) #lower,
        PGAI_FIELD_LIST(X)
#undef X
            "extra"};
    struct ArrowSchema schema;

    (void)state;
    assert_int_equal(pgai_arrow_schema(&schema, NULL), PGAI_OK);
    assert_string_equal(schema.format, "+s");
    assert_string_equal(schema.name, "");
    assert_int_equal(schema.n_children, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(schema.children[i]->name, names[i]);
        assert_string_equal(schema.children[i]->format, "u");
        assert_int_equal(schema.children[i]->flags, ARROW_FLAG_NULLABLE);
        assert_int_equal(schema.children[i]->metadata != NULL, i == COUNT(names) - 1);
    }
    assert_memory_equal(schema.children[COUNT(names) - 1]->metadata + 8, metadata,
                        sizeof(metadata) - 1);
    schema.release(&schema);
    assert_null(schema.release);
}

static void null_and_absent_are_null(void **state)
{
    struct ArrowArray array =
        array_of("{\"id\":\"1\",\"email\":null,\"first_name\":\"\"},{\"id\":\"2\"}");

    (void)state;
    assert_int_equal(array.length, 2);
    assert_int_equal(array.null_count, 0);
    assert_value(&array, "id", 0, "1");
    assert_value(&array, "id", 1, "2");
    assert_value(&array, "email", 0, NULL);
    assert_value(&array, "first_name", 0, "");
    assert_value(&array, "first_name", 1, NULL);
    assert_value(&array, "extra", 0, NULL);
    assert_int_equal(array.children[0]->null_count, 0);
    assert_int_equal(array.children[1]->null_count, 1);
    assert_int_equal(array.children[3]->null_count, 2);
    array.release(&array);
}

static void what_is_no_text_is_its_json(void **state)
{
    struct ArrowArray array =
        array_of("{\"phone\":1.50,\"company\":{\"name\": \"X\"},\"location\":[ ],"
                 "\"email\":false,\"first_name\":\"Zo\\u00eb\\n\"}");

    (void)state;
    assert_value(&array, "phone", 0, "1.50");
    assert_value(&array, "company", 0, "{\"name\": \"X\"}");
    assert_value(&array, "location", 0, "[ ]");
    assert_value(&array, "email", 0, "false");
    assert_value(&array, "first_name", 0, "Zo\xC3\xAB\n");
    array.release(&array);
}

static void other_fields_are_an_object(void **state)
{
    struct ArrowArray array = array_of(
        "{\"a\":1,\"id\":\"1\",\"b\\\"\\n\":{\"x\": null},\"\\u00e9\":\"\\u00e9\","
        "\"a\":2},{\"id\":\"2\"},{\"c\":null}");

    (void)state;
    assert_value(&array, "extra", 0,
                 "{\"b\\\"\\n\":{\"x\": null},\"\xC3\xA9\":\"\\u00e9\",\"a\":2}");
    assert_value(&array, "extra", 1, NULL);
    assert_value(&array, "extra", 2, "{\"c\":null}");
    array.release(&array);
}

static void no_contacts_are_an_empty_array(void **state)
{
    struct ArrowArray array = array_of("");

    (void)state;
    assert_int_equal(array.length, 0);
    for (int64_t i = 0; i < array.n_children; i++) {
        assert_int_equal(array.children[i]->length, 0);
        assert_non_null(array.children[i]->buffers[2]);
        assert_int_equal(((const int32_t *)array.children[i]->buffers[1])[0], 0);
    }
    array.release(&array);
    assert_int_equal(pgai_arrow_contacts(NULL, 0, &array, NULL), PGAI_OK);
    assert_int_equal(array.length, 0);
    array.release(&array);
}

/* One more than a byte of bits, than the first allocation, and many. */
static void any_number_of_contacts(void **state)
{
    static const int counts[] = {1, 8, 9, 62, 63, 64, 65, 1000, 3000};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct ArrowArray array;
        pgaii_buffer body;
        pgai_page *page;

        pgaii_buffer_init(&body, 8 << 20);
        pages_write(&body, PAGE_MIXED, i, counts[i]);
        page = scan_page(&body);
        assert_int_equal(pgai_arrow_page(page, &array, NULL), PGAI_OK);
        assert_int_equal(array.length, counts[i]);
        for (size_t row = 0; row < pgai_page_count(page); row++) {
            char expected[500];
            pgai_text id = pgai_contact_text(pgai_page_contact(page, row), PGAI_ID);
            pgai_text phone = pgai_contact_text(pgai_page_contact(page, row), PGAI_PHONE);

            snprintf(expected, sizeof(expected), "%.*s", (int)id.length, id.data);
            assert_value(&array, "id", (int64_t)row, expected);
            snprintf(expected, sizeof(expected), "%.*s", (int)phone.length, phone.data);
            assert_value(&array, "phone", (int64_t)row, phone.data ? expected : NULL);
        }
        pgai_page_free(page);
        array.release(&array);
    }
}

static void contacts_of_any_origin(void **state)
{
    pgai_contact *contacts[2];
    struct ArrowArray array;

    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            pgai_contact_parse(pgaii_text(i ? "{\"id\":\"b\"}" : "{\"id\":\"a\"}"),
                               &contacts[i], NULL),
            PGAI_OK);
    assert_int_equal(
        pgai_arrow_contacts((const pgai_contact *const *)contacts, 2, &array, NULL),
        PGAI_OK);
    for (size_t i = 0; i < 2; i++)
        pgai_contact_free(contacts[i]);
    assert_value(&array, "id", 0, "a");
    assert_value(&array, "id", 1, "b");
    array.release(&array);
    assert_null(array.release);
}

/* The standard lets a consumer keep one column and release the rest. */
static void a_column_can_be_moved_out(void **state)
{
    struct ArrowArray array = array_of("{\"id\":\"1\"}");
    struct ArrowArray column = *array.children[0];
    struct ArrowSchema schema, field;

    (void)state;
    array.children[0]->release = NULL;
    array.release(&array);
    assert_memory_equal(column.buffers[2], "1", 1);
    column.release(&column);
    assert_null(column.release);

    assert_int_equal(pgai_arrow_schema(&schema, NULL), PGAI_OK);
    field = *schema.children[PGAI_FIELD_COUNT];
    schema.children[PGAI_FIELD_COUNT]->release = NULL;
    schema.release(&schema);
    assert_string_equal(field.name, "extra");
    field.release(&field);
    assert_null(field.release);
}

static void a_column_has_less_than_2_gib(void **state)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    pgaii_arrow rows;

    (void)state;
    assert_int_equal(pgai_contact_parse(pgaii_text("{\"id\":\"12345\"}"), &contact, NULL),
                     PGAI_OK);
    pgaii_arrow_init(&rows);
    rows.column[0].data.maximum = 9; /* and not 2 GiB, which would take a while */
    assert_int_equal(pgaii_arrow_add(&rows, contact, &error), PGAI_OK);
    assert_int_equal(pgaii_arrow_add(&rows, contact, &error), PGAI_TOO_LARGE);
    assert_contains(error.message, "pass fewer contacts at once");
    pgaii_arrow_clear(&rows);
    assert_int_equal(rows.column[0].data.maximum, INT32_MAX - 1);
    pgai_contact_free(contact);
}

static void a_bad_argument_is_named(void **state)
{
    struct ArrowArray array = {.length = 7, .release = NULL};
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    assert_int_equal(pgai_arrow_schema(NULL, &error), PGAI_USAGE);
    assert_string_equal(error.message, "out is NULL");
    assert_int_equal(pgai_arrow_page(NULL, NULL, &error), PGAI_USAGE);
    assert_int_equal(pgai_arrow_page(NULL, &array, &error), PGAI_USAGE);
    assert_string_equal(error.message, "page is NULL");
    assert_int_equal(array.length, 0);
    assert_int_equal(pgai_arrow_contacts(NULL, 0, NULL, &error), PGAI_USAGE);
    assert_int_equal(pgai_arrow_contacts(NULL, 1, &array, &error), PGAI_USAGE);
    assert_string_equal(error.message, "contacts is NULL");
    assert_null(array.release);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_are_the_fields),
        cmocka_unit_test(null_and_absent_are_null),
        cmocka_unit_test(what_is_no_text_is_its_json),
        cmocka_unit_test(other_fields_are_an_object),
        cmocka_unit_test(no_contacts_are_an_empty_array),
        cmocka_unit_test(any_number_of_contacts),
        cmocka_unit_test(contacts_of_any_origin),
        cmocka_unit_test(a_column_can_be_moved_out),
        cmocka_unit_test(a_column_has_less_than_2_gib),
        cmocka_unit_test(a_bad_argument_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
