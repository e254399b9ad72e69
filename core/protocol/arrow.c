/* Contacts as columns of text, in the memory layout of Arrow. */
#include "protocol/arrow.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/json.h"
#include "protocol/memory.h"

/* A page has at most 50 contacts. */
enum { FIRST_ROWS = 64 };

/* The column of each field: in the order of the table, which is not that of the numbers.
 */
static const pgai_field fields[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) PGAI_##upper,
    PGAI_FIELD_LIST(X)
#undef X
};

void pgaii_arrow_init(pgaii_arrow *rows)
{
    memset(rows, 0, sizeof(*rows));
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++)
        pgaii_buffer_init(&rows->column[i].data, INT32_MAX - 1);
}

void pgaii_arrow_clear(pgaii_arrow *rows)
{
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        pgaii_buffer_clear(&rows->column[i].data);
        free(rows->column[i].offsets);
        free(rows->column[i].valid);
    }
    pgaii_arrow_init(rows);
}

size_t pgaii_arrow_size(const pgaii_arrow *rows)
{
    size_t size = 0;

    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++)
        size += rows->column[i].data.length;
    return size;
}

/* Room for one row more, and for the place where it ends. */
static bool make_room(pgaii_arrow *rows)
{
    size_t offsets = rows->offsets;
    size_t valid = rows->valid;

    if (rows->rows + 2 <= offsets && rows->rows / 8 + 1 <= valid)
        return true;
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        pgaii_arrow_column *column = &rows->column[i];

        offsets = rows->offsets;
        valid = rows->valid;
        if (!pgaii_grow((void **)&column->offsets, &offsets, rows->rows + 2,
                        sizeof(*column->offsets), FIRST_ROWS) ||
            !pgaii_grow((void **)&column->valid, &valid, rows->rows / 8 + 1,
                        sizeof(*column->valid), FIRST_ROWS / 8))
            return false;
        column->offsets[0] = 0;
    }
    rows->offsets = offsets;
    rows->valid = valid;
    return true;
}

/* A text without data is null. */
static bool add_text(pgaii_arrow_column *column, size_t row, pgai_text text)
{
    unsigned char *bits = &column->valid[row / 8];

    if (row % 8 == 0)
        *bits = 0;
    if (!text.data)
        column->nulls++;
    else if (pgaii_buffer_add(&column->data, text.data, text.length))
        *bits |= (unsigned char)(1U << row % 8);
    else
        return false;
    column->offsets[row + 1] = (int32_t)column->data.length;
    return true;
}

static pgai_text text_of(const pgai_contact *contact, pgai_field field)
{
    pgai_text text = pgai_contact_text(contact, field);

    return text.data ? text : pgai_contact_value(contact, field);
}

/* Append the undocumented fields of a contact as an object. */
static bool write_extra(const pgai_contact *contact, pgaii_buffer *out)
{
    size_t count = pgai_contact_extra_count(contact);
    pgai_text name, value;
    bool fine = true;

    for (size_t i = 0; fine && i < count; i++) {
        pgai_contact_extra(contact, i, &name, &value);
        fine = pgaii_json_add_member(out, i == 0, name, value);
    }
    return fine && pgaii_buffer_add_string(out, "}");
}

static bool add_extra(pgaii_arrow_column *column, size_t row, const pgai_contact *contact)
{
    static const pgai_text empty = {"", 0};

    if (!pgai_contact_extra_count(contact))
        return add_text(column, row, (pgai_text){NULL, 0});
    return write_extra(contact, &column->data) && add_text(column, row, empty);
}

static bool add(pgaii_arrow *rows, const pgai_contact *contact)
{
    bool fine = make_room(rows);

    for (size_t i = 0; fine && i < PGAI_FIELD_COUNT; i++)
        fine = add_text(&rows->column[i], rows->rows, text_of(contact, fields[i]));
    return fine && add_extra(&rows->column[PGAI_FIELD_COUNT], rows->rows, contact);
}

static bool too_large(const pgaii_arrow *rows)
{
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        if (rows->column[i].data.over)
            return true;
    }
    return false;
}

pgai_status
pgaii_arrow_add(pgaii_arrow *rows, const pgai_contact *contact, pgai_error *error)
{
    if (add(rows, contact)) {
        rows->rows++;
        return PGAI_OK;
    }
    if (too_large(rows))
        return pgaii_fail(error, PGAI_TOO_LARGE,
                          "a column of Arrow would have 2 GiB or more: pass fewer "
                          "contacts at once");
    return pgaii_fail_memory(error);
}

pgai_status
pgaii_arrow_add_page(pgaii_arrow *rows, const pgai_page *page, pgai_error *error)
{
    pgai_status status = PGAI_OK;

    for (size_t i = 0; status == PGAI_OK && i < pgai_page_count(page); i++)
        status = pgaii_arrow_add(rows, pgai_page_contact(page, i), error);
    return status;
}

/* A column that is an array: as each can be moved out of its struct, it owns its memory
 * alone. */
typedef struct text_array {
    const void *buffers[3];
    void *owned[3];
} text_array;

static void release_text(struct ArrowArray *array)
{
    text_array *own = array->private_data;

    for (size_t i = 0; i < 3; i++)
        free(own->owned[i]);
    free(own);
    array->release = NULL;
}

static bool take_column(pgaii_arrow_column *column, size_t rows, struct ArrowArray *out)
{
    text_array *own = pgaii_buffer_reserve(&column->data, column->data.length)
                          ? pgaii_new(sizeof(*own))
                          : NULL;

    if (!own)
        return false;
    own->owned[0] = column->valid;
    own->owned[1] = column->offsets;
    own->owned[2] = pgaii_buffer_take(&column->data);
    for (size_t i = 0; i < 3; i++)
        own->buffers[i] = own->owned[i];
    column->valid = NULL;
    column->offsets = NULL;
    *out = (struct ArrowArray){.length = (int64_t)rows,
                               .null_count = column->nulls,
                               .n_buffers = 3,
                               .buffers = own->buffers,
                               .release = release_text,
                               .private_data = own};
    return true;
}

typedef struct struct_array {
    const void *no_bits; /* it has no nulls */
    struct ArrowArray column[PGAII_ARROW_COLUMNS];
    struct ArrowArray *children[PGAII_ARROW_COLUMNS];
} struct_array;

static void release_struct(struct ArrowArray *array)
{
    struct_array *own = array->private_data;

    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        if (own->column[i].release)
            own->column[i].release(&own->column[i]);
    }
    free(own);
    array->release = NULL;
}

pgai_status pgaii_arrow_take(pgaii_arrow *rows, struct ArrowArray *out, pgai_error *error)
{
    struct_array *own = make_room(rows) ? pgaii_new(sizeof(*own)) : NULL;

    if (!own)
        return pgaii_fail_memory(error);
    *out = (struct ArrowArray){.length = (int64_t)rows->rows,
                               .n_buffers = 1,
                               .n_children = PGAII_ARROW_COLUMNS,
                               .buffers = &own->no_bits,
                               .children = own->children,
                               .release = release_struct,
                               .private_data = own};
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        own->children[i] = &own->column[i];
        if (!take_column(&rows->column[i], rows->rows, &own->column[i])) {
            release_struct(out);
            return pgaii_fail_memory(error);
        }
    }
    pgaii_arrow_init(rows);
    return PGAI_OK;
}
