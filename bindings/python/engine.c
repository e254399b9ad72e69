/* The type pgai._pgai.Engine. */
#include "engine.h"

#include "errors.h"

typedef struct engine {
    PyObject_HEAD
    pgai_engine *engine;
    PyObject *driven; /* dict: the Call of each pgai_call, by its address */
    PyObject *over;   /* list: what work() returns; kept where memory ran out */
    pgai_call *told;  /* is over, but not in that list yet */
    bool listens;     /* somebody is told what happens in a call */
    bool busy;        /* a thread is inside, without the GIL */
} engine;

static engine *engine_of(PyObject *object)
{
    return (engine *)object;
}

PyObject *pgaii_py_engine_new(pgaii_py_client *client)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)client);
    pgai_error error = PGAI_ERROR_INIT;
    engine *self = PyObject_New(engine, state->engine_type);

    if (!self)
        return NULL;
    self->engine = NULL;
    self->over = NULL;
    self->told = NULL;
    self->listens = false;
    self->busy = false;
    self->driven = PyDict_New();
    if (self->driven && pgai_client_engine(client->client, &self->engine, &error))
        pgaii_py_client_fail(client, &error);
    if (!self->engine)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void engine_dealloc(PyObject *object)
{
    engine *self = engine_of(object);

    pgai_engine_free(self->engine);
    Py_XDECREF(self->over);
    Py_XDECREF(self->driven);
    pgaii_py_free(object);
}

/* The core's engine is for one thread at a time, and the GIL is free while it works. */
static bool enter(engine *self)
{
    if (self->busy) {
        pgaii_py_usage(pgaii_py_state_of((PyObject *)self),
                       "two threads use this client at once: make one for each event "
                       "loop");
        return false;
    }
    self->busy = true;
    return true;
}

bool pgaii_py_engine_check(pgaii_py_state *state, PyObject *object)
{
    if (Py_TYPE(object) == state->engine_type)
        return true;
    PyErr_SetString(PyExc_TypeError, "an Engine is needed");
    return false;
}

PyObject *pgaii_py_engine_find(PyObject *object, const pgai_call *call)
{
    PyObject *key = PyLong_FromVoidPtr((void *)call);
    PyObject *found =
        key ? PyDict_GetItemWithError(engine_of(object)->driven, key) : NULL;

    Py_XDECREF(key);
    return found;
}

/* Takes the Call out of those that are driven; NULL with an exception set. */
static PyObject *forget(engine *self, pgai_call *call)
{
    PyObject *key = PyLong_FromVoidPtr(call);
    PyObject *found = key ? PyDict_GetItemWithError(self->driven, key) : NULL;

    Py_XINCREF(found);
    if (found && PyDict_DelItem(self->driven, key) < 0)
        Py_CLEAR(found);
    Py_XDECREF(key);
    return found;
}

static int keep(engine *self, pgaii_py_call *call)
{
    PyObject *key = PyLong_FromVoidPtr(call->call);
    int result = key ? PyDict_SetItem(self->driven, key, (PyObject *)call) : -1;

    Py_XDECREF(key);
    return result;
}

int pgaii_py_engine_start(PyObject *object, PyObject *started)
{
    engine *self = engine_of(object);
    pgaii_py_call *call = (pgaii_py_call *)started;
    pgai_error error = PGAI_ERROR_INIT;
    PyThreadState *thread;
    pgai_status status;

    if (!enter(self))
        return -1;
    if (keep(self, call) < 0) {
        self->busy = false;
        return -1;
    }
    thread = PyEval_SaveThread();
    status = pgai_engine_start(self->engine, call->call, &error);
    PyEval_RestoreThread(thread);
    self->busy = false;
    self->listens = self->listens || call->listens;
    if (status == PGAI_OK)
        return pgaii_py_call_tell(call);
    Py_XDECREF(forget(self, call->call));
    pgaii_py_client_fail(call->client, &error);
    return -1;
}

static bool check_call(PyObject *object, PyObject *call)
{
    if (Py_TYPE(call) == pgaii_py_state_of(object)->call_type)
        return true;
    PyErr_SetString(PyExc_TypeError, "a Call is needed");
    return false;
}

/* start(call) */
static PyObject *engine_start(PyObject *object, PyObject *call)
{
    if (!check_call(object, call) || pgaii_py_engine_start(object, call) < 0)
        return NULL;
    return Py_NewRef(Py_None);
}

/* Move a call from those that are driven to those that are over.
 *
 * @return 0; -1 with an exception set, and nothing was moved. */
static int move(engine *self, pgai_call *call)
{
    PyObject *key = PyLong_FromVoidPtr(call);
    PyObject *found = key ? PyDict_GetItemWithError(self->driven, key) : NULL;
    int result = PyErr_Occurred() ? -1 : 0;

    if (found)
        result = PyList_Append(self->over, found);
    if (found && result == 0)
        result = PyDict_DelItem(self->driven, key);
    Py_XDECREF(key);
    return result;
}

/* @return 0; -1 with an exception set: the rest comes the next time. */
static int gather(engine *self)
{
    if (!self->over)
        self->over = PyList_New(0);
    while (self->over) {
        if (!self->told)
            self->told = pgai_engine_next(self->engine);
        if (!self->told)
            return 0;
        if (move(self, self->told) < 0)
            return -1;
        self->told = NULL;
    }
    return -1;
}

/* What is over, and could not be returned, must not wait for something else to come. */
static PyObject *all_over(engine *self)
{
    PyObject *over;

    if (gather(self) < 0) {
        pgai_engine_wake(self->engine);
        return NULL;
    }
    over = self->over;
    self->over = NULL;
    return over;
}

/* Whoever is told may start calls, and cancel them. */
static int tell_all(engine *self)
{
    PyObject *calls = self->listens ? PyDict_Values(self->driven) : NULL;
    Py_ssize_t count = calls ? PyList_Size(calls) : 0;
    int result = self->listens && !calls ? -1 : 0;

    for (Py_ssize_t i = 0; result == 0 && i < count; i++)
        result = pgaii_py_call_tell((pgaii_py_call *)PyList_GetItem(calls, i));
    Py_XDECREF(calls);
    return result;
}

/* work(): do what can be done without waiting. A list of the calls that are over. */
static PyObject *engine_work(PyObject *object, PyObject *unused)
{
    engine *self = engine_of(object);
    PyThreadState *thread;

    (void)unused;
    if (!enter(self))
        return NULL;
    thread = PyEval_SaveThread();
    pgai_engine_work(self->engine);
    PyEval_RestoreThread(thread);
    self->busy = false;
    if (tell_all(self) < 0) {
        pgai_engine_wake(self->engine);
        return NULL;
    }
    return all_over(self);
}

/* cancel(call): it is over then, and work() does not return it. */
static PyObject *engine_cancel(PyObject *object, PyObject *given)
{
    engine *self = engine_of(object);
    pgaii_py_call *call = (pgaii_py_call *)given;
    PyThreadState *thread;

    if (!check_call(object, given) || !enter(self))
        return NULL;
    thread = PyEval_SaveThread();
    pgai_engine_cancel(self->engine, call->call);
    PyEval_RestoreThread(thread);
    Py_XDECREF(forget(self, call->call));
    self->busy = false;
    if (PyErr_Occurred() || pgaii_py_call_tell(call) < 0)
        return NULL;
    return Py_NewRef(Py_None);
}

/* wake(): make the descriptor readable. Any thread. */
static PyObject *engine_wake(PyObject *object, PyObject *unused)
{
    (void)unused;
    pgai_engine_wake(engine_of(object)->engine);
    return Py_NewRef(Py_None);
}

/* fileno(): the descriptor, which is readable when there is work. */
static PyObject *engine_fileno(PyObject *object, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(pgai_engine_fd(engine_of(object)->engine));
}

static PyMethodDef methods[] = {
    {"start", engine_start, METH_O, NULL},
    {"work", engine_work, METH_NOARGS, NULL},
    {"cancel", engine_cancel, METH_O, NULL},
    {"wake", engine_wake, METH_NOARGS, NULL},
    {"fileno", engine_fileno, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, engine_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)"What drives calls in an event loop."},
    {0, NULL},
};

PyType_Spec pgaii_py_engine_spec = {
    .name = "pgai._pgai.Engine",
    .basicsize = sizeof(engine),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
