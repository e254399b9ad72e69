#ifndef PGAII_PYTHON_STEPS_H
#define PGAII_PYTHON_STEPS_H

#include <Python.h>

/** The type pgai._pgai.Steps: a walk whose calls an engine drives. */
extern PyType_Spec pgaii_py_steps_spec;

/** The method steps(by_page, ...), and then the arguments of pages() of the client. */
PyObject *pgaii_py_steps_new(PyObject *client, PyObject *arguments);

#endif
