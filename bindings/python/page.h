#ifndef PGAII_PYTHON_PAGE_H
#define PGAII_PYTHON_PAGE_H

#include <Python.h>

#include <pgai/page.h>

#include "state.h"

/** The type pgai.Page: an immutable sequence of contacts. */
extern PyType_Spec pgaii_py_page_spec;

/** A new pgai.Page.
 *
 * @param[in,out] page It takes this, and sets it to NULL.
 * @return NULL with an exception set, and @p page is as it was. */
PyObject *pgaii_py_page(pgaii_py_state *state, pgai_page **page);

#endif
