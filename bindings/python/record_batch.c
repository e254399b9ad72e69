/* The type pgai.RecordBatch. */
#include "record_batch.h"

#include "arrow.h"
#include "errors.h"

typedef struct batch {
    PyObject_HEAD
    const pgai_contact **contacts; /* of the pages */
    pgai_page **pages;
    size_t contact_count;
    size_t page_count;
    size_t bytes; /* of JSON */
} batch;

PyObject *pgaii_py_batch_new(pgaii_py_state *state)
{
    batch *self = PyObject_New(batch, state->batch_type);

    if (!self)
        return NULL;
    self->contacts = NULL;
    self->pages = NULL;
    self->contact_count = self->page_count = self->bytes = 0;
    return (PyObject *)self;
}

static void batch_dealloc(PyObject *object)
{
    batch *self = (batch *)object;

    for (size_t i = 0; i < self->page_count; i++)
        pgai_page_free(self->pages[i]);
    PyMem_Free(self->pages);
    PyMem_Free(self->contacts);
    pgaii_py_free(object);
}

/* Room for one page more, and its contacts. A batch has a few thousand at most. */
static int make_room(batch *self, size_t contacts)
{
    size_t count = self->contact_count + contacts;
    void *grown;

    grown = PyMem_Realloc(self->contacts, count * sizeof(*self->contacts));
    if (grown)
        self->contacts = grown;
    grown = grown
                ? PyMem_Realloc(self->pages, (self->page_count + 1) * sizeof(pgai_page *))
                : NULL;
    if (!grown) {
        PyErr_NoMemory();
        return -1;
    }
    self->pages = grown;
    return 0;
}

int pgaii_py_batch_add(PyObject *object, pgai_page *page, size_t first)
{
    batch *self = (batch *)object;
    size_t count = pgai_page_count(page);

    if (count == first) {
        pgai_page_free(page); /* of an id that the service does not have */
        return 0;
    }
    if (make_room(self, count - first) < 0)
        return -1;
    for (size_t i = first; i < count; i++) {
        const pgai_contact *contact = pgai_page_contact(page, i);

        self->contacts[self->contact_count++] = contact;
        self->bytes += pgai_contact_json(contact).length;
    }
    self->pages[self->page_count++] = page;
    return 0;
}

bool pgaii_py_batch_is_whole(PyObject *object, size_t rows)
{
    const batch *self = (const batch *)object;

    return self->contact_count >= rows || self->bytes >= PGAI_ARROW_BYTES;
}

static int read_arrow(PyObject *object, struct ArrowArray *out)
{
    const batch *self = (const batch *)object;
    pgai_error error = PGAI_ERROR_INIT;
    PyThreadState *thread = PyEval_SaveThread();
    pgai_status status =
        pgai_arrow_contacts(self->contacts, self->contact_count, out, &error);

    PyEval_RestoreThread(thread);
    if (status == PGAI_OK)
        return 0;
    pgaii_py_raise(pgaii_py_state_of(object), &error, NULL);
    return -1;
}

static PyObject *arrow_array(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    return pgaii_py_arrow_array(object, arguments, keywords, read_arrow);
}

static PyObject *arrow_stream(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    return pgaii_py_arrow_stream(object, arguments, keywords, read_arrow);
}

static Py_ssize_t batch_length(PyObject *object)
{
    return (Py_ssize_t)((batch *)object)->contact_count;
}

static PyObject *batch_repr(PyObject *object)
{
    return PyUnicode_FromFormat("<pgai.RecordBatch, %zd contacts>", batch_length(object));
}

static PyMethodDef methods[] = {
    {"__arrow_c_schema__", pgaii_py_arrow_schema, METH_NOARGS, PGAII_PY_ARROW_SCHEMA_DOC},
    {"__arrow_c_array__", (PyCFunction)(void (*)(void))arrow_array,
     METH_VARARGS | METH_KEYWORDS, PGAII_PY_ARROW_ARRAY_DOC},
    {"__arrow_c_stream__", (PyCFunction)(void (*)(void))arrow_stream,
     METH_VARARGS | METH_KEYWORDS, PGAII_PY_ARROW_STREAM_DOC},
    {NULL, NULL, 0, NULL},
};

static const char doc[] =
    "Contacts as a batch of Arrow, made by batches() of a walk of AsyncContacts.\n\n"
    "pyarrow.record_batch(), polars.DataFrame() and their like take it as it is. len()\n"
    "is the number of contacts.";

static PyType_Slot slots[] = {
    {Py_tp_dealloc, batch_dealloc}, {Py_tp_repr, batch_repr},
    {Py_sq_length, batch_length},   {Py_tp_methods, methods},
    {Py_tp_doc, (void *)doc},       {0, NULL},
};

PyType_Spec pgaii_py_batch_spec = {
    .name = "pgai.RecordBatch",
    .basicsize = sizeof(batch),
    .flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};
