/* The types pgai.PageIterator, pgai.ContactIterator and pgai.GetManyIterator. */
#include "iterators.h"

#include "arrow.h"
#include "records.h"
#include "walk.h"

typedef struct iterator {
    PyObject_HEAD
    pgaii_py_walk walk;
} iterator;

static pgaii_py_walk *walk_of(PyObject *object)
{
    return &((iterator *)object)->walk;
}

static PyObject *new_iterator(PyTypeObject *type, pgaii_py_walk_kind kind,
                              PyObject *client, PyObject *arguments)
{
    iterator *self = PyObject_GC_New(iterator, type);

    if (self && pgaii_py_walk_init(&self->walk, kind, false, client, arguments) < 0) {
        pgaii_py_free_tracked((PyObject *)self);
        return NULL;
    }
    if (self)
        PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

PyObject *pgaii_py_pages_new(PyObject *client, PyObject *arguments)
{
    return new_iterator(pgaii_py_state_of(client)->pages_type, PGAII_PY_PAGES, client,
                        arguments);
}

PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments)
{
    return new_iterator(pgaii_py_state_of(client)->each_type, PGAII_PY_EACH, client,
                        arguments);
}

PyObject *pgaii_py_get_many_new(PyObject *client, PyObject *arguments)
{
    return new_iterator(pgaii_py_state_of(client)->get_many_type, PGAII_PY_GET_MANY,
                        client, arguments);
}

/* Its client has an observer, which may refer to anything. */
static int iterator_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT((PyObject *)walk_of(object)->client);
    return 0;
}

static void iterator_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    pgaii_py_walk_clear(walk_of(object));
    pgaii_py_free_tracked(object);
}

static PyObject *next_item(PyObject *object)
{
    pgaii_py_walk *walk = walk_of(object);

    return pgaii_py_walk_next(walk) > 0 ? pgaii_py_walk_take(walk) : NULL;
}

static PyObject *length_hint(PyObject *object, PyObject *unused)
{
    int64_t left = pgaii_py_walk_left(walk_of(object));

    (void)unused;
    return left < 0 ? Py_NewRef(Py_NotImplemented) : PyLong_FromLongLong(left);
}

static PyObject *arrow_stream(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    return pgaii_py_arrow_walk(object, walk_of(object), arguments, keywords);
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

static const char stream_doc[] =
    "__arrow_c_stream__($self, requested_schema=None)\n--\n\n"
    "Return what the walk has not returned yet as a stream of Arrow, once.\n\n"
    "The stream fetches when it is asked. Its batches are the pages of pages(), and\n"
    "otherwise about 8,192 contacts. The contacts that came before a failure are a "
    "batch;\n"
    "the error of the next one tells the cursor. Ids that the service does not have "
    "have\n"
    "no row.";

static PyMethodDef methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, NULL},
    {"__arrow_c_schema__", pgaii_py_arrow_schema, METH_NOARGS, PGAII_PY_ARROW_SCHEMA_DOC},
    {"__arrow_c_stream__", (PyCFunction)(void (*)(void))arrow_stream,
     METH_VARARGS | METH_KEYWORDS, stream_doc},
    {NULL, NULL, 0, NULL},
};

#define STATS                                                                            \
    {                                                                                    \
        "stats", get_stats, NULL, "what the walk did so far, a WalkStats", NULL          \
    }

static PyGetSetDef attributes[] = {
    {"cursor", get_cursor, NULL, "where to go on after what was returned, as text", NULL},
    STATS,
    {NULL, NULL, NULL, NULL, NULL},
};

static PyGetSetDef get_many_attributes[] = {
    STATS,
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot page_slots[] = {
    {Py_tp_dealloc, iterator_dealloc},
    {Py_tp_traverse, iterator_traverse},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_item},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)"An iterator over all pages, made by Contacts.pages()."},
    {0, NULL},
};

static PyType_Slot contact_slots[] = {
    {Py_tp_dealloc, iterator_dealloc},
    {Py_tp_traverse, iterator_traverse},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_item},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)"An iterator over all contacts, made by Contacts.each()."},
    {0, NULL},
};

static PyType_Slot get_many_slots[] = {
    {Py_tp_dealloc, iterator_dealloc},
    {Py_tp_traverse, iterator_traverse},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, next_item},
    {Py_tp_methods, methods},
    {Py_tp_getset, get_many_attributes},
    {Py_tp_doc,
     (void *)"An iterator over contacts of given ids, made by Contacts.get_many()."},
    {0, NULL},
};

enum {
    FLAGS = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE |
            Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC
};

PyType_Spec pgaii_py_pages_spec = {
    .name = "pgai.PageIterator",
    .basicsize = sizeof(iterator),
    .flags = FLAGS,
    .slots = page_slots,
};

PyType_Spec pgaii_py_each_spec = {
    .name = "pgai.ContactIterator",
    .basicsize = sizeof(iterator),
    .flags = FLAGS,
    .slots = contact_slots,
};

PyType_Spec pgaii_py_get_many_spec = {
    .name = "pgai.GetManyIterator",
    .basicsize = sizeof(iterator),
    .flags = FLAGS,
    .slots = get_many_slots,
};
