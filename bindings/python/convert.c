/* Python arguments as arguments of the library. */
#include "convert.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pgai/options.h>

#include "errors.h"

/* The value itself is not shown to Python: frames with their variables may be reported.
 */
int pgaii_py_refuse_type(pgaii_py_state *state, PyObject *value, const char *name,
                         const char *expected)
{
    Py_XDECREF(pgaii_py_support(state, "refuse_type", "(ssO)", name, expected,
                                (PyObject *)Py_TYPE(value)));
    return -1;
}

/* 1: it is a truth value, which is not a number here, also one of numpy, whose type has
 * no base in common with Python's. 0: not; -1: an exception is set. */
static int is_truth(PyObject *value)
{
    PyObject *name;
    int result;

    if (PyLong_CheckExact(value) || PyFloat_CheckExact(value))
        return 0;
    if (PyBool_Check(value))
        return 1;
    name = PyType_GetName(Py_TYPE(value));
    if (!name)
        return -1;
    result = PyUnicode_CompareWithASCIIString(name, "bool") == 0 ||
             PyUnicode_CompareWithASCIIString(name, "bool_") == 0;
    Py_DECREF(name);
    return result;
}

int pgaii_py_text(pgaii_py_state *state, PyObject *value, const char *name,
                  const char **out)
{
    const char *text;
    Py_ssize_t length;

    if (!value || value == Py_None)
        return 0;
    if (!PyUnicode_Check(value))
        return pgaii_py_refuse_type(state, value, name, "str");
    text = PyUnicode_AsUTF8AndSize(value, &length);
    if (!text) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return -1;
        PyErr_Clear();
        return pgaii_py_usage(
            state, "%s contains a lone surrogate, which is not a character", name);
    }
    if (strlen(text) != (size_t)length)
        return pgaii_py_usage(state, "%s contains a NUL character", name);
    *out = text;
    return 0;
}

int pgaii_py_integer(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out)
{
    PyObject *index;
    long long number;
    int overflow, truth;

    if (!value || value == Py_None)
        return 0;
    truth = is_truth(value);
    if (truth < 0)
        return -1;
    if (truth || !PyIndex_Check(value))
        return pgaii_py_refuse_type(state, value, name, "int");
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

int pgaii_py_flag(pgaii_py_state *state, PyObject *value, const char *name, int *out)
{
    if (!value)
        return 0;
    if (!PyBool_Check(value))
        return pgaii_py_refuse_type(state, value, name, "bool");
    *out = value == Py_True;
    return 0;
}

int pgaii_py_number(pgaii_py_state *state, PyObject *value, const char *name,
                    const char *expected, double *out)
{
    double number;
    int truth;

    if (!value)
        return 0;
    truth = is_truth(value);
    if (truth < 0)
        return -1;
    if (truth || PyUnicode_Check(value))
        return pgaii_py_refuse_type(state, value, name, expected);
    number = PyFloat_AsDouble(value);
    if (number != -1.0 || !PyErr_Occurred()) {
        *out = number;
        return 0;
    }
    if (PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        return pgaii_py_refuse_type(state, value, name, expected);
    }
    if (!PyErr_ExceptionMatches(PyExc_OverflowError) &&
        !PyErr_ExceptionMatches(PyExc_ValueError))
        return -1;
    return pgaii_py_usage(state, "%s is out of range", name);
}

int pgaii_py_seconds(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out)
{
    /* About 31,000 years: far below where a double of milliseconds stops being exact. */
    const double most = 1e12;
    double seconds = HUGE_VAL;

    if (!value)
        return 0;
    if (value != Py_None &&
        pgaii_py_number(state, value, name, "a number of seconds or None", &seconds) < 0)
        return -1;
    if (!(seconds > 0))
        return pgaii_py_usage(state, "%s must be more than 0 seconds; None means no end",
                              name);
    *out = seconds > most ? PGAI_FOREVER : (int64_t)ceil(seconds * 1000.0);
    return 0;
}

/* A list of what an iterable has. One text is an iterable too, but of letters. */
static PyObject *list_of(pgaii_py_state *state, PyObject *given, const char *name)
{
    PyObject *iterator = NULL, *list;

    if (!PyUnicode_Check(given) && !PyBytes_Check(given))
        iterator = PyObject_GetIter(given);
    if (!iterator && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError))
        return NULL;
    if (!iterator) {
        PyErr_Clear();
        pgaii_py_refuse_type(state, given, name, "a list, or another iterable, of str");
        return NULL;
    }
    list = PySequence_List(iterator);
    Py_DECREF(iterator);
    return list;
}

static int read_items(pgaii_py_state *state, const char *item, pgaii_py_texts *out)
{
    for (size_t i = 0; i < out->count; i++) {
        PyObject *value = PyList_GetItem(out->list, (Py_ssize_t)i);
        char name[48];

        snprintf(name, sizeof(name), "%s %zu of %zu", item, i + 1, out->count);
        if (value == Py_None)
            return pgaii_py_refuse_type(state, value, name, "str");
        if (pgaii_py_text(state, value, name, &out->texts[i]) < 0)
            return -1;
    }
    return 0;
}

int pgaii_py_read_texts(pgaii_py_state *state, PyObject *given, const char *name,
                        const char *item, pgaii_py_texts *out)
{
    *out = (pgaii_py_texts){.list = list_of(state, given, name)};
    if (!out->list)
        return -1;
    out->count = (size_t)PyList_Size(out->list);
    out->texts = PyMem_Calloc(out->count, sizeof(*out->texts));
    if (!out->texts)
        PyErr_NoMemory();
    if (out->texts && read_items(state, item, out) == 0)
        return 0;
    pgaii_py_texts_clear(out);
    return -1;
}

void pgaii_py_texts_clear(pgaii_py_texts *texts)
{
    PyMem_Free(texts->texts);
    Py_XDECREF(texts->list);
}

PyObject *pgaii_py_string(pgai_text text)
{
    if (!text.data)
        return Py_NewRef(Py_None);
    return PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.length);
}

/* The character that begins there, and the place after it. */
static wchar_t read_character(const char *data, size_t *at)
{
    static const unsigned char bits[] = {0x7F, 0x1F, 0x0F, 0x07};
    unsigned first = (unsigned char)data[(*at)++];
    int more = (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0);
    unsigned character = first & bits[more];

    for (; more > 0; more--)
        character = character << 6 | ((unsigned char)data[(*at)++] & 0x3FU);
    return (wchar_t)character;
}

/* PyUnicode_FromStringAndSize() is slow where text is not ASCII: it grows the str, and
 * checks again. */
PyObject *pgaii_py_checked_string(pgai_text text)
{
    wchar_t wide[256];
    unsigned char all = 0;
    Py_ssize_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        all |= (unsigned char)text.data[i];
    if (all < 0x80 || text.length > sizeof(wide) / sizeof(wide[0]))
        return PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.length);
    for (size_t at = 0; at < text.length;)
        wide[count++] = read_character(text.data, &at);
    return PyUnicode_FromWideChar(wide, count);
}
