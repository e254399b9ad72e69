#ifndef PGAII_PYTHON_EVENT_H
#define PGAII_PYTHON_EVENT_H

#include <Python.h>

#include <pgai/event.h>

#include "state.h"

extern PyStructSequence_Desc pgaii_py_event_desc;

/** A new pgai.Event; NULL with an exception set. */
PyObject *pgaii_py_event(pgaii_py_state *state, const pgai_event *event);

#endif
