#ifndef PGAII_PYTHON_WRITER_H
#define PGAII_PYTHON_WRITER_H

#include <Python.h>

#include <pgai/page.h>

#include "state.h"

/** Page.to_ndjson(): bytes; NULL with an exception set.
 *
 * @param page     The page as it came; NULL: @p contacts, a tuple of Contact, are
 * written.
 */
PyObject *
pgaii_py_to_ndjson(pgaii_py_state *state, const pgai_page *page, PyObject *contacts);

/** Page.to_csv(), with its arguments. */
PyObject *pgaii_py_to_csv(pgaii_py_state *state, const pgai_page *page,
                          PyObject *contacts, PyObject *args, PyObject *keywords);

/** What users read about them. */
extern const char pgaii_py_to_ndjson_doc[];
extern const char pgaii_py_to_csv_doc[];

#endif
