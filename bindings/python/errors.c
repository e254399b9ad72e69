/* Errors of the library, as exceptions. */
#include "errors.h"

#include <stdarg.h>
#include <string.h>

#include "response.h"

/* One row a status. OK and DONE are not failures and have no class. */
static const struct {
    int status;
    const char *class_name;
} classes[] = {
#define X(upper, value, word, python, text) {value, python},
    PGAI_STATUS_LIST(X)
#undef X
};

int pgaii_py_errors_load(pgaii_py_state *state)
{
    PyObject *module = PyImport_ImportModule("pgai._errors");
    int result = module ? 0 : -1;

    for (size_t i = 0; result == 0 && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (!classes[i].class_name[0])
            continue;
        state->errors[classes[i].status] =
            PyObject_GetAttrString(module, classes[i].class_name);
        if (!state->errors[classes[i].status])
            result = -1;
    }
    Py_XDECREF(module);
    return result;
}

/* Takes the value, which may be NULL with an exception set. */
static int put(PyObject *dict, const char *key, PyObject *value)
{
    int result = value ? PyDict_SetItemString(dict, key, value) : -1;

    Py_XDECREF(value);
    return result;
}

/* Text of the service was checked when it was read; what libcurl and the system say may
 * be in any encoding. */
static PyObject *text_of(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static int put_text(PyObject *dict, const char *key, const char *text)
{
    return text && text[0] ? put(dict, key, text_of(text)) : 0;
}

static int put_numbers(PyObject *dict, const pgai_error *error)
{
    if (error->http_status && put(dict, "status", PyLong_FromLong(error->http_status)))
        return -1;
    if (error->retry_after_ms &&
        put(dict, "retry_after",
            PyFloat_FromDouble((double)error->retry_after_ms / 1000.0)))
        return -1;
    if (put(dict, "requests", PyLong_FromLong(error->requests)))
        return -1;
    return put(dict, "outcome_unknown", PyBool_FromLong(error->outcome_unknown));
}

/* While Python shuts down they may have to remain text. */
static int put_details(pgaii_py_state *state, PyObject *dict, const char *json)
{
    PyObject *value;

    if (!json[0])
        return 0;
    value = pgaii_py_support(state, "parse", "(s)", json);
    if (!value && PyErr_ExceptionMatches(state->errors[PGAI_USAGE])) {
        PyErr_Clear();
        value = text_of(json);
    }
    return put(dict, "details", value);
}

/* None: there was none. */
static int put_response(pgaii_py_state *state, PyObject *dict, const pgai_error *error,
                        const pgaii_py_context *context)
{
    const pgai_response *response = context ? context->response : NULL;

    if (error->response)
        response = *error->response;

    return response ? put(dict, "response", pgaii_py_response(state, response)) : 0;
}

static int fill(pgaii_py_state *state, PyObject *dict, const pgai_error *error,
                const pgaii_py_context *context)
{
    if (put_numbers(dict, error) || put_text(dict, "code", error->code) ||
        put_text(dict, "request_id", error->request_id) ||
        put_details(state, dict, error->details) ||
        put_response(state, dict, error, context))
        return -1;
    if (error->status == PGAI_PERMISSION_DENIED &&
        put_text(dict, "permission", error->permission))
        return -1;
    if (!context)
        return 0;
    if (error->status == PGAI_AUTHENTICATION && context->key_source &&
        PyDict_SetItemString(dict, "key_source", context->key_source))
        return -1;
    return put_text(dict, "cursor", context->cursor);
}

static PyObject *new_exception(pgaii_py_state *state, const pgai_error *error,
                               const pgaii_py_context *context)
{
    PyObject *message = text_of(error->message);
    PyObject *arguments = message ? PyTuple_Pack(1, message) : NULL;
    PyObject *keywords = PyDict_New();
    PyObject *exception = NULL;

    if (arguments && keywords && fill(state, keywords, error, context) == 0)
        exception = PyObject_Call(state->errors[error->status], arguments, keywords);
    Py_XDECREF(keywords);
    Py_XDECREF(arguments);
    Py_XDECREF(message);
    return exception;
}

/* The pending exception, taken from the thread state. */
typedef struct taken {
    PyObject *type, *value, *traceback;
} taken;

static taken take_exception(void)
{
    taken it;

    PyErr_Fetch(&it.type, &it.value, &it.traceback);
    PyErr_NormalizeException(&it.type, &it.value, &it.traceback);
    return it;
}

/* Adds to the pending exception that a contact may have been created. If that fails, the
 * failure becomes the cause. */
static void chain_outcome(pgaii_py_state *state, const pgai_error *error)
{
    taken pending = take_exception();
    PyObject *cause = new_exception(state, error, NULL);

    if (!cause) {
        taken other = take_exception();

        cause = other.value;
        Py_XDECREF(other.type);
        Py_XDECREF(other.traceback);
    }
    PyException_SetCause(pending.value, cause);
    PyErr_Restore(pending.type, pending.value, pending.traceback);
}

static void
raise_it(pgaii_py_state *state, const pgai_error *error, const pgaii_py_context *context)
{
    PyObject *exception;

    if (PyErr_Occurred()) {
        if (error->status == PGAI_OUTCOME_UNKNOWN)
            chain_outcome(state, error);
        return;
    }
    if (error->status == PGAI_NO_MEMORY) {
        PyErr_NoMemory();
        return;
    }
    exception = new_exception(state, error, context);
    if (exception) {
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
        Py_DECREF(exception);
    }
}

PyObject *pgaii_py_raise(pgaii_py_state *state, const pgai_error *error,
                         const pgaii_py_context *context)
{
    raise_it(state, error, context);
    if (error->response) {
        pgai_response_free(*error->response);
        *error->response = NULL;
    }
    return NULL;
}

const char pgaii_py_created[] = "the contact was created";

void pgaii_py_lose(pgai_error *error, const char *done)
{
    if (!done)
        return;
    error->status = PGAI_OUTCOME_UNKNOWN;
    error->outcome_unknown = 1;
    PyOS_snprintf(error->message, sizeof(error->message),
                  "%s, but its response was lost here: check whether it took effect "
                  "before you retry",
                  done);
}

int pgaii_py_usage(pgaii_py_state *state, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    PyErr_FormatV(state->errors[PGAI_USAGE], format, list);
    va_end(list);
    return -1;
}
