#include "convert.h"

#include <math.h>
#include <string.h>

#include <pgai/options.h>

#include "errors.h"

/* What an argument should have been, and the type that was given. */
static int wrong_type(const char *name, const char *expected, PyObject *value)
{
    PyObject *type = PyType_GetQualName(Py_TYPE(value));

    if (type)
        PyErr_Format(PyExc_TypeError, "%s must be %s, not %U", name, expected, type);
    Py_XDECREF(type);
    return -1;
}

int pgaii_py_text(pgaii_py_state *state, PyObject *value, const char *name,
                  const char **out)
{
    const char *text;
    Py_ssize_t length;

    if (!value || value == Py_None)
        return 0;
    if (!PyUnicode_Check(value))
        return wrong_type(name, "str", value);
    text = PyUnicode_AsUTF8AndSize(value, &length);
    if (!text) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return -1;
        PyErr_Clear();
        return pgaii_py_usage(state, "%s holds a lone surrogate, which is no character",
                              name);
    }
    if (strlen(text) != (size_t)length)
        return pgaii_py_usage(state, "%s holds a NUL character", name);
    *out = text;
    return 0;
}

int pgaii_py_integer(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out)
{
    PyObject *index;
    long long number;
    int overflow;

    if (!value || value == Py_None)
        return 0;
    if (!PyIndex_Check(value) || PyBool_Check(value))
        return wrong_type(name, "int", value);
    index = PyNumber_Index(value);
    if (!index)
        return -1;
    number = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (number == -1 && !overflow && PyErr_Occurred())
        return -1;
    if (overflow || number == PGAI_UNSET)
        return pgaii_py_usage(state, "%s is out of range", name);
    *out = number;
    return 0;
}

int pgaii_py_flag(PyObject *value, const char *name, int *out)
{
    if (!value)
        return 0;
    if (!PyBool_Check(value))
        return wrong_type(name, "bool", value);
    *out = value == Py_True;
    return 0;
}

int pgaii_py_seconds(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out)
{
    /* About 31,000 years: far below where a double of milliseconds stops being exact. */
    const double most = 1e12;
    double seconds = HUGE_VAL;

    if (!value)
        return 0;
    if (value != Py_None) {
        if (PyUnicode_Check(value) || PyBool_Check(value))
            return wrong_type(name, "a number of seconds or None", value);
        seconds = PyFloat_AsDouble(value);
        if (seconds == -1.0 && PyErr_Occurred()) {
            if (PyErr_ExceptionMatches(PyExc_TypeError)) {
                PyErr_Clear();
                return wrong_type(name, "a number of seconds or None", value);
            }
            if (!PyErr_ExceptionMatches(PyExc_OverflowError) &&
                !PyErr_ExceptionMatches(PyExc_ValueError))
                return -1;
            return pgaii_py_usage(state, "%s is out of range", name);
        }
    }
    if (!(seconds > 0))
        return pgaii_py_usage(state, "%s must be above 0 seconds; None: without end",
                              name);
    *out = seconds > most ? PGAI_FOREVER : (int64_t)ceil(seconds * 1000.0);
    return 0;
}

PyObject *pgaii_py_string(pgai_text text)
{
    if (!text.data)
        return Py_NewRef(Py_None);
    return PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.length);
}
