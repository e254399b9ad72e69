/* A walk as a stream of Arrow. */
#include <errno.h>
#include <stdlib.h>

#include <pgai/client.h>

#include "arrow.h"
#include "errors.h"

typedef struct walk_stream {
    struct ArrowArrayStream pages; /* of the core: what the walk has not fetched yet */
    PyObject *owner;
    pgaii_py_walk *walk; /* a part of the owner */
    const char *text;    /* NULL: what the core says */
} walk_stream;

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    walk_stream *self = stream->private_data;

    return self->pages.get_schema(&self->pages, out);
}

static int raise_kept(void *exception)
{
    PyErr_SetObject((PyObject *)Py_TYPE((PyObject *)exception), exception);
    Py_DECREF((PyObject *)exception);
    return -1;
}

/* A consumer may know nothing of Python, and no error of a stream can hold an exception.
 * So that of a signal handler is raised as soon as the main thread is in Python again.
 */
static void raise_later(void)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback)
        PyException_SetTraceback(value, traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    if (Py_AddPendingCall(raise_kept, value) < 0)
        Py_DECREF(value);
}

/* Consumers call from any thread, with the GIL or without it. */
static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    walk_stream *self = stream->private_data;
    PyGILState_STATE gil = PyGILState_Ensure();
    int failed = pgaii_py_walk_batch(self->walk, &self->pages, out);

    if (PyErr_Occurred())
        raise_later();
    PyGILState_Release(gil);
    self->text = failed == EBUSY ? "another thread is using this iterator" : NULL;
    return failed;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    walk_stream *self = stream->private_data;

    return self->text ? self->text : self->pages.get_last_error(&self->pages);
}

/* When Python has ended, its objects stay where they are. */
static void release(struct ArrowArrayStream *stream)
{
    walk_stream *self = stream->private_data;

    self->pages.release(&self->pages);
    if (Py_IsInitialized()) {
        PyGILState_STATE gil = PyGILState_Ensure();

        Py_DECREF(self->owner);
        PyGILState_Release(gil);
    }
    free(self);
    stream->release = NULL;
}

/* PyGILState_Ensure() knows the main interpreter only. */
static int check(const pgaii_py_walk *walk)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)walk->client);

    if (walk->exported)
        return pgaii_py_usage(state, "this walk is read by Arrow already, and can be "
                                     "read only once: make another one");
    if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0)
        return pgaii_py_usage(state, "Arrow reads walks in the main interpreter only: "
                                     "give it pages");
    return 0;
}

PyObject *pgaii_py_arrow_walk(PyObject *owner, pgaii_py_walk *walk, PyObject *arguments,
                              PyObject *keywords)
{
    struct ArrowArrayStream stream = {get_schema, get_next, get_last_error, release,
                                      NULL};
    pgai_error error = PGAI_ERROR_INIT;
    walk_stream *self;

    if (pgaii_py_arrow_arguments(arguments, keywords, "|O:__arrow_c_stream__") < 0 ||
        check(walk) < 0)
        return NULL;
    self = calloc(1, sizeof(*self));
    if (!self)
        return PyErr_NoMemory();
    if (pgai_pager_arrow(walk->pager, walk->kind == PGAII_PY_PAGES, &self->pages,
                         &error)) {
        free(self);
        return pgaii_py_raise(pgaii_py_state_of(owner), &error, NULL);
    }
    self->owner = Py_NewRef(owner);
    self->walk = walk;
    stream.private_data = self;
    owner = pgaii_py_arrow_capsule(&stream);
    walk->exported = owner != NULL;
    return owner;
}
