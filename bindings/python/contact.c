/* The type pgai.Contact. */
#include "contact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "convert.h"
#include "errors.h"

/* Where the text of a field lies. The JSON's brace is at 0: there, the length is a
 * pgai_presence; that of text, too, if it lies too far. Then the JSON is read again. */
typedef struct place {
    uint16_t at, length;
} place;

/* One allocation, of which nothing ever changes. */
typedef struct contact {
    PyObject_VAR_HEAD /* the size is that of the text */
    uint32_t json_length;
    place places[PGAI_FIELD_COUNT];
    bool plain;  /* the places tell all, and the fields came in the order of the table */
    char text[]; /* the exact JSON, and behind it the texts that had an escape there */
} contact;

/* The fields in the order in which they are expected. */
static const unsigned char fields[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) number,
    PGAI_FIELD_LIST(X)
#undef X
};

static contact *contact_of(PyObject *object)
{
    return (contact *)object;
}

pgai_text pgaii_py_contact_json(PyObject *object)
{
    return (pgai_text){contact_of(object)->text, contact_of(object)->json_length};
}

/* Whether the JSON has to be read again. */
static bool is_unplaced(place found)
{
    return found.at == 0 && found.length >= PGAI_PRESENCE_TEXT;
}

static bool is_absent(PyObject *object, unsigned field)
{
    place found = contact_of(object)->places[field];

    return found.at == 0 && found.length == PGAI_PRESENCE_ABSENT;
}

/* Where a value lies in the JSON; beyond its length: not in it. */
static size_t place_in_json(const pgai_contact_layout *layout, int field)
{
    return (uintptr_t)layout->values[field].data - (uintptr_t)layout->json.data;
}

/* @p end is that of the texts so far. */
static place find_place(const pgai_contact_layout *layout, int field, size_t *end)
{
    unsigned presence = layout->presence[field];

    if (presence == PGAI_PRESENCE_TEXT) {
        size_t at = place_in_json(layout, field);
        size_t length = layout->values[field].length;

        if (at >= layout->json.length) {
            at = *end;
            *end += length;
        }
        if (at + length <= UINT16_MAX)
            return (place){(uint16_t)at, (uint16_t)length};
    }
    return (place){0, (uint16_t)presence};
}

static void copy_texts(contact *self, const pgai_contact_layout *layout)
{
    char *end = self->text + layout->json.length;

    memcpy(self->text, layout->json.data, layout->json.length);
    for (int i = 0; end < self->text + Py_SIZE((PyObject *)self); i++) {
        if (layout->presence[i] == PGAI_PRESENCE_TEXT &&
            place_in_json(layout, i) >= layout->json.length) {
            memcpy(end, layout->values[i].data, layout->values[i].length);
            end += layout->values[i].length;
        }
    }
}

PyObject *pgaii_py_contact(pgaii_py_state *state, const pgai_contact *from)
{
    pgai_contact_layout layout = PGAI_CONTACT_LAYOUT_INIT;
    place places[PGAI_FIELD_COUNT];
    size_t end;
    bool plain;
    contact *self;

    pgai_contact_layout_read(from, &layout);
    end = layout.json.length;
    plain = layout.in_order && layout.extra_count == 0;
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        places[i] = find_place(&layout, i, &end);
        plain = plain && !is_unplaced(places[i]);
    }
    self = PyObject_NewVar(contact, state->contact_type, (Py_ssize_t)end);
    if (self) {
        self->json_length = (uint32_t)layout.json.length;
        memcpy(self->places, places, sizeof(places));
        self->plain = plain;
        copy_texts(self, &layout);
    }
    return (PyObject *)self;
}

static pgai_contact *parse(pgaii_py_state *state, pgai_text json)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *parsed = NULL;
    pgai_status status = pgai_contact_parse(json, &parsed, &error);

    if (status == PGAI_NO_MEMORY)
        PyErr_NoMemory();
    else if (status != PGAI_OK)
        pgaii_py_usage(state, "%s", error.message);
    return parsed;
}

static PyObject *from_bytes(pgaii_py_state *state, PyObject *bytes)
{
    PyObject *made = NULL;
    pgai_contact *parsed;
    Py_ssize_t length;
    char *data;

    if (PyBytes_AsStringAndSize(bytes, &data, &length) < 0)
        return NULL;
    parsed = parse(state, (pgai_text){data, (size_t)length});
    if (parsed)
        made = pgaii_py_contact(state, parsed);
    pgai_contact_free(parsed);
    return made;
}

/* A program makes a contact of keywords; pickle makes one of its JSON, which is the only
 * positional argument. */
static PyObject *contact_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    pgaii_py_state *state = PyType_GetModuleState(type);
    PyObject *json, *made;

    if (PyTuple_Size(args) == 0) {
        json =
            pgaii_py_support(state, "contact_json", "(O)", keywords ? keywords : Py_None);
    } else if (!keywords && PyTuple_Size(args) == 1 &&
               PyBytes_Check(PyTuple_GetItem(args, 0))) {
        json = Py_NewRef(PyTuple_GetItem(args, 0));
    } else {
        PyErr_SetString(PyExc_TypeError, "Contact() takes keyword arguments only");
        return NULL;
    }
    made = json ? from_bytes(state, json) : NULL;
    Py_XDECREF(json);
    return made;
}

static PyObject *reduce(PyObject *object, PyObject *unused)
{
    pgai_text json = pgaii_py_contact_json(object);

    (void)unused;
    return Py_BuildValue("(O(N))", Py_TYPE(object),
                         PyBytes_FromStringAndSize(json.data, (Py_ssize_t)json.length));
}

static PyObject *get_raw(PyObject *object, void *closure)
{
    (void)closure;
    return pgaii_py_string(pgaii_py_contact_json(object));
}

/* What a function of pgai._support makes of JSON text. */
static PyObject *from_json(PyObject *object, const char *function, pgai_text json)
{
    return pgaii_py_support(pgaii_py_state_of(object), function, "(N)",
                            pgaii_py_string(json));
}

static PyObject *read_again(PyObject *object, pgai_field field)
{
    pgai_contact *again = parse(pgaii_py_state_of(object), pgaii_py_contact_json(object));
    PyObject *value;

    if (!again)
        return NULL;
    if (pgai_contact_presence(again, field) == PGAI_PRESENCE_TEXT)
        value = pgaii_py_string(pgai_contact_text(again, field));
    else
        value = from_json(object, "parse", pgai_contact_value(again, field));
    pgai_contact_free(again);
    return value;
}

static PyObject *get_field(PyObject *object, void *closure)
{
    unsigned field = (unsigned)(uintptr_t)closure;
    const contact *self = contact_of(object);
    place found = self->places[field];

    if (found.at != 0)
        return pgaii_py_checked_string((pgai_text){self->text + found.at, found.length});
    return is_unplaced(found) ? read_again(object, (pgai_field)field)
                              : Py_NewRef(Py_None);
}

/* A bit for each field that the contact has. */
static unsigned fields_of(PyObject *object)
{
    unsigned present = 0;

    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++)
        present |= (unsigned)!is_absent(object, field) << field;
    return present;
}

static PyObject *to_dict(PyObject *object, PyObject *unused)
{
    pgaii_py_state *state = pgaii_py_state_of(object);
    PyObject *dict;

    (void)unused;
    if (!contact_of(object)->plain)
        return from_json(object, "parse", pgaii_py_contact_json(object));
    dict = pgaii_py_state_dict(state, fields_of(object));
    for (int i = 0; dict && i < PGAI_FIELD_COUNT; i++) {
        unsigned field = fields[i];
        PyObject *value;

        if (is_absent(object, field))
            continue;
        value = get_field(object, (void *)(uintptr_t)field);
        if (!value || PyDict_SetItem(dict, state->names[field], value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *get_extra(PyObject *object, void *closure)
{
    (void)closure;
    if (contact_of(object)->plain)
        return PyDict_New();
    return from_json(object, "extra", pgaii_py_contact_json(object));
}

static PyObject *get_moment(PyObject *object, void *closure)
{
    PyObject *value = get_field(object, closure);

    return value ? pgaii_py_support(pgaii_py_state_of(object), "moment", "(N)", value)
                 : NULL;
}

/* The number of the field of that name; -1 when there is none. It cannot fail: the name
 * may be no text that C could hold, and nothing is allocated. */
static int find_field(pgaii_py_state *state, PyObject *name)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        if (name == state->names[i] ||
            PyUnicode_CompareWithASCIIString(name, pgai_field_name((pgai_field)i)) == 0)
            return i;
    return -1;
}

/* The value of that name, a new reference; NULL, without an exception unless it failed:
 * there is none. */
static PyObject *find(PyObject *object, PyObject *name)
{
    PyObject *dict, *value;
    int field;

    if (!PyUnicode_Check(name))
        return NULL;
    field = find_field(pgaii_py_state_of(object), name);
    if (field >= 0 && is_absent(object, (unsigned)field))
        return NULL;
    if (field >= 0)
        return get_field(object, (void *)(intptr_t)field);
    if (contact_of(object)->plain)
        return NULL;
    dict = to_dict(object, NULL);
    value = dict ? PyDict_GetItemWithError(dict, name) : NULL;
    Py_XINCREF(value);
    Py_XDECREF(dict);
    return value;
}

static PyObject *subscript(PyObject *object, PyObject *name)
{
    PyObject *value = find(object, name);
    PyObject *args; /* of the KeyError; None and tuples would be taken for them */

    if (value || PyErr_Occurred())
        return value;
    args = PyTuple_Pack(1, name);
    if (args)
        PyErr_SetObject(PyExc_KeyError, args);
    Py_XDECREF(args);
    return NULL;
}

static PyObject *get(PyObject *object, PyObject *args)
{
    PyObject *name, *value, *instead = Py_None;

    if (!PyArg_ParseTuple(args, "O|O:get", &name, &instead))
        return NULL;
    value = find(object, name);
    return value || PyErr_Occurred() ? value : Py_NewRef(instead);
}

/* 1, 0; -1 with an exception set. */
static int contains(PyObject *object, PyObject *name)
{
    PyObject *value = find(object, name);

    Py_XDECREF(value);
    if (!value && PyErr_Occurred())
        return -1;
    return value != NULL;
}

static PyObject *has(PyObject *object, PyObject *name)
{
    int found;

    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "name must be str, the name of a field");
        return NULL;
    }
    found = contains(object, name);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

/* What a method of dict gives: what never changes needs no view of its own. */
static PyObject *view(PyObject *object, const char *method)
{
    PyObject *dict = to_dict(object, NULL);
    PyObject *result = dict ? PyObject_CallMethod(dict, method, NULL) : NULL;

    Py_XDECREF(dict);
    return result;
}

static PyObject *keys(PyObject *object, PyObject *unused)
{
    (void)unused;
    return view(object, "keys");
}

static PyObject *items(PyObject *object, PyObject *unused)
{
    (void)unused;
    return view(object, "items");
}

static PyObject *values(PyObject *object, PyObject *unused)
{
    (void)unused;
    return view(object, "values");
}

static PyObject *iterate(PyObject *object)
{
    return view(object, "__iter__");
}

static Py_ssize_t count(PyObject *object)
{
    PyObject *dict = to_dict(object, NULL);
    Py_ssize_t result = dict ? PyDict_Size(dict) : -1;

    Py_XDECREF(dict);
    return result;
}

/* Whether it has a field. Programs ask whether there is a contact, so that it is fast. */
static int is_true(PyObject *object)
{
    return !contact_of(object)->plain || fields_of(object) != 0;
}

static PyObject *contact_repr(PyObject *object)
{
    PyObject *id = get_field(object, (void *)(intptr_t)PGAI_ID);
    PyObject *text = id ? PyUnicode_FromFormat("<pgai.Contact id=%R>", id) : NULL;

    Py_XDECREF(id);
    return text;
}

/* Equal contacts have equal ids; contacts whose id is no text are rare. */
static Py_hash_t contact_hash(PyObject *object)
{
    PyObject *id = get_field(object, (void *)(intptr_t)PGAI_ID);
    Py_hash_t hash;

    if (!id)
        return -1;
    hash = PyObject_Hash(PyUnicode_Check(id) ? id : Py_None);
    Py_DECREF(id);
    return hash;
}

static bool text_equal(pgai_text a, pgai_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Whether a field that is text in both differs. */
static bool differ(const contact *a, const contact *b)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        place left = a->places[i], right = b->places[i];

        if (left.at && right.at &&
            !text_equal((pgai_text){a->text + left.at, left.length},
                        (pgai_text){b->text + right.at, right.length}))
            return true;
    }
    return false;
}

static PyObject *compare_dicts(PyObject *object, PyObject *other, int operation)
{
    PyObject *left = to_dict(object, NULL);
    PyObject *right = PyDict_Check(other) ? Py_NewRef(other) : to_dict(other, NULL);
    PyObject *result =
        left && right ? PyObject_RichCompare(left, right, operation) : NULL;

    Py_XDECREF(left);
    Py_XDECREF(right);
    return result;
}

/* A contact is equal to a dict of what it has. Other mappings decide themselves: one that
 * has a hash would need that of the contact. */
static PyObject *contact_compare(PyObject *object, PyObject *other, int operation)
{
    bool two = Py_TYPE(other) == Py_TYPE(object);

    if ((!two && !PyDict_Check(other)) || (operation != Py_EQ && operation != Py_NE))
        return Py_NewRef(Py_NotImplemented);
    if (two && text_equal(pgaii_py_contact_json(object), pgaii_py_contact_json(other)))
        return PyBool_FromLong(operation == Py_EQ);
    if (two && differ(contact_of(object), contact_of(other)))
        return PyBool_FromLong(operation == Py_NE);
    return compare_dicts(object, other, operation);
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
    {"get", get, METH_VARARGS,
     "get($self, name, default=None, /)\n--\n\n"
     "The value of a field that the service sent, otherwise the default."},
    {"keys", keys, METH_NOARGS,
     "keys($self, /)\n--\n\n"
     "The names of what the service sent, in its order."},
    {"values", values, METH_NOARGS, "values($self, /)\n--\n\nThe values, in that order."},
    {"items", items, METH_NOARGS,
     "items($self, /)\n--\n\nThe pairs of name and value, in that order."},
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {"__get_pydantic_core_schema__", pgaii_py_pydantic_schema, METH_VARARGS | METH_CLASS,
     NULL},
    {"__copy__", copy, METH_NOARGS, NULL},
    {"__deepcopy__", copy, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
#define X(upper, number, lower, listed, writable)                                        \
    {#lower, get_field, NULL, "text; None: absent, or null; else what the service sent", \
     (void *)(intptr_t)PGAI_##upper},
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
    "value itself in the rare case that it is something else. A contact is a mapping, "
    "too,\n"
    "of all that the service sent. A field that it did not send is no key of it.\n\n"
    "Contacts come from the service; for tests they can be made of keywords, those in\n"
    "`extra` included:\n\n"
    ">>> contact = Contact(id=\"c1\", first_name=\"Sarah\", extra={\"country\": "
    "\"US\"})\n"
    ">>> contact.first_name, contact[\"country\"], contact.phone, \"phone\" in contact\n"
    "('Sarah', 'US', None, False)\n";

static PyType_Slot slots[] = {
    {Py_tp_new, contact_new},
    {Py_tp_dealloc, pgaii_py_free},
    {Py_tp_repr, contact_repr},
    {Py_tp_hash, contact_hash},
    {Py_tp_richcompare, contact_compare},
    {Py_tp_iter, iterate},
    {Py_mp_length, count},
    {Py_mp_subscript, subscript},
    {Py_sq_contains, contains},
    {Py_nb_bool, is_true},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, (void *)doc},
    {0, NULL},
};

/* Py_TPFLAGS_MAPPING, for pattern matching: the limited API has the feature but hides the
 * name. */
#define FLAG_MAPPING (1UL << 6)

PyType_Spec pgaii_py_contact_spec = {
    .name = "pgai.Contact",
    .basicsize = offsetof(contact, text),
    .itemsize = 1,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | FLAG_MAPPING,
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
