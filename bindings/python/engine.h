#ifndef PGAII_PYTHON_ENGINE_H
#define PGAII_PYTHON_ENGINE_H

#include <Python.h>
#include <stdbool.h>

#include <pgai/engine.h>

#include "calls.h"
#include "client.h"

/** The type pgai._pgai.Engine: a pgai_engine, which an event loop looks at. */
extern PyType_Spec pgaii_py_engine_spec;

/** An engine that reaches the service as a client does. */
PyObject *pgaii_py_engine_new(pgaii_py_client *client);

/** Start a call, and keep it until it is over. One that is driven is asked again what it
 * wants.
 *
 * @return 0; -1 with an exception set, and it is not driven. */
int pgaii_py_engine_start(PyObject *engine, PyObject *call);

/** The Call of a call that is driven; borrowed. NULL: it is not driven, or an exception
 * is set. */
PyObject *pgaii_py_engine_find(PyObject *engine, const pgai_call *call);

/** Whether an object is an engine; TypeError is set if it is not. */
bool pgaii_py_engine_check(pgaii_py_state *state, PyObject *object);

#endif
