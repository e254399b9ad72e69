#ifndef PGAII_PYTHON_RESPONSE_H
#define PGAII_PYTHON_RESPONSE_H

#include <Python.h>

#include <pgai/response.h>

#include "state.h"

extern PyStructSequence_Desc pgaii_py_response_desc;

/** A new pgai.Response; NULL with an exception set. */
PyObject *pgaii_py_response(pgaii_py_state *state, const pgai_response *response);

#endif
