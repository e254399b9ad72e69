/* The type pgai.Contact. */
#include "contact.h"

#include <stdbool.h>
#include <stdint.h>

#include "convert.h"

typedef struct contact {
    PyObject_HEAD
    PyObject *fields[PGAI_FIELD_COUNT]; /* str, None for null, NULL for absent */
    PyObject *json; /* the whole object, if the fields do not have all of it; otherwise
                       NULL */
    uint32_t odd;   /* a bit for each field whose value is neither text nor null */
} contact;

_Static_assert(PGAI_FIELD_COUNT <= 32, "each field has a bit");

static contact *new_contact(PyTypeObject *type)
{
    contact *self = PyObject_New(contact, type);

    if (self) {
        for (int i = 0; i < PGAI_FIELD_COUNT; i++)
            self->fields[i] = NULL;
        self->json = NULL;
        self->odd = 0;
    }
    return self;
}

static void contact_dealloc(PyObject *object)
{
    contact *self = (contact *)object;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        Py_XDECREF(self->fields[i]);
    Py_XDECREF(self->json);
    pgaii_py_free(object);
}

static bool is_odd(const contact *self, int field)
{
    return self->odd >> field & 1U;
}

static int set_field(contact *self, const pgai_contact *from, pgai_field field)
{
    pgai_text text = pgai_contact_text(from, field);

    if (text.data) {
        self->fields[field] =
            PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.length);
        return self->fields[field] ? 0 : -1;
    }
    switch (pgai_contact_presence(from, field)) {
    case PGAI_PRESENCE_ABSENT:
        return 0;
    case PGAI_PRESENCE_OTHER:
        self->odd |= 1U << field;
        break;
    default:
        break;
    }
    self->fields[field] = Py_NewRef(Py_None);
    return 0;
}

PyObject *pgaii_py_contact(pgaii_py_state *state, const pgai_contact *from)
{
    contact *self = new_contact(state->contact_type);
    int failed = !self;

    for (int i = 0; !failed && i < PGAI_FIELD_COUNT; i++)
        failed = set_field(self, from, (pgai_field)i);
    if (!failed && (self->odd || pgai_contact_extra_count(from))) {
        self->json = pgaii_py_string(pgai_contact_json(from));
        failed = !self->json;
    }
    if (failed)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* The number of the field of that name; -1 when there is none. It cannot fail: the name
 * may be no text that C could hold, and nothing is allocated. */
static int find_field(PyObject *name)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        if (PyUnicode_CompareWithASCIIString(name, pgai_field_name((pgai_field)i)) == 0)
            return i;
    return -1;
}

static const char not_parts[] = "these are not the parts of a contact";

/* Text, None, or False for absent; nothing else, or a cycle might go through a contact.
 */
static int fill_field(contact *self, int field, PyObject *value)
{
    if (!value)
        return -1;
    if (value != Py_False && value != Py_None && !PyUnicode_CheckExact(value)) {
        PyErr_SetString(PyExc_TypeError, not_parts);
        return -1;
    }
    self->fields[field] = value == Py_False ? NULL : Py_NewRef(value);
    return 0;
}

/* Fills a contact from what reduce() gives: a tuple of the fields, the odd ones as
 * bits, and the JSON or None. */
static int fill(contact *self, PyObject *parts)
{
    PyObject *fields, *json;

    if (!PyArg_ParseTuple(parts, "O!IO", &PyTuple_Type, &fields, &self->odd, &json))
        return -1;
    if (json != Py_None && !PyUnicode_CheckExact(json)) {
        PyErr_SetString(PyExc_TypeError, not_parts);
        return -1;
    }
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        if (fill_field(self, i, PyTuple_GetItem(fields, i)) < 0)
            return -1;
    self->json = json == Py_None ? NULL : Py_NewRef(json);
    return 0;
}

/* A version with fewer or more fields may have pickled the contact. */
static PyObject *parts_of_pickle(PyTypeObject *type, PyObject *args)
{
    PyObject *fields = PyTuple_GetItem(args, 0);

    if (!PyTuple_Check(fields) || PyTuple_Size(fields) == PGAI_FIELD_COUNT)
        return Py_NewRef(args);
    return pgaii_py_support(PyType_GetModuleState(type), "other_parts", "(OOO)", fields,
                            PyTuple_GetItem(args, 1), PyTuple_GetItem(args, 2));
}

/* A program makes a contact from keywords; pickle makes one from parts, as positional
 * arguments. */
static PyObject *contact_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    contact *self;
    PyObject *parts;

    if (PyTuple_Size(args) == 3 && !keywords) {
        parts = parts_of_pickle(type, args);
    } else if (PyTuple_Size(args) == 0) {
        parts = pgaii_py_support(PyType_GetModuleState(type), "contact_parts", "(O)",
                                 keywords ? keywords : Py_None);
    } else {
        PyErr_SetString(PyExc_TypeError, "Contact() takes keyword arguments only");
        return NULL;
    }
    self = parts ? new_contact(type) : NULL;
    if (self && fill(self, parts) < 0)
        Py_CLEAR(self);
    Py_XDECREF(parts);
    return (PyObject *)self;
}

static PyObject *reduce(PyObject *object, PyObject *unused)
{
    contact *self = (contact *)object;
    PyObject *json = self->json ? self->json : Py_None;
    PyObject *fields = PyTuple_New(PGAI_FIELD_COUNT);

    (void)unused;
    if (!fields)
        return NULL;
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        PyTuple_SetItem(fields, i,
                        Py_NewRef(self->fields[i] ? self->fields[i] : Py_False));
    return Py_BuildValue("(O(NIO))", Py_TYPE(object), fields, self->odd, json);
}

static PyObject *from_json(contact *self, const char *function)
{
    return pgaii_py_support(pgaii_py_state_of((PyObject *)self), function, "(O)",
                            self->json ? self->json : Py_None);
}

static PyObject *to_dict(PyObject *object, PyObject *unused)
{
    contact *self = (contact *)object;
    pgaii_py_state *state = pgaii_py_state_of(object);
    PyObject *dict = self->json ? from_json(self, "parse") : PyDict_New();

    (void)unused;
    for (int i = 0; dict && i < PGAI_FIELD_COUNT; i++)
        if (self->fields[i] && !is_odd(self, i) &&
            PyDict_SetItem(dict, state->names[i], self->fields[i]) < 0)
            Py_CLEAR(dict);
    return dict;
}

static PyObject *get_field(PyObject *object, void *closure)
{
    contact *self = (contact *)object;
    int field = (int)(intptr_t)closure;
    PyObject *dict, *value;

    if (!is_odd(self, field))
        return Py_NewRef(self->fields[field] ? self->fields[field] : Py_None);
    dict = from_json(self, "parse");
    value = dict ? PyDict_GetItemWithError(dict, pgaii_py_state_of(object)->names[field])
                 : NULL;
    Py_XINCREF(value);
    Py_XDECREF(dict);
    return value;
}

static PyObject *get_extra(PyObject *object, void *closure)
{
    (void)closure;
    return from_json((contact *)object, "extra");
}

static PyObject *get_raw(PyObject *object, void *closure)
{
    contact *self = (contact *)object;
    PyObject *dict, *raw;

    (void)closure;
    if (self->json)
        return Py_NewRef(self->json);
    dict = to_dict(object, NULL);
    raw = dict ? pgaii_py_support(pgaii_py_state_of(object), "write_json", "(O)", dict)
               : NULL;
    Py_XDECREF(dict);
    return raw;
}

static PyObject *get_moment(PyObject *object, void *closure)
{
    contact *self = (contact *)object;
    PyObject *text = self->fields[(intptr_t)closure];

    return pgaii_py_support(pgaii_py_state_of(object), "moment", "(O)",
                            text ? text : Py_None);
}

static PyObject *has(PyObject *object, PyObject *name)
{
    contact *self = (contact *)object;
    PyObject *extra;
    int field, found;

    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "name must be str, the name of a field");
        return NULL;
    }
    field = find_field(name);
    if (field >= 0)
        return PyBool_FromLong(self->fields[field] != NULL);
    extra = from_json(self, "extra");
    found = extra ? PyDict_Contains(extra, name) : -1;
    Py_XDECREF(extra);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

static PyObject *contact_repr(PyObject *object)
{
    PyObject *id = get_field(object, (void *)(intptr_t)PGAI_ID);
    PyObject *text = id ? PyUnicode_FromFormat("<pgai.Contact id=%R>", id) : NULL;

    Py_XDECREF(id);
    return text;
}

/* Equal contacts have equal ids; contacts without one are rare. */
static Py_hash_t contact_hash(PyObject *object)
{
    PyObject *id = ((contact *)object)->fields[PGAI_ID];

    return PyObject_Hash(id ? id : Py_None);
}

/* 1: equal; 0: not; -1: an exception is set. */
static int same_fields(const contact *a, const contact *b)
{
    int same = a->odd == b->odd && !a->json == !b->json;

    for (int i = 0; same == 1 && i < PGAI_FIELD_COUNT; i++) {
        if (!a->fields[i] || !b->fields[i])
            same = a->fields[i] == b->fields[i];
        else
            same = PyObject_RichCompareBool(a->fields[i], b->fields[i], Py_EQ);
    }
    return same;
}

static int same_json(contact *a, contact *b)
{
    PyObject *left, *right;
    int same = -1;

    if (a->json == b->json)
        return 1;
    left = from_json(a, "parse");
    right = left ? from_json(b, "parse") : NULL;
    if (right)
        same = PyObject_RichCompareBool(left, right, Py_EQ);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return same;
}

static PyObject *contact_compare(PyObject *object, PyObject *other, int operation)
{
    int same;

    if (Py_TYPE(other) != Py_TYPE(object) || (operation != Py_EQ && operation != Py_NE))
        return Py_NewRef(Py_NotImplemented);
    same = same_fields((contact *)object, (contact *)other);
    if (same == 1)
        same = same_json((contact *)object, (contact *)other);
    return same < 0 ? NULL : PyBool_FromLong(same == (operation == Py_EQ));
}

/* A contact never changes, so that a copy of it is itself. */
static PyObject *copy(PyObject *object, PyObject *memo)
{
    (void)memo;
    return Py_NewRef(object);
}

static PyMethodDef methods[] = {
    {"has", has, METH_O,
     "has($self, name, /)\n--\n\n"
     "Whether the service sent the field, even as null."},
    {"to_dict", to_dict, METH_NOARGS,
     "to_dict($self, /)\n--\n\n"
     "What the service sent, as a new dict."},
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {"__copy__", copy, METH_NOARGS, NULL},
    {"__deepcopy__", copy, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
#define X(upper, number, lower, listed, writable)                                        \
    {#lower, get_field, NULL, NULL, (void *)(intptr_t)PGAI_##upper},
    PGAI_FIELD_LIST(X)
#undef X
        {"created", get_moment, NULL,
         "created_at as an aware datetime; None: it is not a time",
         (void *)(intptr_t)PGAI_CREATED_AT},
    {"updated", get_moment, NULL,
     "updated_at as an aware datetime; None: it is not a time",
     (void *)(intptr_t)PGAI_UPDATED_AT},
    {"extra", get_extra, NULL, "the fields that are not documented, as a new dict", NULL},
    {"raw", get_raw, NULL, "the contact as JSON text", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const char doc[] =
    "Contact(**fields)\n--\n\n"
    "One contact, as the service sent it; immutable.\n\n"
    "Each documented field is an attribute: a str, None when it is absent or null, or "
    "the\n"
    "value itself in the rare case that it is something else. Contacts come from the\n"
    "service; for tests they can be made of keywords, those in `extra` included:\n\n"
    ">>> Contact(id=\"c1\", first_name=\"Sarah\", extra={\"country\": \"US\"})\n"
    "<pgai.Contact id='c1'>\n";

static PyType_Slot slots[] = {
    {Py_tp_new, contact_new},
    {Py_tp_dealloc, contact_dealloc},
    {Py_tp_repr, contact_repr},
    {Py_tp_hash, contact_hash},
    {Py_tp_richcompare, contact_compare},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)doc},
    {0, NULL},
};

PyType_Spec pgaii_py_contact_spec = {
    .name = "pgai.Contact",
    .basicsize = sizeof(contact),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

/* The type is immutable from its first moment, so its dictionary is written directly. */
int pgaii_py_contact_finish(pgaii_py_state *state)
{
    PyObject *dict = PyObject_GenericGetDict((PyObject *)state->contact_type, NULL);
    PyObject *names = PyTuple_New(PGAI_FIELD_COUNT);
    int result = -1;

    for (int i = 0; names && i < PGAI_FIELD_COUNT; i++)
        PyTuple_SetItem(names, i, Py_NewRef(state->names[i]));
    if (dict && names)
        result = PyDict_SetItemString(dict, "__match_args__", names);
    PyType_Modified(state->contact_type);
    Py_XDECREF(names);
    Py_XDECREF(dict);
    return result;
}
