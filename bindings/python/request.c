/* Requests to any endpoint. */
#include "request.h"

#include <string.h>

#include "convert.h"

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

const char *pgaii_py_request_done(const pgaii_py_request *request)
{
    const char *method = request->options.method;

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return NULL;
    return "the request was carried out";
}

void pgaii_py_request_clear(pgaii_py_request *request)
{
    PyMem_Free(request->parameters);
    Py_XDECREF(request->query);
    Py_XDECREF(request->json);
}
