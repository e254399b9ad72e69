#ifndef PGAII_PYTHON_STEPS_H
#define PGAII_PYTHON_STEPS_H

#include <Python.h>

/** The type pgai._pgai.Steps: a walk whose calls an engine drives. */
extern PyType_Spec pgaii_py_steps_spec;

/** The methods of the client that make them, with the arguments of pages(), each() and
 * get_many(). */
PyObject *pgaii_py_pages_steps(PyObject *client, PyObject *arguments);
PyObject *pgaii_py_each_steps(PyObject *client, PyObject *arguments);
PyObject *pgaii_py_get_many_steps(PyObject *client, PyObject *arguments);

#endif
