/* The native client, on which pgai.Contacts makes its calls. */
#include "client.h"

#include <stdbool.h>
#include <string.h>

#include "arguments.h"
#include "blocking.h"
#include "calls.h"
#include "contact.h"
#include "engine.h"
#include "iterators.h"
#include "page.h"
#include "records.h"
#include "request.h"
#include "response.h"
#include "steps.h"

PyObject *pgaii_py_client_fail(pgaii_py_client *self, const pgai_error *error)
{
    const pgaii_py_context context = {.key_source = self->key_source};

    return pgaii_py_raise(pgaii_py_state_of((PyObject *)self), error, &context);
}

/* An exception of a signal handler comes before any result. */
static bool is_good(pgai_status status)
{
    return status == PGAI_OK && !PyErr_Occurred();
}

static int client_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((pgaii_py_client *)object)->on_event);
    return 0;
}

static int client_clear(PyObject *object)
{
    Py_CLEAR(((pgaii_py_client *)object)->on_event);
    return 0;
}

static void client_dealloc(PyObject *object)
{
    pgaii_py_client *self = (pgaii_py_client *)object;

    PyObject_GC_UnTrack(object);
    pgaii_py_state_of(object)->clients--;
    pgai_client_free(self->client);
    Py_XDECREF(self->key_source);
    Py_XDECREF(self->on_event);
    pgaii_py_free_tracked(object);
}

/* on_event: NULL or None: nobody is told. */
static pgaii_py_client *
make_client(pgaii_py_state *state, PyObject *key_source, PyObject *on_event)
{
    pgaii_py_client *self = PyObject_GC_New(pgaii_py_client, state->client_type);

    if (self) {
        state->clients++;
        self->client = NULL;
        self->key_source = Py_NewRef(key_source);
        self->on_event = on_event == Py_None ? NULL : Py_XNewRef(on_event);
        PyObject_GC_Track((PyObject *)self);
    }
    return self;
}

/* Takes the client, of which nothing remains after a failure. */
static pgaii_py_client *
made_or_failed(pgaii_py_client *self, pgai_status status, const pgai_error *error)
{
    if (status == PGAI_OK)
        return self;
    pgaii_py_client_fail(self, error);
    Py_DECREF((PyObject *)self);
    return NULL;
}

static pgai_status
open_client(pgaii_py_client *self, const pgai_client_options *options, pgai_error *error)
{
    pgaii_py_blocking blocking = pgaii_py_blocking_begin(NULL);
    pgai_status status = pgai_client_new(options, &self->client, error);

    pgaii_py_blocking_end(blocking);
    return status;
}

/* Whether no certificates were named, and the system has none, as in slim containers. */
static bool lacks_certificates(pgai_status status, const pgai_error *error)
{
    static const char words[] = "no trusted certificates found";

    return status == PGAI_USAGE && strncmp(error->message, words, strlen(words)) == 0;
}

/* The options get the file of certifi, if that is installed. A new reference to what
 * holds its name, or to None; NULL with an exception. */
static PyObject *use_certifi(pgaii_py_state *state, pgai_client_options *options)
{
    PyObject *path = pgaii_py_support(state, "certifi_bundle", "()");

    if (path && path != Py_None && pgaii_py_text(state, path, "ca", &options->ca) < 0)
        Py_CLEAR(path);
    return path;
}

pgaii_py_client *pgaii_py_client_open(pgaii_py_state *state, pgai_client_options *options,
                                      PyObject *key_source, PyObject *on_event)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_py_client *self = make_client(state, key_source, on_event);
    PyObject *path = NULL;
    pgai_status status;

    if (!self)
        return NULL;
    pgaii_py_blocking_options(options);
    status = open_client(self, options, &error);
    if (lacks_certificates(status, &error)) {
        path = use_certifi(state, options);
        if (!path) {
            Py_DECREF((PyObject *)self);
            return NULL;
        }
        if (path != Py_None)
            status = open_client(self, options, &error);
    }
    Py_XDECREF(path);
    return made_or_failed(self, status, &error);
}

pgaii_py_client *pgaii_py_client_with(pgaii_py_client *client,
                                      const pgai_call_options *call_options,
                                      PyObject *on_event)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_py_client *self =
        make_client(pgaii_py_state_of((PyObject *)client), client->key_source,
                    on_event ? on_event : client->on_event);

    if (!self)
        return NULL;
    return made_or_failed(
        self, pgai_client_with(client->client, call_options, &self->client, &error),
        &error);
}

pgaii_py_client *
pgaii_py_client_renewed(pgaii_py_client *client, const char *key, PyObject *key_source)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_py_client *self =
        make_client(pgaii_py_state_of((PyObject *)client), key_source, client->on_event);

    if (!self)
        return NULL;
    return made_or_failed(
        self, pgai_client_with_key(client->client, key, &self->client, &error), &error);
}

static PyObject *list(PyObject *object, PyObject *args)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgaii_py_state *state = pgaii_py_state_of(object);
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_page *page = NULL;
    pgaii_py_blocking blocking;
    PyObject *result;
    pgai_status status;

    if (pgaii_py_read_list(state, args, &options) < 0)
        return NULL;
    error.response = &last;
    blocking = pgaii_py_blocking_begin(self);
    status = pgai_contacts_list(self->client, &options, &page, &error);
    pgaii_py_blocking_end(blocking);
    if (is_good(status))
        result = pgaii_py_page(state, &page);
    else
        result = pgaii_py_client_fail(self, &error);
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
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    const char *text = NULL;
    pgaii_py_blocking blocking;
    PyObject *result;
    pgai_status status;

    if (pgaii_py_read_id(pgaii_py_state_of(object), id, &text) < 0)
        return NULL;
    error.response = &last;
    blocking = pgaii_py_blocking_begin(self);
    status = pgai_contacts_get(self->client, text, &contact, &error);
    pgaii_py_blocking_end(blocking);
    result = take_contact(self, status, contact);
    return result ? result : pgaii_py_client_fail(self, &error);
}

static PyObject *create(PyObject *object, PyObject *dict)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    pgaii_py_blocking blocking;
    PyObject *result;
    pgai_status status;

    if (pgaii_py_read_fields(pgaii_py_state_of(object), dict, &fields) < 0)
        return NULL;
    error.response = &last;
    blocking = pgaii_py_blocking_begin(self);
    status = pgai_contacts_create(self->client, &fields, &contact, &error);
    pgaii_py_blocking_end(blocking);
    result = take_contact(self, status, contact);
    if (!result && status == PGAI_OK)
        pgaii_py_lose(&error, pgaii_py_created);
    return result ? result : pgaii_py_client_fail(self, &error);
}

static PyObject *request(PyObject *object, PyObject *args)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgaii_py_state *state = pgaii_py_state_of(object);
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_response *response = NULL;
    PyObject *result = NULL;
    pgaii_py_request given;
    pgaii_py_blocking blocking;
    pgai_status status;

    if (pgaii_py_request_read(state, args, &given) == 0) {
        error.response = &last;
        blocking = pgaii_py_blocking_begin(self);
        status = pgai_contacts_request(self->client, &given.options, &response, &error);
        pgaii_py_blocking_end(blocking);
        if (is_good(status))
            result = pgaii_py_response(state, response);
        if (!result && status == PGAI_OK)
            pgaii_py_lose(&error, pgaii_py_request_done(&given));
        if (!result)
            pgaii_py_client_fail(self, &error);
        pgai_response_free(response);
    }
    pgaii_py_request_clear(&given);
    return result;
}

/* No room for a number of parts that is refused. */
static pgai_part *make_room(int64_t parts)
{
    bool accepted = parts >= 1 && parts <= PGAI_MAX_PARTS;

    return PyMem_Calloc(accepted ? (size_t)parts : 1, sizeof(pgai_part));
}

static PyObject *list_parts(const pgai_part *parts, size_t count)
{
    PyObject *list = PyList_New(0);

    for (size_t i = 0; list && i < count; i++) {
        if (pgaii_py_part_append(list, &parts[i]) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *plan(PyObject *object, PyObject *args)
{
    pgaii_py_client *self = (pgaii_py_client *)object;
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    PyObject *result = NULL;
    pgaii_py_blocking blocking;
    int64_t parts, limit;
    pgai_status status;
    size_t count;
    pgai_part *out;

    if (pgaii_py_read_plan(pgaii_py_state_of(object), args, &parts, &limit) < 0)
        return NULL;
    out = make_room(parts);
    if (!out)
        return PyErr_NoMemory();
    error.response = &last;
    blocking = pgaii_py_blocking_begin(self);
    status = pgai_contacts_plan(self->client, parts, limit, out, &count, &error);
    pgaii_py_blocking_end(blocking);
    if (is_good(status))
        result = list_parts(out, count);
    else
        pgaii_py_client_fail(self, &error);
    PyMem_Free(out);
    return result;
}

PyObject *pgaii_py_client_rate_limit(pgaii_py_client *self)
{
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    pgai_error error = PGAI_ERROR_INIT;

    if (pgai_client_rate_limit(self->client, &limit, &error) != PGAI_OK)
        return pgaii_py_client_fail(self, &error);
    return pgaii_py_rate_limit(pgaii_py_state_of((PyObject *)self), &limit);
}

static PyObject *new_engine(PyObject *object, PyObject *unused)
{
    (void)unused;
    return pgaii_py_engine_new((pgaii_py_client *)object);
}

static PyMethodDef methods[] = {
    {"list", list, METH_VARARGS, NULL},
    {"get", get, METH_O, NULL},
    {"create", create, METH_O, NULL},
    {"request", request, METH_VARARGS, NULL},
    {"plan", plan, METH_VARARGS, NULL},
    {"pages", pgaii_py_pages_new, METH_VARARGS, NULL},
    {"each", pgaii_py_each_new, METH_VARARGS, NULL},
    {"get_many", pgaii_py_get_many_new, METH_VARARGS, NULL},
    {"list_call", pgaii_py_call_list, METH_VARARGS, NULL},
    {"get_call", pgaii_py_call_get, METH_O, NULL},
    {"create_call", pgaii_py_call_create, METH_O, NULL},
    {"request_call", pgaii_py_call_request, METH_VARARGS, NULL},
    {"plan_call", pgaii_py_call_plan, METH_VARARGS, NULL},
    {"pages_steps", pgaii_py_pages_steps, METH_VARARGS, NULL},
    {"each_steps", pgaii_py_each_steps, METH_VARARGS, NULL},
    {"get_many_steps", pgaii_py_get_many_steps, METH_VARARGS, NULL},
    {"engine", new_engine, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, client_dealloc},
    {Py_tp_traverse, client_traverse},
    {Py_tp_clear, client_clear},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)"What the calls of a key go to."},
    {0, NULL},
};

PyType_Spec pgaii_py_client_spec = {
    .name = "pgai._pgai.Client",
    .basicsize = sizeof(pgaii_py_client),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};
