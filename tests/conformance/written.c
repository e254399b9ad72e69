/* A page as JSON lines and CSV, against the table. */
#include "conformance/written.h"

#include <stdlib.h>
#include <string.h>

#include <pgai/writer.h>

#include "conformance/value.h"

static bool
refuses(struct exchange *exchange, const json_t *words, const pgai_error *error)
{
    const json_t *word;
    size_t index;

    if (!words || error->status != PGAI_USAGE)
        return exchange_mismatch(exchange, "it is refused: %s", error->message);
    json_array_foreach(words, index, word)
    {
        if (!strstr(error->message, json_string_value(word)))
            return exchange_mismatch(exchange, "it is refused: %s", error->message);
    }
    return true;
}

static bool writes(struct exchange *exchange, const json_t *way, const pgai_page *page,
                   pgai_writer *writer)
{
    value_bytes wanted = value_bytes_new(json_object_get(way, "text"));
    pgai_error error = PGAI_ERROR_INIT;
    pgai_text text = {NULL, 0};
    bool fits;

    if (!json_is_false(json_object_get(way, "header")))
        pgai_writer_header(writer);
    pgai_writer_page(writer, page);
    fits = pgai_writer_take(writer, &text, &error) == PGAI_OK && wanted.data &&
           text.length == wanted.length &&
           memcmp(text.data, wanted.data, text.length) == 0;
    free(wanted.data);
    return fits || exchange_mismatch(exchange, "it is written: %.*s", (int)text.length,
                                     text.data ? text.data : "");
}

/* The columns are in @p texts, as many as there are. */
static void read_columns(const json_t *columns, value_bytes *texts, const char **names)
{
    const json_t *column;
    size_t index;

    json_array_foreach(columns, index, column)
    {
        texts[index] = value_bytes_new(column);
        names[index] = texts[index].data;
    }
}

static bool write_one(struct exchange *exchange, const json_t *way, const pgai_page *page)
{
    const json_t *columns = json_object_get(way, "columns");
    const char *format = json_string_value(json_object_get(way, "format"));
    size_t count = json_array_size(columns);
    value_bytes *texts = calloc(count + 1, sizeof(*texts));
    const char **names = calloc(count + 1, sizeof(*names));
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_writer *writer = NULL;
    bool fits;

    value_demand(format, "a format", way);
    read_columns(columns, texts, names);
    options.format = strcmp(format, "csv") == 0 ? PGAI_CSV : PGAI_NDJSON;
    options.columns = columns ? names : NULL;
    options.column_count = count;
    options.escape_formulas = json_is_true(json_object_get(way, "escape_formulas"));
    if (pgai_writer_new(&options, &writer, &error) != PGAI_OK)
        fits = refuses(exchange, json_object_get(way, "refused"), &error);
    else
        fits = writes(exchange, way, page, writer);
    pgai_writer_free(writer);
    for (size_t i = 0; i < count; i++)
        free(texts[i].data);
    free(texts);
    free(names);
    return fits;
}

bool written_fits(struct exchange *exchange, const json_t *result, const pgai_page *page)
{
    const json_t *ways = json_object_get(result, "written");
    const json_t *way;
    size_t index;

    if (!page)
        return exchange_mismatch(exchange, "no page");
    json_array_foreach(ways, index, way)
    {
        if (!write_one(exchange, way, page))
            return false;
    }
    return true;
}
