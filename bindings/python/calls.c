/* The type pgai._pgai.Call, and how the client makes them. */
#include "calls.h"

#include <stdbool.h>

#include <pgai/transport.h>

#include "arguments.h"
#include "contact.h"
#include "observer.h"
#include "page.h"
#include "records.h"
#include "request.h"
#include "response.h"

static pgaii_py_call *make(pgaii_py_client *client)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)client);
    pgaii_py_call *self = PyObject_New(pgaii_py_call, state->call_type);

    if (!self)
        return NULL;
    self->call = NULL;
    self->client = (pgaii_py_client *)Py_NewRef((PyObject *)client);
    self->walk = NULL;
    self->listens = false;
    self->done = NULL;
    return self;
}

static void call_dealloc(PyObject *object)
{
    pgaii_py_call *self = (pgaii_py_call *)object;

    if (!self->walk)
        pgai_call_free(self->call);
    Py_XDECREF(self->walk);
    Py_DECREF((PyObject *)self->client);
    pgaii_py_free(object);
}

/* Takes the object, which may be NULL with an exception set. */
static PyObject *
made_or_failed(pgaii_py_call *self, pgai_status status, pgai_error *error)
{
    if (!self || status == PGAI_OK)
        return (PyObject *)self;
    pgaii_py_client_fail(self->client, error);
    Py_DECREF((PyObject *)self);
    return NULL;
}

/* What a call is made with. */
typedef struct maker {
    pgaii_py_call *made;
    pgai_session *session;
    const pgai_call_options *options;
    pgai_error error;
    pgai_status status;
} maker;

static maker begin(PyObject *object)
{
    pgaii_py_client *client = (pgaii_py_client *)object;
    maker it = {.made = make(client), .error = PGAI_ERROR_INIT};

    it.options = pgai_client_call_options(client->client);
    it.status = pgai_client_session(client->client, &it.session, &it.error);
    if (!it.made)
        it.status = PGAI_NO_MEMORY;
    return it;
}

/* @return 0; -1 with an exception set. */
static int listen(pgaii_py_call *self)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)self);
    int least = pgaii_py_log_level(state);

    if (PyErr_Occurred())
        return -1;
    self->listens = self->client->on_event || least != PGAII_PY_NO_LEVEL ||
                    pgai_client_log(self->client->client, NULL);
    if (self->listens && !pgai_call_listen(self->call)) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

int pgaii_py_call_tell(pgaii_py_call *self)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)self);
    pgai_event event = PGAI_EVENT_INIT;
    int least;

    if (!self->listens)
        return 0;
    least = pgaii_py_log_level(state);
    while (!PyErr_Occurred() && pgai_call_event(self->call, &event)) {
        pgai_client_log(self->client->client, &event);
        pgaii_py_tell(state, self->client->on_event, least, &event);
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *end(maker *it)
{
    PyObject *made = made_or_failed(it->made, it->status, &it->error);

    if (made && listen(it->made) < 0)
        Py_CLEAR(made);
    return made;
}

PyObject *pgaii_py_call_list(PyObject *client, PyObject *args)
{
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    maker it;

    if (pgaii_py_read_list(pgaii_py_state_of(client), args, &options) < 0)
        return NULL;
    it = begin(client);
    if (it.status == PGAI_OK)
        it.status = pgai_call_new_list(it.session, &options, it.options, &it.made->call,
                                       &it.error);
    return end(&it);
}

PyObject *pgaii_py_call_get(PyObject *client, PyObject *id)
{
    const char *text = NULL;
    maker it;

    if (pgaii_py_read_id(pgaii_py_state_of(client), id, &text) < 0)
        return NULL;
    it = begin(client);
    if (it.status == PGAI_OK)
        it.status =
            pgai_call_new_get(it.session, text, it.options, &it.made->call, &it.error);
    return end(&it);
}

PyObject *pgaii_py_call_create(PyObject *client, PyObject *dict)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    maker it;

    if (pgaii_py_read_fields(pgaii_py_state_of(client), dict, &fields) < 0)
        return NULL;
    it = begin(client);
    if (it.status == PGAI_OK) {
        it.made->done = pgaii_py_created;
        it.status = pgai_call_new_create(it.session, &fields, it.options, &it.made->call,
                                         &it.error);
    }
    return end(&it);
}

PyObject *pgaii_py_call_request(PyObject *client, PyObject *args)
{
    PyObject *result = NULL;
    pgaii_py_request given;
    maker it;

    if (pgaii_py_request_read(pgaii_py_state_of(client), args, &given) == 0) {
        it = begin(client);
        if (it.status == PGAI_OK) {
            it.made->done = pgaii_py_request_done(&given);
            it.status = pgai_call_new_request(it.session, &given.options, it.options,
                                              &it.made->call, &it.error);
        }
        result = end(&it);
    }
    pgaii_py_request_clear(&given);
    return result;
}

PyObject *pgaii_py_call_plan(PyObject *client, PyObject *args)
{
    int64_t parts, limit;
    maker it;

    if (pgaii_py_read_plan(pgaii_py_state_of(client), args, &parts, &limit) < 0)
        return NULL;
    it = begin(client);
    if (it.status == PGAI_OK)
        it.status = pgai_call_new_plan(it.session, parts, limit, it.options,
                                       &it.made->call, &it.error);
    return end(&it);
}

PyObject *pgaii_py_call_of_walk(pgaii_py_client *client, PyObject *walk, pgai_call *call)
{
    pgaii_py_call *self = make(client);

    if (self) {
        self->call = call;
        self->walk = Py_NewRef(walk);
    }
    if (self && listen(self) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *fail(pgaii_py_call *self)
{
    pgai_response *last = pgai_call_take_response(self->call);
    pgai_error error = *pgai_call_error(self->call);

    error.response = &last;
    return pgaii_py_client_fail(self->client, &error);
}

static bool is_done(const pgaii_py_call *self)
{
    return pgai_call_next(self->call, pgai_transport_now_ms()) == PGAI_STEP_DONE;
}

/* The ranges of a plan. */
static PyObject *list_parts(const pgai_call *call)
{
    PyObject *list = PyList_New(0);
    pgai_part part;

    for (size_t i = 0; list && pgai_call_part(call, i, &part); i++) {
        if (pgaii_py_part_append(list, &part) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* NULL: an exception may be set. */
static PyObject *take(pgaii_py_call *self)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)self);
    pgai_page *page = pgai_call_take_page(self->call);
    pgai_contact *contact = pgai_call_take_contact(self->call);
    pgai_response *response = pgai_call_take_response(self->call);
    PyObject *result = NULL;
    pgai_part part;

    if (pgai_call_part(self->call, 0, &part))
        result = list_parts(self->call);
    else if (page)
        result = pgaii_py_page(state, &page);
    else if (contact)
        result = pgaii_py_contact(state, contact);
    else if (response)
        result = pgaii_py_response(state, response);
    pgai_page_free(page);
    pgai_contact_free(contact);
    pgai_response_free(response);
    return result;
}

/* result(): what a call that is over came to: a Page, Contact or Response, once, a list
 * of ranges, or an exception. */
static PyObject *call_result(PyObject *object, PyObject *unused)
{
    pgaii_py_call *self = (pgaii_py_call *)object;
    pgai_error error = PGAI_ERROR_INIT;
    PyObject *result;

    (void)unused;
    if (!is_done(self))
        return fail(self);
    result = take(self);
    if (result)
        return result;
    pgaii_py_lose(&error, self->done);
    return pgaii_py_client_fail(self->client, &error);
}

/* lose(): nobody waits for the result of a call that is over. OutcomeUnknownError: what
 * was asked may have been done. */
static PyObject *call_lose(PyObject *object, PyObject *unused)
{
    pgaii_py_call *self = (pgaii_py_call *)object;
    pgai_error error = PGAI_ERROR_INIT;

    (void)unused;
    if (is_done(self))
        pgaii_py_lose(&error, self->done);
    else if (pgai_call_error(self->call)->outcome_unknown)
        return fail(self);
    return error.outcome_unknown ? pgaii_py_client_fail(self->client, &error)
                                 : Py_NewRef(Py_None);
}

static PyMethodDef methods[] = {
    {"result", call_result, METH_NOARGS, NULL},
    {"lose", call_lose, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, call_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)"A call that an engine drives."},
    {0, NULL},
};

PyType_Spec pgaii_py_call_spec = {
    .name = "pgai._pgai.Call",
    .basicsize = sizeof(pgaii_py_call),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
