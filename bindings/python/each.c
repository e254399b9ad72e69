#include "each.h"

#include "contact.h"
#include "records.h"
#include "walk.h"

typedef struct each {
    PyObject_HEAD
    pgaii_py_walk walk;
    pgai_page *page; /* the page that is being handed out, or NULL */
    size_t used;     /* how many of its contacts have been */
} each;

PyObject *pgaii_py_each_new(PyObject *client, PyObject *arguments)
{
    each *self = PyObject_New(each, pgaii_py_state_of(client)->each_type);

    if (self && pgaii_py_walk_init(&self->walk, client, arguments) < 0) {
        pgaii_py_free((PyObject *)self);
        return NULL;
    }
    if (self) {
        self->page = NULL;
        self->used = 0;
    }
    return (PyObject *)self;
}

static void each_dealloc(PyObject *object)
{
    each *self = (each *)object;

    pgai_page_free(self->page);
    pgaii_py_walk_clear(&self->walk);
    pgaii_py_free(object);
}

static PyObject *each_iter(PyObject *object)
{
    return Py_NewRef(object);
}

/* The same answers as pgaii_py_walk_next(). The page before stays until the next one has
 * come, as the cursor counts its contacts. */
static int turn_page(each *self)
{
    pgai_page *page;
    int result = pgaii_py_walk_next(&self->walk, &page);

    if (result == 1) {
        pgai_page_free(self->page);
        self->page = page;
        self->used = 0;
    }
    return result;
}

static PyObject *each_next(PyObject *object)
{
    each *self = (each *)object;
    PyObject *contact;

    if (self->used == (self->page ? pgai_page_count(self->page) : 0) &&
        turn_page(self) <= 0)
        return NULL;
    contact = pgaii_py_contact(pgaii_py_state_of(object),
                               pgai_page_contact(self->page, self->used));
    if (contact)
        self->used++;
    return contact;
}

/* Contacts of the present page that are still to come. */
static int64_t waiting(const each *self)
{
    return self->page ? (int64_t)(pgai_page_count(self->page) - self->used) : 0;
}

/* The walk counts whole pages as handed out; here it is contacts. */
static pgai_walk_stats stats_of(each *self)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(&self->walk);

    stats.contacts -= waiting(self);
    return stats;
}

static PyObject *length_hint(PyObject *object, PyObject *unused)
{
    pgai_walk_stats stats = stats_of((each *)object);

    (void)unused;
    if (stats.total < 0)
        return Py_NewRef(Py_NotImplemented);
    return PyLong_FromLongLong(stats.total > stats.contacts ? stats.total - stats.contacts
                                                            : 0);
}

static PyObject *get_cursor(PyObject *object, void *closure)
{
    each *self = (each *)object;

    (void)closure;
    return pgaii_py_walk_cursor(&self->walk, self->used);
}

static PyObject *get_stats(PyObject *object, void *closure)
{
    pgai_walk_stats stats = stats_of((each *)object);

    (void)closure;
    return pgaii_py_stats(pgaii_py_state_of(object), &stats);
}

static PyMethodDef methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"cursor", get_cursor, NULL, "where to go on after the contacts handed out, as text",
     NULL},
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
