/* Contacts as JSON lines or CSV. */
#include <pgai/writer.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buffer.h"
#include "protocol/csv.h"
#include "protocol/error.h"
#include "protocol/json.h"
#include "protocol/lexer.h"
#include "protocol/memory.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"
#include "protocol/versioned.h"

enum { MAX_COLUMNS = 1000 };

/* A column that is no field, but all that have no column of their own. */
static const char rest_name[] = "extra";

typedef struct column {
    pgai_text name;
    pgai_field field; /* PGAI_FIELD_NONE: not a documented one */
    bool rest;
} column;

struct pgai_writer {
    pgai_format format;
    bool escape_formulas;
    column *columns;
    size_t column_count;
    char *names; /* of the columns, one after the other */
    pgaii_buffer out;
    pgaii_buffer cell; /* one that is made, and no slice of its contact */
    pgai_page *page;   /* of a text that is read; NULL: of none yet */
    bool failed;       /* no memory for a cell */
    bool taken;        /* what is in `out` */
};

static const char *const documented[] = {
#define X(upper, number, lower, listed, writable) #lower,
    PGAI_FIELD_LIST(X)
#undef X
};

static pgai_status check_format(const pgai_writer_options *options, pgai_error *error)
{
    if (options->format != PGAI_NDJSON && options->format != PGAI_CSV)
        return pgaii_fail(error, PGAI_USAGE,
                          "format must be PGAI_NDJSON or PGAI_CSV, not %d",
                          (int)options->format);
    if (options->format == PGAI_NDJSON && (options->columns || options->escape_formulas))
        return pgaii_fail(error, PGAI_USAGE,
                          "columns and escape_formulas are for CSV: JSON lines are "
                          "written as the service sent them");
    if (options->columns &&
        (options->column_count == 0 || options->column_count > MAX_COLUMNS))
        return pgaii_fail(error, PGAI_USAGE, "there must be 1 to %d columns, not %zu",
                          MAX_COLUMNS, options->column_count);
    return PGAI_OK;
}

static bool comes_before(const char *const *columns, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(columns[i], columns[index]) == 0)
            return true;
    }
    return false;
}

static pgai_status check_columns(const pgai_writer_options *options, pgai_error *error)
{
    size_t count = options->columns ? options->column_count : 0;

    for (size_t i = 0; i < count; i++) {
        pgai_text name = pgaii_text(options->columns[i]);

        if (name.length == 0)
            return pgaii_fail(error, PGAI_USAGE,
                              "column %zu of %zu is %s: give the name of a field", i + 1,
                              count, name.data ? "empty" : "NULL");
        if (pgaii_utf8_check(name) != name.length)
            return pgaii_fail(error, PGAI_USAGE, "column %zu of %zu is not UTF-8", i + 1,
                              count);
        if (comes_before(options->columns, i))
            return pgaii_fail(error, PGAI_USAGE,
                              "column %zu of %zu comes twice: %s; give each once", i + 1,
                              count, name.data);
    }
    return PGAI_OK;
}

/* The names are copied; false: no memory. */
static bool set_columns(pgai_writer *writer, const char *const *names, size_t count)
{
    size_t size = 0;
    char *at;

    for (size_t i = 0; i < count; i++)
        size += strlen(names[i]);
    writer->names = malloc(size + 1);
    writer->columns = calloc(count, sizeof(*writer->columns));
    if (!writer->names || !writer->columns)
        return false;
    writer->column_count = count;
    at = writer->names;
    for (size_t i = 0; i < count; i++) {
        pgai_text name = pgaii_text(names[i]);

        memcpy(at, name.data, name.length);
        name.data = at;
        at += name.length;
        writer->columns[i] = (column){name, pgai_field_find(name),
                                      pgaii_text_equal(name, pgaii_text(rest_name))};
    }
    return true;
}

pgai_status
pgai_writer_new(const pgai_writer_options *options, pgai_writer **out, pgai_error *error)
{
    pgai_writer_options given = PGAI_WRITER_OPTIONS_INIT;
    pgai_status status = PGAI_OK;
    pgai_writer *writer;

    *out = NULL;
    if (options)
        status = pgaii_versioned_read(
            &given, sizeof(given), options,
            PGAII_FIRST_SIZE(pgai_writer_options, escape_formulas), "options", error);
    if (status == PGAI_OK)
        status = check_format(&given, error);
    if (status == PGAI_OK)
        status = check_columns(&given, error);
    if (status != PGAI_OK)
        return status;
    if (!given.columns) {
        given.columns = documented;
        given.column_count = PGAI_FIELD_COUNT;
    }
    writer = pgaii_new(sizeof(*writer));
    if (!writer || !set_columns(writer, given.columns, given.column_count)) {
        pgai_writer_free(writer);
        return pgaii_fail_memory(error);
    }
    writer->format = given.format;
    writer->escape_formulas = given.escape_formulas != 0;
    pgaii_buffer_init(&writer->out, SIZE_MAX / 2);
    pgaii_buffer_init(&writer->cell, SIZE_MAX / 2);
    *out = writer;
    return PGAI_OK;
}

/* Where text is added; what was taken is forgotten. */
static pgaii_buffer *open(pgai_writer *writer)
{
    if (writer->taken)
        pgaii_buffer_reset(&writer->out);
    writer->taken = false;
    return &writer->out;
}

void pgai_writer_header(pgai_writer *writer)
{
    pgaii_buffer *out = open(writer);

    if (writer->format != PGAI_CSV)
        return;
    for (size_t i = 0; i < writer->column_count; i++)
        pgaii_csv_add(out, writer->columns[i].name, i == 0, false);
    pgaii_csv_end_row(out);
}

static pgai_text made_cell(pgai_writer *writer)
{
    writer->failed |= writer->cell.failed;
    return (pgai_text){writer->cell.data, writer->cell.length};
}

/* The meaning of a JSON string. */
static pgai_text unescape(pgai_writer *writer, pgai_text value)
{
    pgaii_buffer *cell = &writer->cell;
    pgai_text raw = {value.data + 1, value.length - 2};

    if (!memchr(raw.data, '\\', raw.length))
        return raw;
    pgaii_buffer_reset(cell);
    if (pgaii_buffer_reserve(cell, raw.length))
        cell->length = pgaii_unescape(raw, cell->data);
    return made_cell(writer);
}

static bool has_column(const pgai_writer *writer, pgai_text name)
{
    for (size_t i = 0; i < writer->column_count; i++) {
        if (!writer->columns[i].rest && pgaii_text_equal(writer->columns[i].name, name))
            return true;
    }
    return false;
}

/* A JSON object of the fields without a column; empty if there are none. */
static pgai_text rest_of(pgai_writer *writer, const pgai_contact *contact)
{
    pgaii_buffer *cell = &writer->cell;
    size_t count = pgai_contact_extra_count(contact);
    pgai_text name, value;

    pgaii_buffer_reset(cell);
    for (size_t i = 0; i < count; i++) {
        pgai_contact_extra(contact, i, &name, &value);
        if (has_column(writer, name))
            continue;
        writer->failed |= !pgaii_json_add_member(cell, cell->length == 0, name, value);
    }
    if (cell->length > 0)
        pgaii_buffer_add(cell, "}", 1);
    return made_cell(writer);
}

/* The JSON text of a field that is not documented; data NULL: it is not there, or null.
 */
static pgai_text find_extra(const pgai_contact *contact, pgai_text wanted)
{
    size_t count = pgai_contact_extra_count(contact);
    pgai_text name, value;

    for (size_t i = 0; i < count; i++) {
        pgai_contact_extra(contact, i, &name, &value);
        if (pgaii_text_equal(name, wanted))
            return value.data[0] == 'n' ? (pgai_text){NULL, 0} : value;
    }
    return (pgai_text){NULL, 0};
}

/* What a cell shows; `is_text`: it is the text of a field, and no JSON. */
static pgai_text
cell_of(pgai_writer *writer, const pgai_contact *contact, const column *of, bool *is_text)
{
    pgai_text text = pgai_contact_text(contact, of->field);
    pgai_text extra;

    *is_text = text.data != NULL;
    if (*is_text)
        return text;
    if (of->field != PGAI_FIELD_NONE)
        return pgai_contact_value(contact, of->field);
    if (of->rest)
        return rest_of(writer, contact);
    extra = find_extra(contact, of->name);
    *is_text = extra.data && extra.data[0] == '"';
    return *is_text ? unescape(writer, extra) : extra;
}

static void add_row(pgai_writer *writer, const pgai_contact *contact)
{
    pgaii_buffer *out = &writer->out;
    size_t before = out->length;

    for (size_t i = 0; i < writer->column_count; i++) {
        bool is_text;
        pgai_text cell = cell_of(writer, contact, &writer->columns[i], &is_text);

        pgaii_csv_add(out, cell, i == 0, is_text && writer->escape_formulas);
    }
    if (out->length == before)
        pgaii_csv_add_nothing(out);
    pgaii_csv_end_row(out);
}

static bool has_line_break(pgai_text json)
{
    return memchr(json.data, '\n', json.length) || memchr(json.data, '\r', json.length);
}

/* Adds checked JSON text without the blanks between its parts. */
static void add_compact(pgaii_buffer *out, pgai_text json)
{
    const char *end = json.data + json.length;
    const char *from = json.data;
    bool inside = false;

    for (const char *at = from; at < end; at++) {
        if (inside && *at == '\\') {
            at++;
        } else if (*at == '"') {
            inside = !inside;
        } else if (!inside && strchr(" \t\r\n", *at)) {
            pgaii_buffer_add(out, from, (size_t)(at - from));
            from = at + 1;
        }
    }
    pgaii_buffer_add(out, from, (size_t)(end - from));
}

static void add_line(pgaii_buffer *out, pgai_text json)
{
    if (has_line_break(json))
        add_compact(out, json);
    else
        pgaii_buffer_add(out, json.data, json.length);
    pgaii_buffer_add(out, "\n", 1);
}

void pgai_writer_contact(pgai_writer *writer, const pgai_contact *contact)
{
    pgaii_buffer *out = open(writer);

    if (!contact)
        return;
    if (writer->format == PGAI_CSV)
        add_row(writer, contact);
    else
        add_line(out, pgai_contact_json(contact));
}

void pgai_writer_page(pgai_writer *writer, const pgai_page *page)
{
    size_t count = pgai_page_count(page);
    pgaii_buffer *out = open(writer);

    if (count > 0)
        pgaii_buffer_reserve(out, out->length + page->body_length);
    for (size_t i = 0; i < count; i++)
        pgai_writer_contact(writer, pgai_page_contact(page, i));
}

/* A page without contacts that holds a copy of the text, and is used again; NULL: no
 * memory. */
static pgai_page *page_of(pgai_writer *writer, pgai_text json)
{
    pgai_page *page = writer->page;
    pgaii_buffer body;

    if (!page || page->body_length < json.length) {
        pgai_page_free(page);
        pgaii_buffer_init(&body, SIZE_MAX / 2);
        if (pgaii_buffer_reserve(&body, json.length))
            body.length = body.capacity - 1;
        page = writer->page = body.failed ? NULL : pgaii_page_new_take(&body);
        pgaii_buffer_clear(&body);
    }
    if (page) {
        pgaii_page_empty(page);
        if (json.length > 0)
            memcpy(page->body, json.data, json.length);
        page->body[json.length] = '\0';
    }
    return page;
}

static pgai_status add_parsed(pgai_writer *writer, pgai_text json, pgai_error *error)
{
    pgai_page *page = page_of(writer, json);
    pgaii_scan_fault fault;
    pgaii_scan result;
    char why[128];

    if (!page)
        return pgaii_fail_memory(error);
    result = pgaii_scan_object(page, (pgai_text){page->body, json.length}, &fault);
    if (result == PGAII_SCAN_NO_MEMORY)
        return pgaii_fail_memory(error);
    if (result != PGAII_SCAN_OK) {
        pgaii_scan_explain(result, &fault, json, why, sizeof(why));
        return pgaii_fail(error, PGAI_DECODE, "this is not a contact: %s", why);
    }
    pgai_writer_contact(writer, &page->contacts[0]);
    return PGAI_OK;
}

pgai_status pgai_writer_json(pgai_writer *writer, pgai_text json, pgai_error *error)
{
    pgaii_buffer *out = open(writer);

    if (writer->format == PGAI_CSV)
        return add_parsed(writer, json, error);
    add_line(out, json);
    return PGAI_OK;
}

pgai_status pgai_writer_take(pgai_writer *writer, pgai_text *out, pgai_error *error)
{
    pgaii_buffer *text = open(writer);
    bool failed = text->failed || writer->failed;

    *out = (pgai_text){NULL, 0};
    writer->taken = true;
    writer->failed = false;
    if (failed)
        return pgaii_fail_memory(error);
    *out = (pgai_text){text->data ? text->data : "", text->length};
    return PGAI_OK;
}

void pgai_writer_free(pgai_writer *writer)
{
    if (!writer)
        return;
    pgaii_buffer_clear(&writer->out);
    pgaii_buffer_clear(&writer->cell);
    pgai_page_free(writer->page);
    free(writer->columns);
    free(writer->names);
    free(writer);
}
