#ifndef PGAII_PYTHON_REQUEST_H
#define PGAII_PYTHON_REQUEST_H

#include <Python.h>

#include <pgai/options.h>

#include "state.h"

/** A request to any endpoint, and what its text lies in. */
typedef struct pgaii_py_request {
    pgai_request_options options;
    pgai_parameter *parameters;
    PyObject *query; /* a tuple of str: names and values in turn */
    PyObject *json;  /* str, or NULL */
} pgaii_py_request;

/** Read the arguments method, path, query and json; text of the first two stays theirs.
 *
 * @param[out] out To be cleared, also after a failure.
 * @return 0; -1 with TypeError or pgai.UsageError set.
 */
int pgaii_py_request_read(pgaii_py_state *state, PyObject *args, pgaii_py_request *out);

/** What the request does, for pgaii_py_lose(); NULL: it only reads. */
const char *pgaii_py_request_done(const pgaii_py_request *request);

/** Free what a request owns. */
void pgaii_py_request_clear(pgaii_py_request *request);

#endif
