/* The options of pgai.Contacts() and with_options(). */
#include "options.h"

#include <stdbool.h>
#include <string.h>

#include "convert.h"
#include "errors.h"

static const char *const names[PGAII_PY_OPTION_COUNT + 1] = {
    "api_key",         "base_url",     "timeout",  "connect_timeout",
    "deadline",        "max_attempts", "max_wait", "pace",
    "share",           "proxy",        "ca",       "user_agent",
    "allow_cleartext", "on_event",
};

static const pgai_call_options defaults = {
    .max_attempts = PGAI_DEFAULT_MAX_ATTEMPTS,
    .timeout_ms = PGAI_DEFAULT_TIMEOUT_MS,
    .connect_timeout_ms = PGAI_DEFAULT_CONNECT_TIMEOUT_MS,
    .deadline_ms = PGAI_DEFAULT_DEADLINE_MS,
    .max_wait_ms = PGAI_DEFAULT_MAX_WAIT_MS,
};

/* Takes the value. */
static void put(PyObject **option, PyObject *value)
{
    PyObject *before = *option;

    *option = value;
    Py_XDECREF(before);
}

static bool is_name(PyObject *text)
{
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++) {
        if (PyUnicode_CompareWithASCIIString(text, names[i]) == 0)
            return true;
    }
    return false;
}

static PyObject *all_names(void)
{
    PyObject *list = PyList_New(0);

    for (int i = 0; list && i < PGAII_PY_OPTION_COUNT; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);

        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

/* Python gets only the name: the value may be the key. */
static int refuse(pgaii_py_state *state, const char *function, PyObject *name)
{
    PyObject *known = all_names();

    if (known)
        Py_XDECREF(
            pgaii_py_support(state, "refuse_unknown", "(s[O]N)", function, name, known));
    return -1;
}

static int check_names(pgaii_py_state *state, const char *function, PyObject *keywords)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;

    while (keywords && PyDict_Next(keywords, &at, &name, &value)) {
        if (!is_name(name))
            return refuse(state, function, name);
    }
    return 0;
}

/* A new str, for text or a path-like object; anything else as it is, to be refused. */
static PyObject *path_text(PyObject *path)
{
    PyObject *method;

    if (PyUnicode_Check(path))
        return Py_NewRef(path);
    method = PyObject_GetAttrString(path, "__fspath__");
    if (method) {
        Py_DECREF(method);
        return PyOS_FSPath(path);
    }
    if (!PyErr_ExceptionMatches(PyExc_AttributeError))
        return NULL;
    PyErr_Clear();
    return Py_NewRef(path);
}

/* The option `ca`: a path becomes absolute now. Text that contains a certificate is not a
 * path.
 */
static int settle_path(pgaii_py_state *state, PyObject **option)
{
    PyObject *path = path_text(*option);
    const char *text = "/";

    if (!path)
        return -1;
    put(option, path);
    if (path != Py_None && !PyUnicode_Check(path))
        return pgaii_py_refuse_type(state, path, "ca", "str or a path");
    if (pgaii_py_text(state, path, "ca", &text) < 0)
        return -1;
    if (text[0] == '/' || text[0] == '\0' || strstr(text, "-----BEGIN"))
        return 0;
    path = pgaii_py_support(state, "absolute", "(O)", *option);
    if (!path)
        return -1;
    put(option, path);
    return 0;
}

static int check_observer(pgaii_py_state *state, PyObject *on_event)
{
    if (!on_event || on_event == Py_None || PyCallable_Check(on_event))
        return 0;
    return pgaii_py_refuse_type(state, on_event, "on_event",
                                "a function that takes an Event");
}

int pgaii_py_options_parse(pgaii_py_state *state, const char *format, PyObject *arguments,
                           PyObject *keywords, pgaii_py_options *out)
{
    PyObject **given = out->given;
    int parsed;

    _Static_assert(PGAII_PY_OPTION_COUNT == 14, "an option is missing below");
    if (check_names(state, strchr(format, ':') + 1, keywords) < 0)
        return -1;
    parsed = PyArg_ParseTupleAndKeywords(
        arguments, keywords, format, (char **)names, &given[0], &given[1], &given[2],
        &given[3], &given[4], &given[5], &given[6], &given[7], &given[8], &given[9],
        &given[10], &given[11], &given[12], &given[13]);
    /* Owned from here on; what was read before a failure as well. */
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++)
        Py_XINCREF(given[i]);
    if (!parsed || check_observer(state, given[PGAII_PY_ON_EVENT]) < 0)
        return -1;
    return given[PGAII_PY_CA] ? settle_path(state, &given[PGAII_PY_CA]) : 0;
}

void pgaii_py_options_merge(pgaii_py_options *options, const pgaii_py_options *others)
{
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++) {
        if (others->given[i])
            put(&options->given[i], Py_NewRef(others->given[i]));
    }
}

static bool is_shared(int option)
{
    return option == PGAII_PY_API_KEY || option == PGAII_PY_ON_EVENT ||
           (option >= PGAII_PY_TIMEOUT && option <= PGAII_PY_MAX_WAIT);
}

int pgaii_py_options_need_new(const pgaii_py_options *options)
{
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++) {
        if (options->given[i] && !is_shared(i))
            return 1;
    }
    return 0;
}

/* In the C API 0 means the default; here it is a mistake, like any number below 1. */
static int read_attempts(pgaii_py_state *state, PyObject *value, int *out)
{
    int64_t attempts = INT64_MIN;

    if (pgaii_py_integer(state, value, names[PGAII_PY_MAX_ATTEMPTS], &attempts) < 0)
        return -1;
    if (attempts == INT64_MIN)
        return 0;
    if (attempts < 1 || attempts > INT32_MAX)
        return pgaii_py_usage(state, "max_attempts must be at least 1");
    *out = (int)attempts;
    return 0;
}

static int read_seconds(pgaii_py_state *state, const pgaii_py_options *options,
                        pgaii_py_option option, int64_t *out)
{
    return pgaii_py_seconds(state, options->given[option], names[option], out);
}

int pgaii_py_options_call(pgaii_py_state *state, const pgaii_py_options *options,
                          pgai_call_options *out)
{
    if (read_seconds(state, options, PGAII_PY_TIMEOUT, &out->timeout_ms) < 0 ||
        read_seconds(state, options, PGAII_PY_CONNECT_TIMEOUT, &out->connect_timeout_ms) <
            0 ||
        read_seconds(state, options, PGAII_PY_DEADLINE, &out->deadline_ms) < 0 ||
        read_seconds(state, options, PGAII_PY_MAX_WAIT, &out->max_wait_ms) < 0)
        return -1;
    return read_attempts(state, options->given[PGAII_PY_MAX_ATTEMPTS],
                         &out->max_attempts);
}

static int read_text(pgaii_py_state *state, const pgaii_py_options *options,
                     pgaii_py_option option, const char **out)
{
    return pgaii_py_text(state, options->given[option], names[option], out);
}

/* True, False, or the word for pacing that processes share. */
static int read_pace(pgaii_py_state *state, PyObject *pace, pgai_client_options *out)
{
    if (!pace)
        return 0;
    if (PyBool_Check(pace)) {
        out->no_pacing = pace == Py_False;
        return 0;
    }
    if (!PyUnicode_Check(pace))
        return pgaii_py_refuse_type(state, pace, names[PGAII_PY_PACE],
                                    "bool or \"shared\"");
    if (PyUnicode_CompareWithASCIIString(pace, "shared") != 0)
        return pgaii_py_usage(state, "pace must be True, False or \"shared\"");
    out->shared_pacing = 1;
    return 0;
}

int pgaii_py_options_read(pgaii_py_state *state, const pgaii_py_options *options,
                          pgai_client_options *out)
{
    pgai_call_options call_options = defaults;

    if (read_text(state, options, PGAII_PY_BASE_URL, &out->base_url) < 0 ||
        read_text(state, options, PGAII_PY_USER_AGENT, &out->user_agent) < 0 ||
        read_text(state, options, PGAII_PY_PROXY, &out->proxy) < 0 ||
        read_text(state, options, PGAII_PY_CA, &out->ca) < 0 ||
        read_pace(state, options->given[PGAII_PY_PACE], out) < 0 ||
        pgaii_py_number(state, options->given[PGAII_PY_SHARE], names[PGAII_PY_SHARE],
                        "a number", &out->share) < 0 ||
        pgaii_py_flag(state, options->given[PGAII_PY_ALLOW_CLEARTEXT], "allow_cleartext",
                      &out->allow_cleartext) < 0 ||
        pgaii_py_options_call(state, options, &call_options) < 0)
        return -1;
#define CALL_OPTION(member)                                                              \
    if (call_options.member != defaults.member)                                          \
    out->member = call_options.member
    CALL_OPTION(timeout_ms);
    CALL_OPTION(connect_timeout_ms);
    CALL_OPTION(deadline_ms);
    CALL_OPTION(max_wait_ms);
    CALL_OPTION(max_attempts);
#undef CALL_OPTION
    return 0;
}

int pgaii_py_options_visit(const pgaii_py_options *options, visitproc visit, void *arg)
{
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++) {
        if (options->given[i] && !PyUnicode_Check(options->given[i]))
            Py_VISIT(options->given[i]);
    }
    return 0;
}

void pgaii_py_options_clear(pgaii_py_options *options)
{
    for (int i = 0; i < PGAII_PY_OPTION_COUNT; i++)
        Py_CLEAR(options->given[i]);
}
