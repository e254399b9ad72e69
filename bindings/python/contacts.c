/* The base of pgai.Contacts: its options, its key, and which client a call goes to. Only
 * C handles the key and its function, so that the key is in no Python frame.
 */
#include "contacts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "convert.h"
#include "errors.h"
#include "options.h"

static const char from_argument[] = "the argument api_key";
static const char from_function[] = "the function given as api_key";
static const char from_environment[] = "the environment variable PGAI_API_KEY";

/* What the constructor makes, and may make again. */
typedef struct inside {
    pgaii_py_client *client; /* NULL: the constructor did not finish */
    PyObject *key;           /* str: of the client */
    PyObject *shared;        /* dict: what those have in common that share connections */
    pgaii_py_options options;
    bool closed;
} inside;

typedef struct contacts {
    PyObject_HEAD
    pgaii_py_state *state;
    inside it;
} contacts;

static void clear(inside *it)
{
    pgaii_py_client *client = it->client;

    it->client = NULL;
    Py_XDECREF((PyObject *)client);
    Py_CLEAR(it->key);
    Py_CLEAR(it->shared);
    pgaii_py_options_clear(&it->options);
}

/* Takes the client and the key. */
static void replace_client(inside *it, pgaii_py_client *client, PyObject *key)
{
    pgaii_py_client *client_before = it->client;
    PyObject *key_before = it->key;

    it->client = client;
    it->key = key;
    Py_XDECREF((PyObject *)client_before);
    Py_XDECREF(key_before);
}

/* Says what to do with an object that hides its text, as pydantic.SecretStr does. */
static PyObject *refuse_key(const char *what, PyObject *value)
{
    PyObject *method = PyObject_GetAttrString(value, "get_secret_value");
    PyObject *type = NULL;

    if (!method) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            return NULL;
        PyErr_Clear();
    }
    type = PyType_GetQualName(Py_TYPE(value));
    if (type)
        PyErr_Format(PyExc_TypeError, "%s, not %U%s", what, type,
                     method ? "; pass its method get_secret_value, without calling it"
                            : "");
    Py_XDECREF(type);
    Py_XDECREF(method);
    return NULL;
}

static PyObject *call_for_key(PyObject *function)
{
    PyObject *key = PyObject_CallNoArgs(function);

    if (key && !PyUnicode_Check(key)) {
        refuse_key("api_key() must return str", key);
        Py_CLEAR(key);
    }
    return key;
}

#ifdef __APPLE__
/* Python does not run with more rights than its caller there. */
#define secure_getenv getenv
#endif

static PyObject *key_of_environment(pgaii_py_state *state)
{
    const char *key = secure_getenv("PGAI_API_KEY");

    if (key && *key)
        return PyUnicode_DecodeFSDefault(key);
    pgaii_py_usage(state, "there is no API key: set api_key in the options, or the "
                          "environment variable PGAI_API_KEY");
    return NULL;
}

/* The key that an option, which may be NULL, gives now: a new str, and where it came
 * from. */
static PyObject *find_key(pgaii_py_state *state, PyObject *option, const char **source)
{
    if (!option || option == Py_None) {
        *source = from_environment;
        return key_of_environment(state);
    }
    *source = from_argument;
    if (PyUnicode_Check(option))
        return Py_NewRef(option);
    if (!PyCallable_Check(option))
        return refuse_key("api_key must be str, or a function that returns it", option);
    *source = from_function;
    return call_for_key(option);
}

/* What was found in the environment is kept, and not read again. */
static int keep_found(inside *it)
{
    PyObject **key = &it->options.given[PGAII_PY_API_KEY];
    PyObject **url = &it->options.given[PGAII_PY_BASE_URL];

    if (!*key || *key == Py_None) {
        Py_XDECREF(*key);
        *key = Py_NewRef(it->key);
    }
    if (!*url || *url == Py_None) {
        Py_XDECREF(*url);
        *url = PyUnicode_FromString(pgai_client_base_url(it->client->client));
    }
    return *url ? 0 : -1;
}

/* Make a client of its own from the options. The key comes last, since its function may
 * ask a vault. @p source: str, where the key came from, if that is known. */
static int open_new(pgaii_py_state *state, inside *it, PyObject *source)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    const char *words;

    if (pgaii_py_options_read(state, &it->options, &options) < 0)
        return -1;
    it->shared = PyDict_New();
    if (!it->shared)
        return -1;
    it->key = find_key(state, it->options.given[PGAII_PY_API_KEY], &words);
    if (!it->key || pgaii_py_text(state, it->key, "api_key", &options.api_key) < 0)
        return -1;
    source = source ? Py_NewRef(source) : PyUnicode_FromString(words);
    if (!source)
        return -1;
    it->client = pgaii_py_client_open(state, &options, source,
                                      it->options.given[PGAII_PY_ON_EVENT]);
    Py_DECREF(source);
    return it->client ? keep_found(it) : -1;
}

static int check_made(const contacts *self)
{
    if (self->it.client)
        return 0;
    return pgaii_py_usage(self->state, "the client was not made: the constructor of its "
                                       "class must call super().__init__()");
}

/* A client like another one, with another key. */
static pgaii_py_client *
renewed(pgaii_py_state *state, pgaii_py_client *client, PyObject *key, const char *source)
{
    const char *text = NULL;
    PyObject *words;
    pgaii_py_client *made = NULL;

    if (pgaii_py_text(state, key, "api_key", &text) < 0)
        return NULL;
    words = PyUnicode_FromString(source);
    if (words)
        made = pgaii_py_client_renewed(client, text, words);
    Py_XDECREF(words);
    return made;
}

/* Whether two keys are the same text; the types of both may be derived from str. */
static bool is_same(PyObject *key, PyObject *other)
{
    return key == other || PyUnicode_Compare(key, other) == 0;
}

/* Ask the function for the key. It may do anything, such as close this client. */
static int renew(contacts *self, PyObject *function)
{
    PyObject *key;
    pgaii_py_client *client;

    Py_INCREF(function);
    key = call_for_key(function);
    Py_DECREF(function);
    if (!key)
        return -1;
    if (self->it.closed || self->it.options.given[PGAII_PY_API_KEY] != function ||
        is_same(key, self->it.key)) {
        Py_DECREF(key);
        return 0;
    }
    client = renewed(self->state, self->it.client, key, from_function);
    if (!client) {
        Py_DECREF(key);
        return -1;
    }
    replace_client(&self->it, client, key);
    return 0;
}

/* The client of the key that holds now; a new reference. */
static pgaii_py_client *current(contacts *self)
{
    PyObject *key;

    if (check_made(self) < 0)
        return NULL;
    key = self->it.options.given[PGAII_PY_API_KEY];
    if (!self->it.closed && !PyUnicode_Check(key) && renew(self, key) < 0)
        return NULL;
    return (pgaii_py_client *)Py_NewRef((PyObject *)self->it.client);
}

/* Takes the client. */
static pgaii_py_client *limited(pgaii_py_client *client,
                                const pgai_call_options *call_options, PyObject *on_event)
{
    pgaii_py_client *made = pgaii_py_client_with(client, call_options, on_event);

    Py_DECREF((PyObject *)client);
    return made;
}

/* _client(timeout, deadline): what a call goes to; `...` leaves the client's own option.
 */
static PyObject *
client_for_call(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    contacts *self = (contacts *)object;
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;
    PyObject *timeout = count > 0 ? arguments[0] : Py_Ellipsis;
    PyObject *deadline = count > 1 ? arguments[1] : Py_Ellipsis;
    pgaii_py_client *client;

    if ((timeout != Py_Ellipsis && pgaii_py_seconds(self->state, timeout, "timeout",
                                                    &call_options.timeout_ms) < 0) ||
        (deadline != Py_Ellipsis && pgaii_py_seconds(self->state, deadline, "deadline",
                                                     &call_options.deadline_ms) < 0))
        return NULL;
    client = current(self);
    if (client && (call_options.timeout_ms || call_options.deadline_ms))
        client = limited(client, &call_options, NULL);
    return (PyObject *)client;
}

static contacts *make(PyTypeObject *type, pgaii_py_state *state)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    contacts *self = state ? (contacts *)allocate(type, 0) : NULL;

    if (self)
        self->state = state;
    return self;
}

static PyObject *contacts_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)arguments;
    (void)keywords;
    return (PyObject *)make(type, pgaii_py_state_from(type));
}

/* Errors name the class that was called. */
static int
parse(contacts *self, PyObject *arguments, PyObject *keywords, pgaii_py_options *out)
{
    PyObject *name = PyType_GetName(Py_TYPE((PyObject *)self));
    PyObject *format =
        name ? PyUnicode_FromFormat(PGAII_PY_CONTACTS_FORMAT "%U", name) : NULL;
    const char *text = format ? PyUnicode_AsUTF8AndSize(format, NULL) : NULL;
    int result =
        text ? pgaii_py_options_parse(self->state, text, arguments, keywords, out) : -1;

    Py_XDECREF(name);
    Py_XDECREF(format);
    return result;
}

static int contacts_init(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    contacts *self = (contacts *)object;
    inside fresh = {.client = NULL};
    inside before;
    int result = parse(self, arguments, keywords, &fresh.options);

    if (result == 0)
        result = open_new(self->state, &fresh, NULL);
    if (result < 0) {
        clear(&fresh);
        return -1;
    }
    before = self->it;
    self->it = fresh;
    clear(&before);
    return 0;
}

/* Fill a client that shares the connections of another; changes are call options and the
 * key.
 */
static int derive(contacts *other, contacts *self, const pgaii_py_options *changes)
{
    pgai_call_options call_options = PGAI_CALL_OPTIONS_INIT;
    PyObject *option = changes->given[PGAII_PY_API_KEY];
    pgaii_py_client *client;
    PyObject *key = NULL;
    const char *source;

    if (pgaii_py_options_call(self->state, changes, &call_options) < 0)
        return -1;
    if (option)
        key = find_key(self->state, option, &source);
    if (option && !key)
        return -1;
    client = option ? (pgaii_py_client *)Py_NewRef((PyObject *)self->it.client)
                    : current(self);
    if (client)
        client = limited(client, &call_options, changes->given[PGAII_PY_ON_EVENT]);
    if (client && option) {
        pgaii_py_client *old = client;

        client = renewed(self->state, old, key, source);
        Py_DECREF((PyObject *)old);
    }
    if (!client) {
        Py_XDECREF(key);
        return -1;
    }
    replace_client(&other->it, client, key ? key : Py_NewRef(self->it.key));
    other->it.shared = Py_NewRef(self->it.shared);
    return keep_found(&other->it);
}

/* What a class that is derived from pgai.Contacts keeps in its objects: its __dict__, and
 * its __slots__. */
static int carry_state(PyObject *other, PyObject *self)
{
    PyObject *state =
        PyObject_CallMethod((PyObject *)&PyBaseObject_Type, "__getstate__", "O", self);
    PyObject *named = state, *slots = NULL, *dict, *name, *value;
    Py_ssize_t at = 0;
    int result = state ? 0 : -1;

    if (state && PyTuple_Check(state)) {
        named = PyTuple_GetItem(state, 0);
        slots = PyTuple_GetItem(state, 1);
    }
    if (named && named != Py_None) {
        dict = PyObject_GenericGetDict(other, NULL);
        result = dict ? PyDict_Update(dict, named) : -1;
        Py_XDECREF(dict);
    }
    while (result == 0 && slots && PyDict_Next(slots, &at, &name, &value))
        result = PyObject_GenericSetAttr(other, name, value);
    Py_XDECREF(state);
    return result;
}

static int fill_other(contacts *other, contacts *self, const pgaii_py_options *changes)
{
    PyObject *source =
        changes->given[PGAII_PY_API_KEY] ? NULL : self->it.client->key_source;
    int result;

    pgaii_py_options_merge(&other->it.options, &self->it.options);
    pgaii_py_options_merge(&other->it.options, changes);
    if (pgaii_py_options_need_new(changes)) {
        Py_XINCREF(source); /* The client may get another while its key is asked for. */
        result = open_new(self->state, &other->it, source);
        Py_XDECREF(source);
    } else {
        result = derive(other, self, changes);
    }
    return result < 0 ? -1 : carry_state((PyObject *)other, (PyObject *)self);
}

static PyObject *with_options(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    contacts *self = (contacts *)object;
    contacts *other = NULL;
    pgaii_py_options changes = {{NULL}};

    if (pgaii_py_options_parse(self->state, PGAII_PY_WITH_OPTIONS_FORMAT, arguments,
                               keywords, &changes) == 0 &&
        check_made(self) == 0)
        other = make(Py_TYPE(object), self->state);
    if (other && fill_other(other, self, &changes) < 0)
        Py_CLEAR(other);
    pgaii_py_options_clear(&changes);
    return (PyObject *)other;
}

static PyObject *contacts_close(PyObject *object, PyObject *unused)
{
    contacts *self = (contacts *)object;

    (void)unused;
    self->it.closed = true;
    if (self->it.client)
        pgai_client_cancel(self->it.client->client);
    return Py_NewRef(Py_None);
}

static PyObject *refuse_copy(PyObject *object, PyObject *unused)
{
    (void)object;
    (void)unused;
    PyErr_SetString(
        PyExc_TypeError,
        "a client cannot be copied or pickled, because it holds connections and the key: "
        "use with_options() for another one, and make one in each process");
    return NULL;
}

static PyObject *rate_limit(PyObject *object, void *unused)
{
    contacts *self = (contacts *)object;

    (void)unused;
    return check_made(self) < 0 ? NULL : pgaii_py_client_rate_limit(self->it.client);
}

static PyObject *base_url(PyObject *object, void *unused)
{
    contacts *self = (contacts *)object;

    (void)unused;
    if (check_made(self) < 0)
        return NULL;
    return PyUnicode_FromString(pgai_client_base_url(self->it.client->client));
}

/* For AsyncContacts, which keeps its engine there. */
static PyObject *get_shared(PyObject *object, void *unused)
{
    contacts *self = (contacts *)object;

    (void)unused;
    return check_made(self) < 0 ? NULL : Py_NewRef(self->it.shared);
}

static PyObject *contacts_repr(PyObject *object)
{
    const contacts *self = (const contacts *)object;

    if (!self->it.client)
        return PyUnicode_FromString("<pgai.Contacts, not made>");
    return PyUnicode_FromFormat("<pgai.Contacts base_url='%s'>",
                                pgai_client_base_url(self->it.client->client));
}

static int contacts_traverse(PyObject *object, visitproc visit, void *arg)
{
    const contacts *self = (const contacts *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT((PyObject *)self->it.client);
    Py_VISIT(self->it.shared);
    return pgaii_py_options_visit(&self->it.options, visit, arg);
}

static int contacts_clear(PyObject *object)
{
    clear(&((contacts *)object)->it);
    return 0;
}

static void contacts_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    contacts_clear(object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

#define AS_METHOD(function) ((PyCFunction)(void (*)(void))(function))

static PyMethodDef methods[] = {
    {"_client", AS_METHOD(client_for_call), METH_FASTCALL, NULL},
    {"with_options", AS_METHOD(with_options), METH_VARARGS | METH_KEYWORDS,
     "with_options($self, /, **changes)\n--\n\n"
     "Return a client like this one with other options, those of the constructor.\n\n"
     "If only `api_key`, timeouts, the deadline, `max_attempts`, `max_wait` or "
     "`on_event`\n"
     "change, that is cheap: the two share their connections, and are closed together.\n"
     "Otherwise it is a separate client with the same key and address; if a proxy and\n"
     "certificates were not given, they are read from the environment again.\n\n"
     "If the class is derived from `pgai.Contacts`, the attributes are copied, and\n"
     "``__init__`` is not called."},
    {"_close", contacts_close, METH_NOARGS, NULL},
    {"__reduce__", refuse_copy, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"rate_limit", rate_limit, NULL,
     "The rate limit, as the service last reported it: a `RateLimit`, or None.", NULL},
    {"base_url", base_url, NULL, "The URL of the service, without a slash at its end.",
     NULL},
    {"_shared", get_shared, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, contacts_new},
    {Py_tp_init, contacts_init},
    {Py_tp_dealloc, contacts_dealloc},
    {Py_tp_traverse, contacts_traverse},
    {Py_tp_clear, contacts_clear},
    {Py_tp_repr, contacts_repr},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_tp_doc,
     (void *)"ContactsBase(api_key=None, *, base_url=None, timeout=30.0, "
             "connect_timeout=10.0, deadline=120.0, max_attempts=4, max_wait=120.0, "
             "pace=True, share=1.0, proxy=None, ca=None, user_agent=None, "
             "allow_cleartext=False, on_event=None)\n"
             "--\n\nThe base of pgai.Contacts: its options and its key."},
    {0, NULL},
};

PyType_Spec pgaii_py_contacts_spec = {
    .name = "pgai._pgai.ContactsBase",
    .basicsize = sizeof(contacts),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};
