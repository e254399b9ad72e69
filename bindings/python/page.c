/* The type pgai.Page. */
#include "page.h"

#include <pgai/response.h>

#include "arrow.h"
#include "contact.h"
#include "response.h"
#include "writer.h"

typedef struct page {
    PyObject_HEAD
    PyObject *contacts; /* a tuple of Contact */
    PyObject *number;   /* these three int or None */
    PyObject *limit;
    PyObject *total;
    pgai_response *response; /* NULL: the page is made by hand */
    int requests;
} page;

static void page_dealloc(PyObject *object)
{
    page *self = (page *)object;

    Py_XDECREF(self->contacts);
    Py_XDECREF(self->number);
    Py_XDECREF(self->limit);
    Py_XDECREF(self->total);
    pgai_response_free(self->response);
    pgaii_py_free(object);
}

/* Takes all references, some of which may be NULL with an exception set. */
static PyObject *make_page(PyTypeObject *type, PyObject *contacts, PyObject *number,
                           PyObject *limit, PyObject *total)
{
    page *self = PyObject_New(page, type);

    if (!self) {
        Py_XDECREF(contacts);
        Py_XDECREF(number);
        Py_XDECREF(limit);
        Py_XDECREF(total);
        return NULL;
    }
    self->contacts = contacts;
    self->number = number;
    self->limit = limit;
    self->total = total;
    self->response = NULL;
    self->requests = 0;
    if (!contacts || !number || !limit || !total)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *known(int64_t number)
{
    return number < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(number);
}

static PyObject *all_contacts(pgaii_py_state *state, const pgai_page *from)
{
    Py_ssize_t count = (Py_ssize_t)pgai_page_count(from);
    PyObject *contacts = PyTuple_New(count);

    for (Py_ssize_t i = 0; contacts && i < count; i++) {
        PyObject *item = pgaii_py_contact(state, pgai_page_contact(from, (size_t)i));

        if (item)
            PyTuple_SetItem(contacts, i, item);
        else
            Py_CLEAR(contacts);
    }
    return contacts;
}

PyObject *pgaii_py_page(pgaii_py_state *state, pgai_page *from)
{
    PyObject *contacts = all_contacts(state, from);
    PyObject *made =
        contacts ? make_page(state->page_type, contacts, known(pgai_page_number(from)),
                             known(pgai_page_limit(from)), known(pgai_page_total(from)))
                 : NULL;

    if (made) {
        ((page *)made)->response = pgai_page_take_response(from);
        ((page *)made)->requests = pgai_page_requests(from);
    }
    return made;
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

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OOOO:Page", (char **)names,
                                     &contacts, &numbers[0], &numbers[1], &numbers[2]))
        return NULL;
    contacts = contacts ? PySequence_Tuple(contacts) : PyTuple_New(0);
    if (!contacts || check_parts(type, contacts, numbers) < 0) {
        Py_XDECREF(contacts);
        return NULL;
    }
    return make_page(type, contacts, Py_NewRef(numbers[0]), Py_NewRef(numbers[1]),
                     Py_NewRef(numbers[2]));
}

static Py_ssize_t page_length(PyObject *object)
{
    return PyTuple_Size(((page *)object)->contacts);
}

static PyObject *page_item(PyObject *object, Py_ssize_t index)
{
    return PySequence_GetItem(((page *)object)->contacts, index);
}

static PyObject *page_subscript(PyObject *object, PyObject *key)
{
    return PyObject_GetItem(((page *)object)->contacts, key);
}

static PyObject *page_iter(PyObject *object)
{
    return PyObject_GetIter(((page *)object)->contacts);
}

static int page_contains(PyObject *object, PyObject *value)
{
    return PySequence_Contains(((page *)object)->contacts, value);
}

static PyObject *page_compare(PyObject *object, PyObject *other, int operation)
{
    page *a = (page *)object, *b = (page *)other;
    PyObject *left, *right, *result = NULL;

    if (Py_TYPE(other) != Py_TYPE(object) || (operation != Py_EQ && operation != Py_NE))
        return Py_NewRef(Py_NotImplemented);
    left = PyTuple_Pack(4, a->number, a->limit, a->total, a->contacts);
    right = left ? PyTuple_Pack(4, b->number, b->limit, b->total, b->contacts) : NULL;
    if (right)
        result = PyObject_RichCompare(left, right, operation);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return result;
}

static Py_hash_t page_hash(PyObject *object)
{
    return PyObject_Hash(((page *)object)->contacts);
}

static PyObject *page_repr(PyObject *object)
{
    page *self = (page *)object;

    return PyUnicode_FromFormat("<pgai.Page page=%R limit=%R total=%R, %zd contacts>",
                                self->number, self->limit, self->total,
                                PyTuple_Size(self->contacts));
}

static PyObject *index_of(PyObject *object, PyObject *args)
{
    PyObject *find = PyObject_GetAttrString(((page *)object)->contacts, "index");
    PyObject *result = find ? PyObject_CallObject(find, args) : NULL;

    Py_XDECREF(find);
    return result;
}

static PyObject *count(PyObject *object, PyObject *value)
{
    Py_ssize_t found = PySequence_Count(((page *)object)->contacts, value);

    return found < 0 ? NULL : PyLong_FromSsize_t(found);
}

static PyObject *reduce(PyObject *object, PyObject *unused)
{
    page *self = (page *)object;

    (void)unused;
    return Py_BuildValue("(O(OOOO))", Py_TYPE(object), self->contacts, self->number,
                         self->limit, self->total);
}

static PyObject *to_html(PyObject *object, PyObject *unused)
{
    (void)unused;
    return pgaii_py_support(pgaii_py_state_of(object), "to_html", "(O)", object);
}

static PyObject *to_ndjson(PyObject *object, PyObject *unused)
{
    (void)unused;
    return pgaii_py_to_ndjson(pgaii_py_state_of(object), ((page *)object)->contacts);
}

static PyObject *to_csv(PyObject *object, PyObject *args, PyObject *keywords)
{
    return pgaii_py_to_csv(pgaii_py_state_of(object), ((page *)object)->contacts, args,
                           keywords);
}

static int read_arrow(PyObject *object, struct ArrowArray *out)
{
    return pgaii_py_arrow_contacts(pgaii_py_state_of(object), ((page *)object)->contacts,
                                   out);
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
