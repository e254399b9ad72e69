/* The module pgai._sandbox: one type, Sandbox, a thin handle on a pgai_sandbox.
 * pgai.testing has the convenient functions. */
#include <Python.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <pgai/sandbox.h>

typedef struct sandbox_object {
    PyObject_HEAD
    pgai_sandbox *sandbox; /* NULL: stopped */
    pthread_mutex_t lock;  /* taken only without the GIL, so that the two cannot cross */
    pid_t owner;           /* the sandbox's thread lives in this process only */
    char url[64];          /* a copy, so that it can be read while another thread stops */
    const char *key;       /* static */
} sandbox_object;

/* What is done to a sandbox that runs, without the GIL. */
typedef struct sandbox_task {
    pgai_status (*run)(struct sandbox_task *task, pgai_sandbox *sandbox);
    const char *rules;
    int64_t ms;
    char *log;
    pgai_error error;
} sandbox_task;

static PyObject *raise(const pgai_error *error)
{
    switch (error->status) {
    case PGAI_NO_MEMORY:
        return PyErr_NoMemory();
    case PGAI_CONNECT:
        PyErr_SetString(PyExc_OSError, error->message);
        return NULL;
    default:
        PyErr_SetString(PyExc_ValueError, error->message);
        return NULL;
    }
}

/* Returns whether it was done; else an exception is set. */
static bool perform(sandbox_object *self, sandbox_task *task)
{
    bool running = false;

    if (self->owner == getpid()) {
        Py_BEGIN_ALLOW_THREADS pthread_mutex_lock(&self->lock);
        running = self->sandbox != NULL;
        if (running)
            task->error.status = task->run(task, self->sandbox);
        pthread_mutex_unlock(&self->lock);
        Py_END_ALLOW_THREADS
    }
    if (!running)
        PyErr_SetString(PyExc_ValueError, "the sandbox does not run in this process");
    else if (task->error.status != PGAI_OK)
        raise(&task->error);
    return running && task->error.status == PGAI_OK;
}

static pgai_status run_fault(sandbox_task *task, pgai_sandbox *sandbox)
{
    return pgai_sandbox_fault(sandbox, task->rules, &task->error);
}

static pgai_status run_log(sandbox_task *task, pgai_sandbox *sandbox)
{
    return pgai_sandbox_log(sandbox, &task->log, &task->error);
}

static pgai_status run_reset(sandbox_task *task, pgai_sandbox *sandbox)
{
    return pgai_sandbox_reset(sandbox, &task->error);
}

static pgai_status run_advance(sandbox_task *task, pgai_sandbox *sandbox)
{
    pgai_sandbox_advance(sandbox, task->ms);
    return PGAI_OK;
}

static PyObject *sandbox_fault(sandbox_object *self, PyObject *rules)
{
    sandbox_task task = {.run = run_fault, .error = PGAI_ERROR_INIT};

    if (!PyUnicode_Check(rules)) {
        PyErr_SetString(PyExc_TypeError, "rules must be a str");
        return NULL;
    }
    task.rules = PyUnicode_AsUTF8AndSize(rules, NULL);
    if (!task.rules || !perform(self, &task))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sandbox_log(sandbox_object *self, PyObject *unused)
{
    sandbox_task task = {.run = run_log, .error = PGAI_ERROR_INIT};
    PyObject *text;

    (void)unused;
    if (!perform(self, &task))
        return NULL;
    text = PyUnicode_FromString(task.log);
    free(task.log);
    return text;
}

static PyObject *sandbox_reset(sandbox_object *self, PyObject *unused)
{
    sandbox_task task = {.run = run_reset, .error = PGAI_ERROR_INIT};

    (void)unused;
    if (!perform(self, &task))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sandbox_advance(sandbox_object *self, PyObject *milliseconds)
{
    sandbox_task task = {.run = run_advance, .error = PGAI_ERROR_INIT};

    task.ms = PyLong_AsLongLong(milliseconds);
    if (task.ms < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(
                PyExc_ValueError,
                "a clock only goes forward: milliseconds must not be negative");
        return NULL;
    }
    if (!perform(self, &task))
        return NULL;
    Py_RETURN_NONE;
}

/* A forked child does not have the thread, and the parent still uses the rest: the child
 * does not touch it. */
static void stop(sandbox_object *self)
{
    pgai_sandbox *sandbox;

    if (self->owner != getpid())
        return;
    Py_BEGIN_ALLOW_THREADS pthread_mutex_lock(&self->lock);
    sandbox = self->sandbox;
    self->sandbox = NULL;
    pthread_mutex_unlock(&self->lock);
    pgai_sandbox_stop(sandbox);
    Py_END_ALLOW_THREADS
}

static PyObject *sandbox_stop(sandbox_object *self, PyObject *unused)
{
    (void)unused;
    stop(self);
    Py_RETURN_NONE;
}

/* Returns whether it started; else an exception is set. */
static bool start(const pgai_sandbox_options *options, pgai_sandbox **out)
{
    pgai_error error = PGAI_ERROR_INIT;

    Py_BEGIN_ALLOW_THREADS error.status = pgai_sandbox_start(options, out, &error);
    Py_END_ALLOW_THREADS if (error.status != PGAI_OK) raise(&error);
    return error.status == PGAI_OK;
}

static bool read_options(PyObject *args, PyObject *kwargs, pgai_sandbox_options *options)
{
    static const char *const names[] = {"contacts",  "seed",       "faults",
                                        "limiter",   "rate_limit", "page_limit",
                                        "max_limit", NULL};
    long long contacts = options->contacts;
    long long seed = 1;
    long long rate_limit = 0;
    long long page_limit = 0;
    long long max_limit = 0;

    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "|$LLzzLLL:Sandbox", (char **)names, &contacts, &seed,
            &options->faults, &options->limiter, &rate_limit, &page_limit, &max_limit))
        return false;
    options->contacts = contacts;
    options->seed = (uint64_t)seed;
    options->rate_limit = rate_limit;
    options->page_limit = page_limit;
    options->max_limit = max_limit;
    return true;
}

static PyObject *sandbox_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    pgai_sandbox *sandbox = NULL;
    sandbox_object *self;

    if (!read_options(args, kwargs, &options) || !start(&options, &sandbox))
        return NULL;
    self = (sandbox_object *)allocate(type, 0);
    if (!self) {
        pgai_sandbox_stop(sandbox);
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    self->sandbox = sandbox;
    self->owner = getpid();
    self->key = pgai_sandbox_key(sandbox);
    PyOS_snprintf(self->url, sizeof(self->url), "%s", pgai_sandbox_url(sandbox));
    return (PyObject *)self;
}

static void sandbox_dealloc(sandbox_object *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);

    stop(self);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyObject *get_url(sandbox_object *self, void *unused)
{
    (void)unused;
    return PyUnicode_FromString(self->url);
}

static PyObject *get_key(sandbox_object *self, void *unused)
{
    (void)unused;
    return PyUnicode_FromString(self->key);
}

static PyMethodDef sandbox_methods[] = {
    {"fault", (PyCFunction)sandbox_fault, METH_O, NULL},
    {"log", (PyCFunction)sandbox_log, METH_NOARGS, NULL},
    {"reset", (PyCFunction)sandbox_reset, METH_NOARGS, NULL},
    {"advance", (PyCFunction)sandbox_advance, METH_O, NULL},
    {"stop", (PyCFunction)sandbox_stop, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef sandbox_properties[] = {
    {"url", (getter)get_url, NULL, NULL, NULL},
    {"key", (getter)get_key, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot sandbox_slots[] = {
    {Py_tp_new, (void *)sandbox_new},
    {Py_tp_dealloc, (void *)sandbox_dealloc},
    {Py_tp_methods, sandbox_methods},
    {Py_tp_getset, sandbox_properties},
    {0, NULL},
};

static PyType_Spec sandbox_spec = {
    .name = "pgai._sandbox.Sandbox",
    .basicsize = sizeof(sandbox_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = sandbox_slots,
};

static int execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &sandbox_spec, NULL);
    int added = type ? PyModule_AddObjectRef(module, "Sandbox", type) : -1;

    Py_XDECREF(type);
    return added;
}

/* Slots that a Python does not know yet keep it from loading the module. They are not in
 * the headers of 3.11 either. */
enum { MULTIPLE_INTERPRETERS = 3, GIL = 4 };
#define PER_INTERPRETER_GIL ((void *)2)
#define GIL_NOT_USED ((void *)1)

static PyModuleDef_Slot slots_311[] = {{Py_mod_exec, (void *)execute}, {0, NULL}};
static PyModuleDef_Slot slots_312[] = {{Py_mod_exec, (void *)execute},
                                       {MULTIPLE_INTERPRETERS, PER_INTERPRETER_GIL},
                                       {0, NULL}};
static PyModuleDef_Slot slots_313[] = {{Py_mod_exec, (void *)execute},
                                       {MULTIPLE_INTERPRETERS, PER_INTERPRETER_GIL},
                                       {GIL, GIL_NOT_USED},
                                       {0, NULL}};

static PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "pgai._sandbox",
};

PyMODINIT_FUNC PyInit__sandbox(void);

PyMODINIT_FUNC PyInit__sandbox(void)
{
    module.m_slots = Py_Version >= 0x030D0000   ? slots_313
                     : Py_Version >= 0x030C0000 ? slots_312
                                                : slots_311;
    return PyModuleDef_Init(&module);
}
