/* The arguments of list, plan, get, get_many and create. */
#include "arguments.h"

#include <stdbool.h>

#include "convert.h"

int pgaii_py_read_list(pgaii_py_state *state, PyObject *args, pgai_list_options *out)
{
    PyObject *number, *limit;

    if (!PyArg_ParseTuple(args, "OO:list", &number, &limit) ||
        pgaii_py_integer(state, number, "page", &out->page) < 0)
        return -1;
    return pgaii_py_integer(state, limit, "limit", &out->limit);
}

int pgaii_py_read_plan(pgaii_py_state *state, PyObject *args, int64_t *parts,
                       int64_t *limit)
{
    PyObject *number, *contacts;

    *parts = *limit = PGAI_UNSET;
    if (!PyArg_ParseTuple(args, "OO:plan", &number, &contacts) ||
        pgaii_py_integer(state, number, "parts", parts) < 0)
        return -1;
    return pgaii_py_integer(state, contacts, "limit", limit);
}

int pgaii_py_read_id(pgaii_py_state *state, PyObject *id, const char **out)
{
    if (id == Py_None) {
        PyErr_SetString(PyExc_TypeError, "id must be str, not NoneType");
        return -1;
    }
    return pgaii_py_text(state, id, "id", out);
}

int pgaii_py_read_many(pgaii_py_state *state, PyObject *args, pgaii_py_texts *ids,
                       pgai_get_many_options *out)
{
    PyObject *given, *prefetch, *deadline;

    if (!PyArg_ParseTuple(args, "OOO", &given, &prefetch, &deadline) ||
        pgaii_py_integer(state, prefetch, "prefetch", &out->prefetch) < 0 ||
        (deadline != Py_None &&
         pgaii_py_seconds(state, deadline, "deadline", &out->deadline_ms) < 0))
        return -1;
    return pgaii_py_read_texts(state, given, "ids", "id", ids);
}

/* Whether it is a missing value of a data frame. -1: an exception is set.
 */
static int is_missing(pgaii_py_state *state, PyObject *value)
{
    PyObject *answer;
    int result;

    if (value == Py_None || PyUnicode_Check(value))
        return 0;
    answer = pgaii_py_support(state, "is_missing", "(O)", value);
    result = answer ? answer == Py_True : -1;
    Py_XDECREF(answer);
    return result;
}

static int read_field(pgaii_py_state *state, PyObject *dict, PyObject *key,
                      const char *name, const char **out)
{
    PyObject *value = PyDict_GetItemWithError(dict, key);
    int missing;

    if (!value)
        return PyErr_Occurred() ? -1 : 0;
    missing = is_missing(state, value);
    return missing ? -(missing < 0) : pgaii_py_text(state, value, name, out);
}

/* Replaces `extra` by its JSON text. */
static int write_extra(pgaii_py_state *state, PyObject *dict)
{
    PyObject *given = PyDict_GetItemWithError(dict, state->extra);
    PyObject *text;
    int result;

    if (!given || given == Py_None)
        return PyErr_Occurred() ? -1 : 0;
    text = pgaii_py_support(state, "extra_text", "(O)", given);
    result = text ? PyDict_SetItem(dict, state->extra, text) : -1;
    Py_XDECREF(text);
    return result;
}

/* A request is made of the fields' own text, which the dict keeps alive. */
int pgaii_py_read_fields(pgaii_py_state *state, PyObject *dict, pgai_contact_fields *out)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        const char **member = pgai_contact_fields_member(out, (pgai_field)i);

        if (member && read_field(state, dict, state->names[i],
                                 pgai_field_name((pgai_field)i), member) < 0)
            return -1;
    }
    if (write_extra(state, dict) < 0)
        return -1;
    return read_field(state, dict, state->extra, "extra", &out->extra);
}
