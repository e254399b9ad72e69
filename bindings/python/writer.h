#ifndef PGAII_PYTHON_WRITER_H
#define PGAII_PYTHON_WRITER_H

#include <Python.h>

#include "state.h"

/** Page.to_ndjson(): bytes of a tuple of contacts; NULL with an exception set. */
PyObject *pgaii_py_to_ndjson(pgaii_py_state *state, PyObject *contacts);

/** Page.to_csv(), with its arguments. */
PyObject *pgaii_py_to_csv(pgaii_py_state *state, PyObject *contacts, PyObject *args,
                          PyObject *keywords);

/** What users read about them. */
extern const char pgaii_py_to_ndjson_doc[];
extern const char pgaii_py_to_csv_doc[];

#endif
