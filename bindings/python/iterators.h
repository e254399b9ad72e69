#ifndef PGAII_PYTHON_ITERATORS_H
#define PGAII_PYTHON_ITERATORS_H

#include <Python.h>

/** The type pgai.PageIterator. */
extern PyType_Spec pgaii_py_pages_spec;

/** The type pgai.ContactIterator. */
extern PyType_Spec pgaii_py_each_spec;

/** The type pgai.GetManyIterator. */
extern PyType_Spec pgaii_py_get_many_spec;

/** The methods pages(), each() and get_many() of the client; pgaii_py_walk_init() has
 * their arguments. */
PyObject *pgaii_py_pages_new(PyObject *client, PyObject *arguments);
PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments);
PyObject *pgaii_py_get_many_new(PyObject *client, PyObject *arguments);

#endif
