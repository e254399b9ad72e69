#ifndef PGAII_PYTHON_EACH_H
#define PGAII_PYTHON_EACH_H

#include <Python.h>

/** The type pgai.ContactIterator. */
extern PyType_Spec pgaii_py_each_spec;

/** The method each(start, limit, cursor) of the client. */
PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments);

#endif
