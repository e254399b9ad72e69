/* The type pgai._pgai.Steps. */
#include "steps.h"

#include "calls.h"
#include "engine.h"
#include "errors.h"
#include "records.h"
#include "walk.h"

typedef struct steps {
    PyObject_HEAD
    pgaii_py_walk walk;
} steps;

static pgaii_py_walk *walk_of(PyObject *object)
{
    return &((steps *)object)->walk;
}

static PyObject *new_steps(pgaii_py_walk_kind kind, PyObject *client, PyObject *arguments)
{
    steps *self = PyObject_New(steps, pgaii_py_state_of(client)->steps_type);

    if (self && pgaii_py_walk_init(&self->walk, kind, true, client, arguments) < 0) {
        pgaii_py_free((PyObject *)self);
        return NULL;
    }
    return (PyObject *)self;
}

PyObject *pgaii_py_pages_steps(PyObject *client, PyObject *arguments)
{
    return new_steps(PGAII_PY_PAGES, client, arguments);
}

PyObject *pgaii_py_each_steps(PyObject *client, PyObject *arguments)
{
    return new_steps(PGAII_PY_EACH, client, arguments);
}

PyObject *pgaii_py_get_many_steps(PyObject *client, PyObject *arguments)
{
    return new_steps(PGAII_PY_GET_MANY, client, arguments);
}

static void steps_dealloc(PyObject *object)
{
    pgaii_py_walk_clear(walk_of(object));
    pgaii_py_free(object);
}

/* The object itself: the calls must be driven first. An exception: StopAsyncIteration at
 * the end. */
static PyObject *nothing_yet(PyObject *object, int step)
{
    if (step == 2)
        return Py_NewRef(object);
    if (step == 0)
        PyErr_SetNone(PyExc_StopAsyncIteration);
    return NULL;
}

/* next(): a Page, a Contact, or None, as iterators return; or as above. */
static PyObject *steps_next(PyObject *object, PyObject *unused)
{
    pgaii_py_walk *walk = walk_of(object);
    int step = -1;

    (void)unused;
    if (walk->batch)
        pgaii_py_usage(pgaii_py_state_of(object),
                       "this walk was stopped in the middle of a batch: go on with its "
                       "batches(), or begin another walk from its cursor");
    else
        step = pgaii_py_walk_step(walk);
    return step == 1 ? pgaii_py_walk_take(walk) : nothing_yet(object, step);
}

/* batch(): a RecordBatch; or as above. */
static PyObject *steps_batch(PyObject *object, PyObject *unused)
{
    PyObject *batch = NULL;
    int step = pgaii_py_walk_gather(walk_of(object), &batch);

    (void)unused;
    return step == 1 ? batch : nothing_yet(object, step);
}

/* What one of the calls waits for may have changed, if it is driven already; such as that
 * its page has its turn. */
static int start_one(PyObject *object, PyObject *engine, pgai_call *call, PyObject *list)
{
    PyObject *known = pgaii_py_engine_find(engine, call);
    PyObject *started;
    int result;

    if (known || PyErr_Occurred())
        return known ? pgaii_py_engine_start(engine, known) : -1;
    started = pgaii_py_call_of_walk(walk_of(object)->client, object, call);
    result = started ? PyList_Append(list, started) : -1;
    if (result == 0)
        result = pgaii_py_engine_start(engine, started);
    Py_XDECREF(started);
    return result;
}

/* start(engine): start the calls that are not over. A list of those that are new. */
static PyObject *steps_start(PyObject *object, PyObject *engine)
{
    pgaii_py_walk *walk = walk_of(object);
    PyObject *list;
    pgai_call *call;

    if (!pgaii_py_engine_check(pgaii_py_state_of(object), engine))
        return NULL;
    list = PyList_New(0);
    for (size_t i = 0; list && (call = pgai_walk_call(walk->steps, i)); i++) {
        if (start_one(object, engine, call, list) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *get_cursor(PyObject *object, void *closure)
{
    (void)closure;
    return pgaii_py_walk_cursor(walk_of(object));
}

static PyObject *get_stats(PyObject *object, void *closure)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(walk_of(object));

    (void)closure;
    return pgaii_py_stats(pgaii_py_state_of(object), &stats);
}

/* Whether next() returns something of the page that has come. */
static PyObject *get_ready(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(pgaii_py_walk_waiting(walk_of(object)) > 0);
}

static PyMethodDef methods[] = {
    {"next", steps_next, METH_NOARGS, NULL},
    {"batch", steps_batch, METH_NOARGS, NULL},
    {"start", steps_start, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"cursor", get_cursor, NULL, NULL, NULL},
    {"stats", get_stats, NULL, NULL, NULL},
    {"ready", get_ready, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, steps_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)"A walk whose calls an engine drives."},
    {0, NULL},
};

PyType_Spec pgaii_py_steps_spec = {
    .name = "pgai._pgai.Steps",
    .basicsize = sizeof(steps),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
