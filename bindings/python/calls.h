#ifndef PGAII_PYTHON_CALLS_H
#define PGAII_PYTHON_CALLS_H

#include <Python.h>
#include <stdbool.h>

#include <pgai/protocol.h>

#include "client.h"

/** The type pgai._pgai.Call: a call that an engine drives. */
extern PyType_Spec pgaii_py_call_spec;

typedef struct pgaii_py_call {
    PyObject_HEAD
    pgai_call *call;
    pgaii_py_client *client; /**< owned: it must outlive the call */
    PyObject *walk;          /**< owned: to which the call belongs; NULL: it is our own */
    bool listens;            /**< somebody is told what happens in it */
    const char *done;        /**< what a call that is done did, for pgaii_py_lose() */
} pgaii_py_call;

/** The methods of the client that make calls; nothing is sent. Their arguments are those
 * of list(), get(), create(), request() and plan(). */
PyObject *pgaii_py_call_list(PyObject *client, PyObject *args);
PyObject *pgaii_py_call_get(PyObject *client, PyObject *id);
PyObject *pgaii_py_call_create(PyObject *client, PyObject *dict);
PyObject *pgaii_py_call_request(PyObject *client, PyObject *args);
PyObject *pgaii_py_call_plan(PyObject *client, PyObject *args);

/** Tell the observer and the logger what happened since the last time. Foreign code runs.
 *
 * @return 0; -1 with an exception set, such as KeyboardInterrupt. */
int pgaii_py_call_tell(pgaii_py_call *call);

/** A call of a walk.
 *
 * @param walk The object that owns it. */
PyObject *pgaii_py_call_of_walk(pgaii_py_client *client, PyObject *walk, pgai_call *call);

#endif
