#include "client.h"

#include <stdbool.h>

#include "contact.h"
#include "convert.h"
#include "each.h"
#include "page.h"
#include "pages.h"
#include "records.h"

/* The Python thread that waits in a call of this system thread. The interrupt cannot ask
 * for it in another way: a thread may belong to any interpreter. */
static _Thread_local PyThreadState *waiting;

pgaii_py_blocking pgaii_py_blocking_begin(void)
{
    pgaii_py_blocking blocking = {waiting};

    waiting = PyEval_SaveThread();
    return blocking;
}

void pgaii_py_blocking_end(pgaii_py_blocking blocking)
{
    PyEval_RestoreThread(waiting);
    waiting = blocking.outer;
}

/* An exception that a signal handler raises stays with the thread, and is found there
 * when the call has ended. */
static int check_signals(void *unused)
{
    PyThreadState *thread = waiting;
    int raised;

    (void)unused;
    PyEval_RestoreThread(thread);
    waiting = NULL;
    raised = PyErr_CheckSignals() < 0;
    waiting = PyEval_SaveThread();
    return raised;
}

static PyObject *fail(pgaii_py_client *self, const pgai_error *error)
{
    const pgaii_py_context context = {.key_source = self->key_source};

    return pgaii_py_raise(pgaii_py_state_of((PyObject *)self), error, &context);
}

/* What a signal handler raised goes before any result. */
static bool is_good(pgai_status status)
{
    return status == PGAI_OK && !PyErr_Occurred();
}

static void client_dealloc(PyObject *object)
{
    pgaii_py_client *self = (pgaii_py_client *)object;

    pgai_client_free(self->client);
    Py_XDECREF(self->key_source);
    pgaii_py_free(object);
}

static pgaii_py_client *make_client(PyTypeObject *type, PyObject *key_source)
{
    pgaii_py_client *self = PyObject_New(pgaii_py_client, type);

    if (self) {
        self->client = NULL;
        self->key_source = Py_XNewRef(key_source);
    }
    return self;
}

/* The limits a client and a single call have in common. */
typedef struct limits {
    PyObject *timeout, *connect_timeout, *deadline, *max_wait, *max_attempts;
} limits;

#define LIMIT_NAMES "timeout", "connect_timeout", "deadline", "max_wait", "max_attempts"
#define LIMIT_FORMAT "OOOOO"
#define LIMIT_TARGETS(limits)                                                            \
    &(limits).timeout, &(limits).connect_timeout, &(limits).deadline,                    \
        &(limits).max_wait, &(limits).max_attempts

/* In the C API 0 means the default; here it is a mistake, like any number below 1. */
static int read_attempts(pgaii_py_state *state, PyObject *value, int *out)
{
    int64_t attempts = INT64_MIN;

    if (pgaii_py_integer(state, value, "max_attempts", &attempts) < 0)
        return -1;
    if (attempts == INT64_MIN)
        return 0;
    if (attempts < 1 || attempts > INT32_MAX)
        return pgaii_py_usage(state, "max_attempts must be at least 1");
    *out = (int)attempts;
    return 0;
}

static int read_limits(pgaii_py_state *state, const limits *given, pgai_call_options *out)
{
    if (pgaii_py_seconds(state, given->timeout, "timeout", &out->timeout_ms) < 0 ||
        pgaii_py_seconds(state, given->connect_timeout, "connect_timeout",
                         &out->connect_timeout_ms) < 0 ||
        pgaii_py_seconds(state, given->deadline, "deadline", &out->deadline_ms) < 0 ||
        pgaii_py_seconds(state, given->max_wait, "max_wait", &out->max_wait_ms) < 0)
        return -1;
    return read_attempts(state, given->max_attempts, &out->max_attempts);
}

static int
fill_limits(pgaii_py_state *state, const limits *given, pgai_client_options *options)
{
    pgai_call_options read = PGAI_CALL_OPTIONS_INIT;

    if (read_limits(state, given, &read) < 0)
        return -1;
    options->timeout_ms = read.timeout_ms;
    options->connect_timeout_ms = read.connect_timeout_ms;
    options->deadline_ms = read.deadline_ms;
    options->max_wait_ms = read.max_wait_ms;
    options->max_attempts = read.max_attempts;
    return 0;
}

static PyObject *
open_client(PyTypeObject *type, const pgai_client_options *options, PyObject *key_source)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_py_client *self = make_client(type, key_source);
    pgaii_py_blocking blocking;
    pgai_status status;

    if (!self)
        return NULL;
    blocking = pgaii_py_blocking_begin();
    status = pgai_client_new(options, &self->client, &error);
    pgaii_py_blocking_end(blocking);
    if (status != PGAI_OK) {
        fail(self, &error);
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static PyObject *client_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {
        "api_key", "base_url",   "user_agent",      "proxy",     "ca",
        "pace",    "key_source", "allow_cleartext", LIMIT_NAMES, NULL};
    pgaii_py_state *state = PyType_GetModuleState(type);
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    PyObject *key = NULL, *url = NULL, *agent = NULL, *proxy = NULL, *ca = NULL;
    PyObject *key_source = NULL;
    limits given = {NULL};
    PyObject *pace = NULL, *cleartext = NULL;
    int paced = 1;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|$OOOOOOOO" LIMIT_FORMAT ":Client",
                                     (char **)names, &key, &url, &agent, &proxy, &ca,
                                     &pace, &key_source, &cleartext,
                                     LIMIT_TARGETS(given)) ||
        pgaii_py_text(state, key, "api_key", &options.api_key) < 0 ||
        pgaii_py_text(state, url, "base_url", &options.base_url) < 0 ||
        pgaii_py_text(state, agent, "user_agent", &options.user_agent) < 0 ||
        pgaii_py_text(state, proxy, "proxy", &options.proxy) < 0 ||
        pgaii_py_text(state, ca, "ca", &options.ca) < 0 ||
        pgaii_py_flag(pace, "pace", &paced) < 0 ||
        pgaii_py_flag(cleartext, "allow_cleartext", &options.allow_cleartext) < 0 ||
        fill_limits(state, &given, &options) < 0)
        return NULL;
    options.no_pacing = !paced;
    options.interrupt = check_signals;
    return open_client(type, &options, key_source);
}

static PyObject *limited(PyObject *object, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {LIMIT_NAMES, NULL};
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_call_options options = PGAI_CALL_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    limits given = {NULL};
    pgaii_py_client *other;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|$" LIMIT_FORMAT ":limited",
                                     (char **)names, LIMIT_TARGETS(given)) ||
        read_limits(pgaii_py_state_of(object), &given, &options) < 0)
        return NULL;
    other = make_client(Py_TYPE(object), self->key_source);
    if (other && pgai_client_with(self->client, &options, &other->client, &error)) {
        fail(self, &error);
        Py_CLEAR(other);
    }
    return (PyObject *)other;
}

static PyObject *list(PyObject *object, PyObject *args)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgaii_py_state *state = pgaii_py_state_of(object);
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    PyObject *number, *limit, *result;
    pgai_page *page = NULL;
    pgaii_py_blocking blocking;
    pgai_status status;

    if (!PyArg_ParseTuple(args, "OO:list", &number, &limit) ||
        pgaii_py_integer(state, number, "page", &options.page) < 0 ||
        pgaii_py_integer(state, limit, "limit", &options.limit) < 0)
        return NULL;
    blocking = pgaii_py_blocking_begin();
    status = pgai_contacts_list(self->client, &options, &page, &error);
    pgaii_py_blocking_end(blocking);
    if (is_good(status))
        result = pgaii_py_page(state, page);
    else
        result = fail(self, &error);
    pgai_page_free(page);
    return result;
}

/* Takes the contact. NULL: the call failed, or an exception is set. */
static PyObject *
take_contact(pgaii_py_client *self, pgai_status status, pgai_contact *contact)
{
    PyObject *result = NULL;

    if (is_good(status))
        result = pgaii_py_contact(pgaii_py_state_of((PyObject *)self), contact);
    pgai_contact_free(contact);
    return result;
}

static PyObject *get(PyObject *object, PyObject *id)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    const char *text = NULL;
    pgaii_py_blocking blocking;
    PyObject *result;
    pgai_status status;

    if (id == Py_None) {
        PyErr_SetString(PyExc_TypeError, "id must be str, not NoneType");
        return NULL;
    }
    if (pgaii_py_text(pgaii_py_state_of(object), id, "id", &text) < 0)
        return NULL;
    blocking = pgaii_py_blocking_begin();
    status = pgai_contacts_get(self->client, text, &contact, &error);
    pgaii_py_blocking_end(blocking);
    result = take_contact(self, status, contact);
    return result ? result : fail(self, &error);
}

static int read_field(pgaii_py_state *state, PyObject *dict, PyObject *key,
                      const char *name, const char **out)
{
    PyObject *value = PyDict_GetItemWithError(dict, key);

    if (!value && PyErr_Occurred())
        return -1;
    return pgaii_py_text(state, value, name, out);
}

/* Where each writable field stands in the fields of a request. */
#define WRITABLE(upper, lower) {PGAI_##upper, offsetof(pgai_contact_fields, lower)},
#define READONLY(upper, lower)
static const struct {
    pgai_field field;
    size_t offset;
} writable_fields[] = {
#define X(upper, lower, listed, writable) writable(upper, lower)
    PGAI_FIELD_LIST(X)
#undef X
};

/* A request is made of the fields' own text, which the dict keeps alive. */
static int read_fields(pgaii_py_state *state, PyObject *dict, pgai_contact_fields *out)
{
    for (size_t i = 0; i < sizeof(writable_fields) / sizeof(writable_fields[0]); i++) {
        pgai_field field = writable_fields[i].field;
        char *member = (char *)out + writable_fields[i].offset;

        if (read_field(state, dict, state->names[field], pgai_field_name(field),
                       (const char **)member) < 0)
            return -1;
    }
    return read_field(state, dict, state->extra, "extra", &out->extra);
}

/* What an exception says that comes between a contact which was created and its caller.
 */
static void lost_answer(pgai_error *error)
{
    error->status = PGAI_OUTCOME_UNKNOWN;
    error->outcome_unknown = 1;
    PyOS_snprintf(error->message, sizeof(error->message),
                  "the contact was created, but its answer was lost here: look for it "
                  "before trying again");
}

static PyObject *create(PyObject *object, PyObject *dict)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    pgaii_py_blocking blocking;
    PyObject *result;
    pgai_status status;

    if (read_fields(pgaii_py_state_of(object), dict, &fields) < 0)
        return NULL;
    blocking = pgaii_py_blocking_begin();
    status = pgai_contacts_create(self->client, &fields, &contact, &error);
    pgaii_py_blocking_end(blocking);
    result = take_contact(self, status, contact);
    if (!result && status == PGAI_OK)
        lost_answer(&error);
    return result ? result : fail(self, &error);
}

static PyObject *rate_limit(PyObject *object, PyObject *unused)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    pgai_error error = PGAI_ERROR_INIT;

    (void)unused;
    if (pgai_client_rate_limit(self->client, &limit, &error) != PGAI_OK)
        return fail(self, &error);
    return pgaii_py_rate_limit(pgaii_py_state_of(object), &limit);
}

static PyObject *end(PyObject *object, PyObject *unused)
{
    (void)unused;
    pgai_client_cancel(((pgaii_py_client *)object)->client);
    return Py_NewRef(Py_None);
}

#define TAKES_KEYWORDS(function) ((PyCFunction)(void (*)(void))(function))

static PyMethodDef methods[] = {
    {"list", list, METH_VARARGS, NULL},
    {"get", get, METH_O, NULL},
    {"create", create, METH_O, NULL},
    {"pages", pgaii_py_pages_new, METH_VARARGS, NULL},
    {"each", pgaii_py_each_new, METH_VARARGS, NULL},
    {"limited", TAKES_KEYWORDS(limited), METH_VARARGS | METH_KEYWORDS, NULL},
    {"rate_limit", rate_limit, METH_NOARGS, NULL},
    {"close", end, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, client_new},
    {Py_tp_dealloc, client_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)"What pgai.Contacts is made of."},
    {0, NULL},
};

PyType_Spec pgaii_py_client_spec = {
    .name = "pgai._pgai.Client",
    .basicsize = sizeof(pgaii_py_client),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};
