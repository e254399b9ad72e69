/* The type pgai.Response. */
#include "response.h"

#include "convert.h"

static PyStructSequence_Field response_fields[] = {
    {"status", "such as 200"},
    {"headers", "dict of str, by names in lower case"},
    {"json", "what the body says; None: null, or there is no body"},
    {"text", "the body, as it came; None: there is none, or it was not kept"},
    {NULL, NULL},
};
PyStructSequence_Desc pgaii_py_response_desc = {
    "pgai.Response", "A response of the service. That of a page or an error has no body.",
    response_fields, 4};

/* Any byte can stand in a header (RFC 9110, section 5.5). */
static PyObject *header_text(pgai_text text)
{
    return PyUnicode_DecodeLatin1(text.data, (Py_ssize_t)text.length, NULL);
}

/* A name in lower case. */
static PyObject *header_name(pgai_text text)
{
    PyObject *name = header_text(text);
    PyObject *lower = name ? PyObject_CallMethod(name, "lower", NULL) : NULL;

    Py_XDECREF(name);
    return lower;
}

/* Values of a name that comes again are joined, as in a list (RFC 9110, section 5.2). */
static int add_header(PyObject *headers, const pgai_header *header)
{
    PyObject *name = header_name(header->name);
    PyObject *value = name ? header_text(header->value) : NULL;
    PyObject *before = value ? PyDict_GetItemWithError(headers, name) : NULL;
    int result = -1;

    if (before) {
        PyObject *joined = PyUnicode_FromFormat("%U, %U", before, value);

        Py_DECREF(value);
        value = joined;
    }
    if (value && !PyErr_Occurred())
        result = PyDict_SetItem(headers, name, value);
    Py_XDECREF(value);
    Py_XDECREF(name);
    return result;
}

static PyObject *all_headers(const pgai_response *response)
{
    PyObject *headers = PyDict_New();

    for (size_t i = 0; headers && i < response->header_count; i++) {
        if (add_header(headers, &response->headers[i]) < 0)
            Py_CLEAR(headers);
    }
    return headers;
}

/* Takes the value, which may be NULL with an exception set. */
static int set(PyObject *result, Py_ssize_t index, PyObject *value)
{
    if (!value)
        return -1;
    PyStructSequence_SetItem(result, index, value);
    return 0;
}

static PyObject *read_body(pgaii_py_state *state, PyObject *text)
{
    return text == Py_None ? Py_NewRef(text)
                           : pgaii_py_support(state, "parse", "(O)", text);
}

PyObject *pgaii_py_response(pgaii_py_state *state, const pgai_response *response)
{
    PyObject *result = PyStructSequence_New(state->response_type);
    PyObject *text = result ? pgaii_py_string(response->body) : NULL;

    if (text && (set(result, 0, PyLong_FromLong(response->status)) < 0 ||
                 set(result, 1, all_headers(response)) < 0 ||
                 set(result, 2, read_body(state, text)) < 0 ||
                 set(result, 3, Py_NewRef(text)) < 0))
        Py_CLEAR(text);
    if (!text)
        Py_CLEAR(result);
    Py_XDECREF(text);
    return result;
}
