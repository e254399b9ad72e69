/* The type pgai.PageIterator. */
#include "pages.h"

#include "page.h"
#include "records.h"
#include "walk.h"

typedef struct pages {
    PyObject_HEAD
    pgaii_py_walk walk;
} pages;

PyObject *pgaii_py_pages_new(PyObject *client, PyObject *arguments)
{
    pages *self = PyObject_New(pages, pgaii_py_state_of(client)->pages_type);

    if (self && pgaii_py_walk_init(&self->walk, client, arguments) < 0) {
        pgaii_py_free((PyObject *)self);
        return NULL;
    }
    return (PyObject *)self;
}

static void pages_dealloc(PyObject *object)
{
    pgaii_py_walk_clear(&((pages *)object)->walk);
    pgaii_py_free(object);
}

static PyObject *pages_iter(PyObject *object)
{
    return Py_NewRef(object);
}

static PyObject *pages_next(PyObject *object)
{
    pgaii_py_walk *walk = &((pages *)object)->walk;
    PyObject *page;

    if (pgaii_py_walk_next(walk) <= 0)
        return NULL;
    page = pgaii_py_page(pgaii_py_state_of(object), walk->page);
    if (page)
        pgaii_py_walk_used(walk);
    return page;
}

/* The walk counts a page when it comes; here it is counted when it is returned. */
static pgai_walk_stats stats_of(pages *self)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(&self->walk);

    stats.pages -= self->walk.page != NULL;
    return stats;
}

/* How many pages are to come, if each holds as many contacts as those before. */
static PyObject *length_hint(PyObject *object, PyObject *unused)
{
    pgai_walk_stats stats = stats_of((pages *)object);
    int64_t left = pgaii_py_walk_left(&stats);

    (void)unused;
    if (left < 0 || stats.contacts == 0)
        return Py_NewRef(Py_NotImplemented);
    return PyLong_FromLongLong((left * stats.pages + stats.contacts - 1) /
                               stats.contacts);
}

static PyObject *get_cursor(PyObject *object, void *closure)
{
    (void)closure;
    return pgaii_py_walk_cursor(&((pages *)object)->walk);
}

static PyObject *get_stats(PyObject *object, void *closure)
{
    pgai_walk_stats stats = stats_of((pages *)object);

    (void)closure;
    return pgaii_py_stats(pgaii_py_state_of(object), &stats);
}

static PyMethodDef methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"cursor", get_cursor, NULL,
     "where to continue after the pages that were returned, as text", NULL},
    {"stats", get_stats, NULL, "what the walk did so far, a WalkStats", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, pages_dealloc},
    {Py_tp_iter, pages_iter},
    {Py_tp_iternext, pages_next},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)"An iterator over all pages, made by Contacts.pages()."},
    {0, NULL},
};

PyType_Spec pgaii_py_pages_spec = {
    .name = "pgai.PageIterator",
    .basicsize = sizeof(pages),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
