#ifndef PGAII_PYTHON_ITERATORS_H
#define PGAII_PYTHON_ITERATORS_H

#include <Python.h>

/** The type pgai.PageIterator. */
extern PyType_Spec pgaii_py_pages_spec;

/** The type pgai.ContactIterator. */
extern PyType_Spec pgaii_py_each_spec;

/** The method pages(start, limit, cursor, deadline) of the client. */
PyObject *pgaii_py_pages_new(PyObject *client, PyObject *arguments);

/** The method each(start, limit, cursor, deadline) of the client. */
PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments);

#endif
