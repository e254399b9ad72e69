/* Who is told what happens: the logger "pgai", and the program's own function. */
#include "observer.h"

#include <stdbool.h>

#include "event.h"

/* Levels of Python's logging. */
enum { DEBUG = 10, STEP = 10 };

/* The logger, borrowed; NULL: the program has not imported logging, or has ended. */
static PyObject *find_logger(pgaii_py_state *state)
{
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *module;

    if (state->logger || !PyDict_GetItemWithError(modules, state->logging))
        return state->logger;
    module = PyImport_ImportModule("pgai._logging");
    if (module)
        state->logger = PyObject_GetAttrString(module, "logger");
    Py_XDECREF(module);
    return state->logger;
}

int pgaii_py_log_level(pgaii_py_state *state)
{
    PyObject *logger = find_logger(state);
    PyObject *enabled =
        logger ? PyObject_CallMethod(logger, "isEnabledFor", "i", DEBUG) : NULL;
    int least = PGAII_PY_NO_LEVEL;

    if (enabled)
        least = enabled == Py_True ? PGAI_LEVEL_DEBUG : PGAI_LEVEL_INFO;
    Py_XDECREF(enabled);
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_Exception))
        PyErr_Clear();
    return least;
}

/* Takes the result of a call. */
static void check(PyObject *result, PyObject *function)
{
    if (!result && PyErr_ExceptionMatches(PyExc_Exception))
        PyErr_WriteUnraisable(function);
    Py_XDECREF(result);
}

static void log_it(pgaii_py_state *state, pgai_level level, const pgai_event *event)
{
    char words[PGAI_EVENT_TEXT_SIZE];

    pgai_event_text(event, words);
    check(
        PyObject_CallMethod(state->logger, "log", "is", DEBUG + STEP * (int)level, words),
        state->logger);
}

static void call(pgaii_py_state *state, PyObject *on_event, const pgai_event *event)
{
    PyObject *value = pgaii_py_event(state, event);

    check(value ? PyObject_CallFunctionObjArgs(on_event, value, NULL) : NULL, on_event);
    Py_XDECREF(value);
}

void pgaii_py_tell(pgaii_py_state *state, PyObject *on_event, int least,
                   const pgai_event *event)
{
    pgai_level level = pgai_event_level(event);

    if ((int)level >= least && !PyErr_Occurred())
        log_it(state, level, event);
    if (on_event && !PyErr_Occurred())
        call(state, on_event, event);
}
