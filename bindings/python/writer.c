/* Contacts as JSON lines and CSV. */
#include "writer.h"

#include <pgai/writer.h>

#include "contact.h"
#include "convert.h"
#include "errors.h"

const char pgaii_py_to_ndjson_doc[] =
    "to_ndjson($self, /)\n--\n\n"
    "Return the contacts as JSON lines, in UTF-8: each is its exact JSON text, and ends\n"
    "with a line feed. A text that has line breaks is written without any blanks "
    "between\n"
    "its parts.";

const char pgaii_py_to_csv_doc[] =
    "to_csv($self, /, columns=None, *, header=True, escape_formulas=False)\n--\n\n"
    "Return the contacts as CSV (RFC 4180), in UTF-8: the bytes that csv.writer would\n"
    "write. Rows end with CR LF, so write them to a file that is opened as binary.\n\n"
    "columns: up to 1,000 names of fields, documented or not, in the order of the "
    "columns.\n"
    "A field that no contact has is an empty column. \"extra\" is a JSON object of all\n"
    "fields that are neither documented nor columns of their own. None: all documented\n"
    "fields.\n"
    "header: whether the first row has the names of the columns.\n"
    "escape_formulas: whether to put a ' before text that a spreadsheet might take for "
    "a\n"
    "formula, since it begins with = + - @ or a blank. It is then another text, also "
    "that\n"
    "of phone numbers.\n\n"
    "Values that are neither text nor null are written as JSON; null and fields that a\n"
    "contact does not have are empty.";

/* 0; -1 with an exception set. */
static int add_all(pgaii_py_state *state, pgai_writer *writer, PyObject *contacts)
{
    pgai_error error = PGAI_ERROR_INIT;

    for (Py_ssize_t i = 0; i < PyTuple_Size(contacts); i++) {
        pgai_text json = pgaii_py_contact_json(PyTuple_GetItem(contacts, i));

        if (pgai_writer_json(writer, json, &error) != PGAI_OK) {
            pgaii_py_raise(state, &error, NULL);
            return -1;
        }
    }
    return 0;
}

static PyObject *take(pgaii_py_state *state, pgai_writer *writer)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_text text;

    if (pgai_writer_take(writer, &text, &error) != PGAI_OK)
        return pgaii_py_raise(state, &error, NULL);
    return PyBytes_FromStringAndSize(text.data, (Py_ssize_t)text.length);
}

static PyObject *write_all(pgaii_py_state *state, const pgai_page *page,
                           PyObject *contacts, const pgai_writer_options *options,
                           int header)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_writer *writer = NULL;
    PyObject *bytes = NULL;

    if (pgai_writer_new(options, &writer, &error) != PGAI_OK)
        return pgaii_py_raise(state, &error, NULL);
    if (header)
        pgai_writer_header(writer);
    pgai_writer_page(writer, page);
    if (page || add_all(state, writer, contacts) == 0)
        bytes = take(state, writer);
    pgai_writer_free(writer);
    return bytes;
}

PyObject *
pgaii_py_to_ndjson(pgaii_py_state *state, const pgai_page *page, PyObject *contacts)
{
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;

    options.format = PGAI_NDJSON;
    return write_all(state, page, contacts, &options, 0);
}

PyObject *pgaii_py_to_csv(pgaii_py_state *state, const pgai_page *page,
                          PyObject *contacts, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"columns", "header", "escape_formulas", NULL};
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;
    PyObject *columns = Py_None, *with_header = NULL, *escape = NULL, *bytes;
    pgaii_py_texts texts = {NULL, NULL, 0};
    int header = 1;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O$OO:to_csv", (char **)names,
                                     &columns, &with_header, &escape) ||
        pgaii_py_flag(state, with_header, "header", &header) < 0 ||
        pgaii_py_flag(state, escape, "escape_formulas", &options.escape_formulas) < 0)
        return NULL;
    if (columns != Py_None &&
        pgaii_py_read_texts(state, columns, "columns", "column", &texts) < 0)
        return NULL;
    options.columns = texts.texts;
    options.column_count = texts.count;
    bytes = write_all(state, page, contacts, &options, header);
    pgaii_py_texts_clear(&texts);
    return bytes;
}
