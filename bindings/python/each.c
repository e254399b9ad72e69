/* The type pgai.ContactIterator. */
#include "each.h"

#include "contact.h"
#include "records.h"
#include "walk.h"

typedef struct each {
    PyObject_HEAD
    pgaii_py_walk walk;
} each;

PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments)
{
    each *self = PyObject_New(each, pgaii_py_state_of(client)->each_type);

    if (self && pgaii_py_walk_init(&self->walk, client, arguments) < 0) {
        pgaii_py_free((PyObject *)self);
        return NULL;
    }
    return (PyObject *)self;
}

static void each_dealloc(PyObject *object)
{
    pgaii_py_walk_clear(&((each *)object)->walk);
    pgaii_py_free(object);
}

static PyObject *each_iter(PyObject *object)
{
    return Py_NewRef(object);
}

static PyObject *each_next(PyObject *object)
{
    pgaii_py_walk *walk = &((each *)object)->walk;
    PyObject *contact;

    if (pgaii_py_walk_next(walk) <= 0)
        return NULL;
    contact = pgaii_py_contact(pgaii_py_state_of(object),
                               pgai_page_contact(walk->page, walk->used));
    if (contact)
        walk->used++;
    return contact;
}

static PyObject *length_hint(PyObject *object, PyObject *unused)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(&((each *)object)->walk);
    int64_t left = pgaii_py_walk_left(&stats);

    (void)unused;
    return left < 0 ? Py_NewRef(Py_NotImplemented) : PyLong_FromLongLong(left);
}

static PyObject *get_cursor(PyObject *object, void *closure)
{
    (void)closure;
    return pgaii_py_walk_cursor(&((each *)object)->walk);
}

static PyObject *get_stats(PyObject *object, void *closure)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(&((each *)object)->walk);

    (void)closure;
    return pgaii_py_stats(pgaii_py_state_of(object), &stats);
}

static PyMethodDef methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"cursor", get_cursor, NULL,
     "where to continue after the contacts that were returned, as text", NULL},
    {"stats", get_stats, NULL, "what the walk did so far, a WalkStats", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, each_dealloc},
    {Py_tp_iter, each_iter},
    {Py_tp_iternext, each_next},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)"An iterator over all contacts, made by Contacts.each()."},
    {0, NULL},
};

PyType_Spec pgaii_py_each_spec = {
    .name = "pgai.ContactIterator",
    .basicsize = sizeof(each),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
