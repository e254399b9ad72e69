#ifndef PGAII_PYTHON_PAGES_H
#define PGAII_PYTHON_PAGES_H

#include <Python.h>

/** The type pgai.PageIterator. */
extern PyType_Spec pgaii_py_pages_spec;

/** The method pages(start, limit, cursor) of the client. */
PyObject *pgaii_py_pages_new(PyObject *client, PyObject *arguments);

#endif
