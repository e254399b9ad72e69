#ifndef PGAII_PYTHON_RECORD_BATCH_H
#define PGAII_PYTHON_RECORD_BATCH_H

#include <Python.h>
#include <stdbool.h>

#include <pgai/page.h>

#include "state.h"

/** The type pgai.RecordBatch: contacts of several pages, for readers of Arrow.
 *
 * It keeps the pages themselves, so that it can be read again and again, and makes no
 * object of a contact.
 */
extern PyType_Spec pgaii_py_batch_spec;

/** A new one without contacts; NULL with an exception set. */
PyObject *pgaii_py_batch_new(pgaii_py_state *state);

/** Add a page, before anyone has the batch.
 *
 * @param page  Taken on success.
 * @param first The contact to begin with.
 * @return 0; -1 with an exception set, and the batch is as it was. */
int pgaii_py_batch_add(PyObject *batch, pgai_page *page, size_t first);

/** Whether it has so many rows, or PGAI_ARROW_BYTES of JSON. */
bool pgaii_py_batch_is_whole(PyObject *batch, size_t rows);

#endif
