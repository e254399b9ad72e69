/* Any bytes as a page: what is written of it reads back as what is in it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <pgai/writer.h>

#include "fuzz/fuzz.h"
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"

enum { MAX_OTHERS = 4, MAX_COLUMNS = PGAI_FIELD_COUNT + MAX_OTHERS + 1 };

/* The documented fields, some others by the names that the page has, and the rest. */
typedef struct header {
    char *names[MAX_COLUMNS];
    size_t count;
} header;

static void demand(bool holds, const char *what, pgai_text text)
{
    if (holds)
        return;
    fprintf(stderr, "written wrongly: %s\n%.*s\n", what, (int)text.length, text.data);
    abort();
}

static bool has(const header *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (strcmp(columns->names[i], name) == 0)
            return true;
    }
    return false;
}

static void add_column(header *columns, pgai_text name)
{
    char *copy = strndup(name.data, name.length);

    if (name.length > 0 && columns->count < MAX_COLUMNS - 1 && !has(columns, copy) &&
        strcmp(copy, "extra") != 0)
        columns->names[columns->count++] = copy;
    else
        free(copy);
}

static header header_of(const pgai_page *page)
{
    header all = {{NULL}, 0};
    pgai_text name;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        add_column(&all, pgaii_text(pgai_field_name((pgai_field)i)));
    for (size_t i = 0; i < pgai_page_count(page); i++) {
        const pgai_contact *contact = pgai_page_contact(page, i);

        /* Every other one, so that there is a rest. */
        for (size_t j = 0; j < pgai_contact_extra_count(contact); j += 2) {
            pgai_contact_extra(contact, j, &name, NULL);
            add_column(&all, name);
        }
    }
    all.names[all.count++] = strdup("extra");
    return all;
}

/* A reader of RFC 4180 that takes nothing else: the next cell, unquoted, in @p out. */
static pgai_text read_cell(pgai_text *left, char *out, char end)
{
    const char *all = left->data;
    size_t at = 0;
    size_t length = 0;
    bool quoted = left->length > 0 && all[0] == '"';

    at += quoted;
    while (at < left->length) {
        if (quoted && all[at] == '"' && at + 1 < left->length && all[at + 1] == '"')
            at++;
        else if (quoted ? all[at] == '"' : memchr(",\r\n\"", all[at], 4) != NULL)
            break;
        out[length++] = all[at++];
    }
    at += quoted;
    demand(at < left->length && all[at] == end, "a cell does not end as it must", *left);
    at++;
    if (end == '\r') {
        demand(at < left->length && all[at] == '\n', "a row has no end", *left);
        at++;
    }
    pgaii_text_take(left, at);
    return (pgai_text){out, length};
}

/* The text of a JSON string; data NULL: it is none, or jansson cannot hold it. */
static json_t *string_of(pgai_text value)
{
    json_t *string =
        json_loadb(value.data, value.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (json_is_string(string))
        return string;
    json_decref(string);
    return NULL;
}

static bool find_extra(const pgai_contact *contact, const char *wanted, pgai_text *value)
{
    pgai_text name;

    for (size_t i = 0; i < pgai_contact_extra_count(contact); i++) {
        pgai_contact_extra(contact, i, &name, value);
        if (pgaii_text_equal(name, pgaii_text(wanted)))
            return true;
    }
    return false;
}

static void check_other(const pgai_contact *contact, const char *name, pgai_text cell)
{
    pgai_text value;
    json_t *string;

    if (!find_extra(contact, name, &value) || value.data[0] == 'n') {
        demand(cell.length == 0, "a cell without a value", cell);
    } else if (value.data[0] != '"') {
        demand(pgaii_text_equal(cell, value), "a value that is not text", cell);
    } else {
        string = string_of(value);
        if (string)
            demand(pgaii_text_equal(cell, (pgai_text){json_string_value(string),
                                                      json_string_length(string)}),
                   "another field's text", cell);
        json_decref(string);
    }
}

/* The rest, which is an object of what has no column. */
static void check_rest(const pgai_contact *contact, const header *columns, pgai_text cell)
{
    json_t *object;
    size_t rest = 0;
    pgai_text name;

    for (size_t i = 0; i < pgai_contact_extra_count(contact); i++) {
        char *copy;

        pgai_contact_extra(contact, i, &name, NULL);
        copy = strndup(name.data, name.length);
        rest += strcmp(copy, "extra") == 0 || !has(columns, copy);
        free(copy);
    }
    demand((rest == 0) == (cell.length == 0), "the rest", cell);
    object = json_loadb(cell.data, cell.length, JSON_ALLOW_NUL, NULL);
    /* jansson holds no half surrogates and no numbers that are too large. */
    if (object)
        demand(json_object_size(object) == rest, "the size of the rest", cell);
    json_decref(object);
}

static void check_cell(const pgai_contact *contact, const header *columns, size_t index,
                       pgai_text cell)
{
    pgai_text text;

    if (index + 1 == columns->count) {
        check_rest(contact, columns, cell);
    } else if (index >= PGAI_FIELD_COUNT) {
        check_other(contact, columns->names[index], cell);
    } else {
        text = pgai_contact_text(contact, (pgai_field)index);
        if (!text.data)
            text = pgai_contact_value(contact, (pgai_field)index);
        demand(pgaii_text_equal(cell, text), "a documented field", cell);
    }
}

/* With formulas escaped, the first byte is another one only where it has to be. */
static pgai_text without_escape(pgai_text cell, bool escaped)
{
    if (escaped && cell.length > 1 && cell.data[0] == '\'' &&
        memchr("=+-@\t\r\n", cell.data[1], 7))
        pgaii_text_take(&cell, 1);
    return cell;
}

static pgai_text write_page(const pgai_page *page, const pgai_writer_options *options,
                            pgai_writer **writer)
{
    pgai_text text;

    if (pgai_writer_new(options, writer, NULL) != PGAI_OK)
        abort();
    pgai_writer_header(*writer);
    pgai_writer_page(*writer, page);
    if (pgai_writer_take(*writer, &text, NULL) != PGAI_OK)
        abort();
    return text;
}

/* Whether text begins with an apostrophe itself, so that what was put there cannot be
 * told apart. */
static bool is_ambiguous(const pgai_contact *contact, const header *columns, size_t index)
{
    pgai_text text = pgai_contact_text(contact, (pgai_field)index);

    if (index >= PGAI_FIELD_COUNT)
        return index + 1 < columns->count;
    return text.length > 0 && text.data[0] == '\'';
}

static void check_csv(const pgai_page *page, const header *columns, bool escape)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    pgai_writer *writer = NULL;
    pgai_text left;
    char *out;

    options.columns = (const char *const *)columns->names;
    options.column_count = columns->count;
    options.escape_formulas = escape;
    left = write_page(page, &options, &writer);
    out = malloc(left.length + 1);
    for (size_t i = 0; i < columns->count; i++)
        demand(
            pgaii_text_equal(read_cell(&left, out, i + 1 < columns->count ? ',' : '\r'),
                             pgaii_text(columns->names[i])),
            "the header", left);
    for (size_t row = 0; row < pgai_page_count(page); row++) {
        const pgai_contact *contact = pgai_page_contact(page, row);

        for (size_t i = 0; i < columns->count; i++) {
            pgai_text cell = read_cell(&left, out, i + 1 < columns->count ? ',' : '\r');

            if (!escape || !is_ambiguous(contact, columns, i))
                check_cell(contact, columns, i, without_escape(cell, escape));
        }
    }
    demand(left.length == 0, "more than all rows", left);
    free(out);
    pgai_writer_free(writer);
}

static void check_line(pgai_text line, pgai_text json)
{
    json_t *ours, *theirs;

    demand(!memchr(line.data, '\r', line.length), "a line has a line break", line);
    if (!memchr(json.data, '\n', json.length) && !memchr(json.data, '\r', json.length)) {
        demand(pgaii_text_equal(line, json), "a line is not exact", line);
        return;
    }
    theirs = json_loadb(json.data, json.length, JSON_ALLOW_NUL, NULL);
    ours = json_loadb(line.data, line.length, JSON_ALLOW_NUL, NULL);
    demand(theirs ? json_equal(ours, theirs) : !ours, "a line says something else", line);
    json_decref(ours);
    json_decref(theirs);
}

static void check_ndjson(const pgai_page *page)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    pgai_writer *writer = NULL;
    pgai_text left;

    options.format = PGAI_NDJSON;
    left = write_page(page, &options, &writer);
    for (size_t row = 0; row < pgai_page_count(page); row++) {
        const char *end = memchr(left.data, '\n', left.length);

        demand(end != NULL, "a line has no end", left);
        check_line(pgaii_text_take(&left, (size_t)(end - left.data)),
                   pgai_contact_json(pgai_page_contact(page, row)));
        pgaii_text_take(&left, 1);
    }
    demand(left.length == 0, "more than all lines", left);
    pgai_writer_free(writer);
}

static void check(const pgai_page *page)
{
    header columns = header_of(page);

    check_csv(page, &columns, false);
    check_csv(page, &columns, true);
    check_ndjson(page);
    for (size_t i = 0; i < columns.count; i++)
        free(columns.names[i]);
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
        check(page);
    pgai_page_free(page);
    return 0;
}
