#ifndef PGAII_PYTHON_OBSERVER_H
#define PGAII_PYTHON_OBSERVER_H

#include <Python.h>

#include <pgai/event.h>

#include "state.h"

/** More than any pgai_level: nobody reads the log. */
enum { PGAII_PY_NO_LEVEL = PGAI_LEVEL_WARNING + 1 };

/** The least pgai_level that the logger "pgai" may want to have; PGAII_PY_NO_LEVEL: the
 * program does not use logging. Costs one call of Python. What is no Exception, such as
 * KeyboardInterrupt, stays set, to end the call. */
int pgaii_py_log_level(pgaii_py_state *state);

/** Tell the logger about an event, unless its level is below @p least, and the observer.
 *
 * An exception of theirs goes to sys.unraisablehook. One that is no Exception, such as
 * KeyboardInterrupt, stays set, to end the call.
 *
 * @param on_event NULL: there is no observer.
 */
void pgaii_py_tell(pgaii_py_state *state, PyObject *on_event, int least,
                   const pgai_event *event);

#endif
