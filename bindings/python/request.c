/* Requests to any endpoint, and the type pgai.Response. */
#include "request.h"

#include "convert.h"

static PyStructSequence_Field response_fields[] = {
    {"status", "such as 200"},
    {"headers", "dict of str, by names in lower case"},
    {"json", "what the body says; None: null, or there is no body"},
    {"text", "the body, as it came; None: there is none"},
    {NULL, NULL},
};
PyStructSequence_Desc pgaii_py_response_desc = {
    "pgai.Response", "A response of the service, whose status is 200 to 299.",
    response_fields, 4};

static int
read_needed(pgaii_py_state *state, PyObject *value, const char *name, const char **out)
{
    if (value == Py_None)
        return pgaii_py_refuse_type(state, value, name, "str");
    return pgaii_py_text(state, value, name, out);
}

/* None: no parameters. */
static int read_query(pgaii_py_state *state, PyObject *given, pgaii_py_request *out)
{
    Py_ssize_t count;

    if (given == Py_None)
        return 0;
    out->query = pgaii_py_support(state, "query_parts", "(O)", given);
    if (!out->query)
        return -1;
    count = PyTuple_Size(out->query) / 2;
    out->parameters = PyMem_Calloc((size_t)count + 1, sizeof(*out->parameters));
    if (!out->parameters) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        pgai_parameter *at = &out->parameters[i];

        if (pgaii_py_text(state, PyTuple_GetItem(out->query, 2 * i), "a name in query",
                          &at->name) < 0 ||
            pgaii_py_text(state, PyTuple_GetItem(out->query, 2 * i + 1),
                          "a value in query", &at->value) < 0)
            return -1;
    }
    out->options.query = out->parameters;
    out->options.query_count = (size_t)count;
    return 0;
}

/* None: no body. */
static int read_json(pgaii_py_state *state, PyObject *given, pgaii_py_request *out)
{
    if (given == Py_None)
        return 0;
    out->json = pgaii_py_support(state, "json_text", "(O)", given);
    return out->json ? pgaii_py_text(state, out->json, "json", &out->options.json) : -1;
}

int pgaii_py_request_read(pgaii_py_state *state, PyObject *args, pgaii_py_request *out)
{
    PyObject *method, *path, *query, *json;

    *out = (pgaii_py_request){.options = PGAI_REQUEST_OPTIONS_INIT};
    if (!PyArg_ParseTuple(args, "OOOO:request", &method, &path, &query, &json) ||
        read_needed(state, method, "method", &out->options.method) < 0 ||
        read_needed(state, path, "path", &out->options.path) < 0 ||
        read_query(state, query, out) < 0)
        return -1;
    return read_json(state, json, out);
}

void pgaii_py_request_clear(pgaii_py_request *request)
{
    PyMem_Free(request->parameters);
    Py_XDECREF(request->query);
    Py_XDECREF(request->json);
}

/* Any byte can stand in a header (RFC 9110, section 5.5). */
static PyObject *header_text(pgai_text text)
{
    return PyUnicode_DecodeLatin1(text.data, (Py_ssize_t)text.length, NULL);
}

/* A list of names and values, as they came. */
static PyObject *header_list(const pgai_response *response)
{
    PyObject *list = PyList_New(0);

    for (size_t i = 0; list && i < response->header_count; i++) {
        PyObject *name = header_text(response->headers[i].name);
        PyObject *value = name ? header_text(response->headers[i].value) : NULL;
        PyObject *pair = value ? PyTuple_Pack(2, name, value) : NULL;

        if (!pair || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
        Py_XDECREF(value);
        Py_XDECREF(name);
    }
    return list;
}

PyObject *pgaii_py_response(pgaii_py_state *state, const pgai_response *response)
{
    PyObject *headers = header_list(response);
    PyObject *text = headers ? pgaii_py_string(response->body) : NULL;
    PyObject *parts = text ? pgaii_py_support(state, "response_parts", "(iOO)",
                                              response->status, headers, text)
                           : NULL;
    PyObject *result = parts ? PyStructSequence_New(state->response_type) : NULL;

    for (Py_ssize_t i = 0; result && i < pgaii_py_response_desc.n_in_sequence; i++)
        PyStructSequence_SetItem(result, i, Py_NewRef(PyTuple_GetItem(parts, i)));
    Py_XDECREF(parts);
    Py_XDECREF(text);
    Py_XDECREF(headers);
    return result;
}
