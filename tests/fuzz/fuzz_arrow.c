/* Any bytes as a page: its columns of Arrow read back as what is in its contacts. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fuzz/fuzz.h"
#include "protocol/arrow.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"

/* The page so many times makes rows beyond the first allocation. */
enum { TIMES = 16 };

static void demand(bool holds, const char *what, pgai_text text)
{
    if (holds)
        return;
    fprintf(stderr, "wrong: %s\n%.*s\n", what, (int)text.length, text.data);
    abort();
}

/* What a column has in a row; data NULL: null. */
static pgai_text cell_of(const struct ArrowArray *column, size_t row)
{
    const unsigned char *valid = column->buffers[0];
    const int32_t *offsets = column->buffers[1];
    const char *data = column->buffers[2];
    pgai_text text = {data + offsets[row], (size_t)(offsets[row + 1] - offsets[row])};

    demand(offsets[row] <= offsets[row + 1], "the offsets", (pgai_text){"", 0});
    demand(pgaii_utf8_check(text) == text.length, "what is no UTF-8", text);
    if (valid[row / 8] >> row % 8 & 1)
        return text;
    demand(text.length == 0, "a null with text", text);
    return (pgai_text){NULL, 0};
}

static void check_field(const pgai_contact *contact, pgai_field field, pgai_text cell)
{
    pgai_text text = pgai_contact_text(contact, field);

    if (!text.data)
        text = pgai_contact_value(contact, field);
    demand(!text.data == !cell.data, "what is null", cell);
    demand(pgaii_text_equal(cell, text), "a documented field", cell);
}

/* jansson holds no half surrogates, no numbers that are too large, and here no NUL in a
 * name. */
static void check_member(const json_t *object, pgai_text name, pgai_text value)
{
    char *copy = strndup(name.data, name.length);
    json_t *expected =
        json_loadb(value.data, value.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (expected && strlen(copy) == name.length)
        demand(json_equal(json_object_get(object, copy), expected),
               "a member of the others", value);
    json_decref(expected);
    free(copy);
}

static void check_others(const pgai_contact *contact, pgai_text cell)
{
    size_t count = pgai_contact_extra_count(contact);
    json_t *object = NULL;
    pgai_text name, value;

    demand(!cell.data == (count == 0), "whether there are others", cell);
    if (cell.data)
        object = json_loadb(cell.data, cell.length, JSON_ALLOW_NUL, NULL);
    if (object)
        demand(json_object_size(object) == count, "how many others there are", cell);
    for (size_t i = 0; object && i < count; i++) {
        pgai_contact_extra(contact, i, &name, &value);
        check_member(object, name, value);
    }
    json_decref(object);
}

/* Columns are in the order of the table, which is not that of the fields' numbers. */
static void
check_column(const pgai_page *page, const struct ArrowArray *array, size_t index)
{
    static const pgai_field fields[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) PGAI_##upper,
        PGAI_FIELD_LIST(X)
#undef X
    };
    const struct ArrowArray *column = array->children[index];
    int64_t nulls = 0;

    for (size_t row = 0; row < (size_t)array->length; row++) {
        const pgai_contact *contact =
            pgai_page_contact(page, row % pgai_page_count(page));
        pgai_text cell = cell_of(column, row);

        nulls += !cell.data;
        if (index < PGAI_FIELD_COUNT)
            check_field(contact, fields[index], cell);
        else
            check_others(contact, cell);
    }
    demand(column->length == array->length, "a column's length", (pgai_text){"", 0});
    demand(column->null_count == nulls, "the count of nulls", (pgai_text){"", 0});
    demand(((const int32_t *)column->buffers[1])[0] == 0, "where a column begins",
           (pgai_text){"", 0});
}

static void check(const pgai_page *page, struct ArrowArray *array, size_t times)
{
    demand((size_t)array->length == pgai_page_count(page) * times, "the rows",
           (pgai_text){"", 0});
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++)
        check_column(page, array, i);
    array->release(array);
}

static void check_page(const pgai_page *page)
{
    struct ArrowArray array;
    pgaii_arrow rows;

    if (pgai_arrow_page(page, &array, NULL) != PGAI_OK)
        abort();
    check(page, &array, 1);
    pgaii_arrow_init(&rows);
    for (size_t i = 0; i < TIMES; i++) {
        if (pgaii_arrow_add_page(&rows, page, NULL) != PGAI_OK)
            abort();
    }
    if (pgaii_arrow_take(&rows, &array, NULL) != PGAI_OK)
        abort();
    check(page, &array, TIMES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pgaii_scan_fault fault;
    pgaii_buffer body;
    pgai_page *page;

    pgaii_buffer_init(&body, size);
    pgaii_buffer_add(&body, data, size);
    page = pgaii_page_new_take(&body);
    if (pgaii_scan_page(page, &fault) == PGAII_SCAN_OK)
        check_page(page);
    pgai_page_free(page);
    return 0;
}
