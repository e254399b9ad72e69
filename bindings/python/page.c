/* The type pgai.Page. */
#include "page.h"

#include <pgai/response.h>

#include "arrow.h"
#include "contact.h"
#include "response.h"
#include "writer.h"

typedef struct page {
    PyObject_HEAD
    /* Either the page as it came, or a tuple of Contact, which is made when one is asked
     * for: what only writes or counts contacts needs none. */
    pgai_page *received;
    PyObject *contacts;
    PyObject *number; /* these three int or None */
    PyObject *limit;
    PyObject *total;
    pgai_response *response; /* NULL: the page is made by hand */
    int requests;
} page;

static void page_dealloc(PyObject *object)
{
    page *self = (page *)object;

    pgai_page_free(self->received);
    Py_XDECREF(self->contacts);
    Py_XDECREF(self->number);
    Py_XDECREF(self->limit);
    Py_XDECREF(self->total);
    pgai_response_free(self->response);
    pgaii_py_free(object);
}

/* A page without contacts. Takes all references, some of which may be NULL with an
 * exception set. */
static page *
make_page(PyTypeObject *type, PyObject *number, PyObject *limit, PyObject *total)
{
    page *self = PyObject_New(page, type);

    if (!self) {
        Py_XDECREF(number);
        Py_XDECREF(limit);
        Py_XDECREF(total);
        return NULL;
    }
    self->received = NULL;
    self->contacts = NULL;
    self->number = number;
    self->limit = limit;
    self->total = total;
    self->response = NULL;
    self->requests = 0;
    if (!number || !limit || !total)
        Py_CLEAR(self);
    return self;
}

static PyObject *known(int64_t number)
{
    return number < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(number);
}

static Py_ssize_t length_of(const page *self)
{
    return self->contacts ? PyTuple_Size(self->contacts)
                          : (Py_ssize_t)pgai_page_count(self->received);
}

/* 0; -1 with an exception set. No code of Python runs meanwhile. */
static int fill(PyObject *contacts, pgaii_py_state *state, const pgai_page *from)
{
    for (Py_ssize_t i = 0; i < PyTuple_Size(contacts); i++) {
        PyObject *item = pgaii_py_contact(state, pgai_page_contact(from, (size_t)i));

        if (!item)
            return -1;
        PyTuple_SetItem(contacts, i, item);
    }
    return 0;
}

/* The tuple, borrowed; NULL with an exception set, and the page is as it was. */
static PyObject *contacts_of(PyObject *object)
{
    page *self = (page *)object;
    PyObject *contacts;

    if (self->contacts)
        return self->contacts;
    contacts = PyTuple_New(length_of(self));
    if (!contacts)
        return NULL;
    /* A new tuple is an occasion for the collector, which may run code that asks for the
     * contacts of this very page. */
    if (!self->contacts &&
        fill(contacts, pgaii_py_state_of(object), self->received) == 0) {
        self->contacts = contacts;
        pgai_page_free(self->received);
        self->received = NULL;
    } else {
        Py_DECREF(contacts);
    }
    return self->contacts;
}

PyObject *pgaii_py_page(pgaii_py_state *state, pgai_page **from)
{
    page *made = make_page(state->page_type, known(pgai_page_number(*from)),
                           known(pgai_page_limit(*from)), known(pgai_page_total(*from)));

    if (made) {
        made->response = pgai_page_take_response(*from);
        made->requests = pgai_page_requests(*from);
        made->received = *from;
        *from = NULL;
    }
    return (PyObject *)made;
}

/* A page holds only contacts and numbers, so that no cycle can go through it. */
static int check_parts(PyTypeObject *type, PyObject *contacts, PyObject *const numbers[3])
{
    pgaii_py_state *state = PyType_GetModuleState(type);

    for (Py_ssize_t i = 0; i < PyTuple_Size(contacts); i++) {
        if (Py_TYPE(PyTuple_GetItem(contacts, i)) == state->contact_type)
            continue;
        PyErr_SetString(PyExc_TypeError, "contacts must contain only Contact objects");
        return -1;
    }
    for (int i = 0; i < 3; i++) {
        if (numbers[i] == Py_None || PyLong_CheckExact(numbers[i]))
            continue;
        PyErr_SetString(PyExc_TypeError, "page, limit and total must be int or None");
        return -1;
    }
    return 0;
}

static PyObject *page_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"contacts", "page", "limit", "total", NULL};
    PyObject *contacts = NULL;
    PyObject *numbers[3] = {Py_None, Py_None, Py_None};
    page *self;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OOOO:Page", (char **)names,
                                     &contacts, &numbers[0], &numbers[1], &numbers[2]))
        return NULL;
    contacts = contacts ? PySequence_Tuple(contacts) : PyTuple_New(0);
    if (!contacts || check_parts(type, contacts, numbers) < 0) {
        Py_XDECREF(contacts);
        return NULL;
    }
    self = make_page(type, Py_NewRef(numbers[0]), Py_NewRef(numbers[1]),
                     Py_NewRef(numbers[2]));
    if (self)
        self->contacts = contacts;
    else
        Py_DECREF(contacts);
    return (PyObject *)self;
}

static Py_ssize_t page_length(PyObject *object)
{
    return length_of((page *)object);
}

static PyObject *page_item(PyObject *object, Py_ssize_t index)
{
    PyObject *contacts = contacts_of(object);

    return contacts ? PySequence_GetItem(contacts, index) : NULL;
}

static PyObject *page_subscript(PyObject *object, PyObject *key)
{
    PyObject *contacts = contacts_of(object);

    return contacts ? PyObject_GetItem(contacts, key) : NULL;
}

static PyObject *page_iter(PyObject *object)
{
    PyObject *contacts = contacts_of(object);

    return contacts ? PyObject_GetIter(contacts) : NULL;
}

static int page_contains(PyObject *object, PyObject *value)
{
    PyObject *contacts = contacts_of(object);

    return contacts ? PySequence_Contains(contacts, value) : -1;
}

/* A new tuple of all that a page is, by which pages are compared; NULL with an exception
 * set. */
static PyObject *parts_of(PyObject *object)
{
    const page *self = (const page *)object;
    PyObject *contacts = contacts_of(object);

    return contacts ? PyTuple_Pack(4, contacts, self->number, self->limit, self->total)
                    : NULL;
}

static PyObject *page_compare(PyObject *object, PyObject *other, int operation)
{
    PyObject *left, *right, *result = NULL;

    if (Py_TYPE(other) != Py_TYPE(object) || (operation != Py_EQ && operation != Py_NE))
        return Py_NewRef(Py_NotImplemented);
    left = parts_of(object);
    right = left ? parts_of(other) : NULL;
    if (right)
        result = PyObject_RichCompare(left, right, operation);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return result;
}

static Py_hash_t page_hash(PyObject *object)
{
    PyObject *contacts = contacts_of(object);

    return contacts ? PyObject_Hash(contacts) : -1;
}

static PyObject *page_repr(PyObject *object)
{
    page *self = (page *)object;

    return PyUnicode_FromFormat("<pgai.Page page=%R limit=%R total=%R, %zd contacts>",
                                self->number, self->limit, self->total, length_of(self));
}

static PyObject *index_of(PyObject *object, PyObject *args)
{
    PyObject *contacts = contacts_of(object);
    PyObject *find = contacts ? PyObject_GetAttrString(contacts, "index") : NULL;
    PyObject *result = find ? PyObject_CallObject(find, args) : NULL;

    Py_XDECREF(find);
    return result;
}

static PyObject *count(PyObject *object, PyObject *value)
{
    PyObject *contacts = contacts_of(object);
    Py_ssize_t found = contacts ? PySequence_Count(contacts, value) : -1;

    return found < 0 ? NULL : PyLong_FromSsize_t(found);
}

static PyObject *reduce(PyObject *object, PyObject *unused)
{
    PyObject *parts = parts_of(object);

    (void)unused;
    return parts ? Py_BuildValue("(ON)", Py_TYPE(object), parts) : NULL;
}

static PyObject *to_html(PyObject *object, PyObject *unused)
{
    (void)unused;
    return pgaii_py_support(pgaii_py_state_of(object), "to_html", "(O)", object);
}

static PyObject *to_ndjson(PyObject *object, PyObject *unused)
{
    const page *self = (const page *)object;

    (void)unused;
    return pgaii_py_to_ndjson(pgaii_py_state_of(object), self->received, self->contacts);
}

static PyObject *to_csv(PyObject *object, PyObject *args, PyObject *keywords)
{
    const page *self = (const page *)object;

    return pgaii_py_to_csv(pgaii_py_state_of(object), self->received, self->contacts,
                           args, keywords);
}

static int read_arrow(PyObject *object, struct ArrowArray *out)
{
    const page *self = (const page *)object;

    return pgaii_py_arrow_contacts(pgaii_py_state_of(object), self->received,
                                   self->contacts, out);
}

static PyObject *arrow_array(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    return pgaii_py_arrow_array(object, arguments, keywords, read_arrow);
}

static PyObject *arrow_stream(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    return pgaii_py_arrow_stream(object, arguments, keywords, read_arrow);
}

/* The closure is the offset of the value in the struct. */
static PyObject *get_value(PyObject *object, void *closure)
{
    return Py_NewRef(*(PyObject **)((char *)object + (intptr_t)closure));
}

/* Made when it is asked for, since few ask. */
static PyObject *get_response(PyObject *object, void *closure)
{
    const page *self = (const page *)object;

    (void)closure;
    return self->response ? pgaii_py_response(pgaii_py_state_of(object), self->response)
                          : Py_NewRef(Py_None);
}

static PyObject *get_requests(PyObject *object, void *closure)
{
    (void)closure;
    return PyLong_FromLong(((page *)object)->requests);
}

static PyMethodDef methods[] = {
    {"index", index_of, METH_VARARGS,
     "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n"
     "Return the first index of a contact; ValueError: it is not on the page."},
    {"count", count, METH_O,
     "count($self, value, /)\n--\n\n"
     "Return how often a contact is on the page."},
    {"to_ndjson", to_ndjson, METH_NOARGS, pgaii_py_to_ndjson_doc},
    {"to_csv", (PyCFunction)(void (*)(void))to_csv, METH_VARARGS | METH_KEYWORDS,
     pgaii_py_to_csv_doc},
    {"__arrow_c_schema__", pgaii_py_arrow_schema, METH_NOARGS, PGAII_PY_ARROW_SCHEMA_DOC},
    {"__arrow_c_array__", (PyCFunction)(void (*)(void))arrow_array,
     METH_VARARGS | METH_KEYWORDS, PGAII_PY_ARROW_ARRAY_DOC},
    {"__arrow_c_stream__", (PyCFunction)(void (*)(void))arrow_stream,
     METH_VARARGS | METH_KEYWORDS, PGAII_PY_ARROW_STREAM_DOC},
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {"__get_pydantic_core_schema__", pgaii_py_pydantic_schema, METH_VARARGS | METH_CLASS,
     NULL},
    {"_repr_html_", to_html, METH_NOARGS, "The page as a table, for notebooks."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"page", get_value, NULL, "number of the page, from 1; None: not reported",
     (void *)offsetof(page, number)},
    {"limit", get_value, NULL,
     "contacts a page, which may be less than was requested; None: not reported",
     (void *)offsetof(page, limit)},
    {"total", get_value, NULL, "contacts in all; None: not reported",
     (void *)offsetof(page, total)},
    {"response", get_response, NULL,
     "the Response that the page came in, without its body; None: it was made by hand, "
     "or copied",
     NULL},
    {"requests", get_requests, NULL, "how many requests it took, retries included", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const char doc[] = "Page(contacts=(), page=None, limit=None, total=None)\n--\n\n"
                          "One page of contacts: an immutable sequence.";

static PyType_Slot slots[] = {
    {Py_tp_new, page_new},
    {Py_tp_dealloc, page_dealloc},
    {Py_tp_repr, page_repr},
    {Py_tp_hash, page_hash},
    {Py_tp_richcompare, page_compare},
    {Py_tp_iter, page_iter},
    {Py_sq_length, page_length},
    {Py_sq_item, page_item},
    {Py_sq_contains, page_contains},
    {Py_mp_length, page_length},
    {Py_mp_subscript, page_subscript},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)doc},
    {0, NULL},
};

/* Py_TPFLAGS_SEQUENCE, for pattern matching: the limited API has the feature but hides
 * the name. */
#define FLAG_SEQUENCE (1UL << 5)

PyType_Spec pgaii_py_page_spec = {
    .name = "pgai.Page",
    .basicsize = sizeof(page),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | FLAG_SEQUENCE,
    .slots = slots,
};
