/* What one import of the module knows. */
#include "state.h"

#include <string.h>

pgaii_py_state *pgaii_py_state_of(PyObject *self)
{
    return PyType_GetModuleState(Py_TYPE(self));
}

/* While Python shuts down nothing can be imported: sys.meta_path is None then. */
static int refuse_import(pgaii_py_state *state)
{
    PyObject *finders = PySys_GetObject("meta_path");

    if (PyErr_ExceptionMatches(PyExc_ImportError) && (!finders || finders == Py_None))
        PyErr_SetString(state->errors[PGAI_USAGE],
                        "Python is shutting down and can import nothing any more: import "
                        "json at the start of the program");
    return -1;
}

/* The contents are kept, not the module: modules are emptied while Python shuts down. */
int pgaii_py_support_load(pgaii_py_state *state)
{
    PyObject *module;

    if (state->support)
        return 0;
    module = PyImport_ImportModule("pgai._support");
    if (!module)
        return refuse_import(state);
    state->support = Py_NewRef(PyModule_GetDict(module));
    Py_DECREF(module);
    return 0;
}

PyObject *
pgaii_py_support(pgaii_py_state *state, const char *function, const char *format, ...)
{
    PyObject *name, *arguments, *callable = NULL, *result = NULL;
    va_list list;

    if (pgaii_py_support_load(state) < 0)
        return NULL;
    va_start(list, format);
    arguments = Py_VaBuildValue(format, list);
    va_end(list);
    name = PyUnicode_FromString(function);
    if (name && arguments)
        callable = PyDict_GetItemWithError(state->support, name);
    if (callable)
        result = PyObject_CallObject(callable, arguments);
    Py_XDECREF(name);
    Py_XDECREF(arguments);
    return result;
}

PyObject *pgaii_py_pydantic_schema(PyObject *type, PyObject *arguments)
{
    (void)arguments;
    return pgaii_py_support(PyType_GetModuleState((PyTypeObject *)type),
                            "pydantic_schema", "(O)", type);
}

/* A bit for each field of a list. */
enum { DETAIL, LISTED };
static const unsigned listed_fields = 0
#define X(upper, number, lower, listed, writable) | (unsigned)(listed) << (number)
    PGAI_FIELD_LIST(X);
#undef X
#define ALL_FIELDS ((1U << PGAI_FIELD_COUNT) - 1)

/* A dict in which these fields are None. */
static PyObject *dict_of(pgaii_py_state *state, unsigned wanted)
{
    static const unsigned char order[] = {
#define X(upper, number, lower, listed, writable) number,
        PGAI_FIELD_LIST(X)
#undef X
    };
    PyObject *dict = PyDict_New();

    for (int i = 0; dict && i < PGAI_FIELD_COUNT; i++)
        if ((wanted >> order[i] & 1) &&
            PyDict_SetItem(dict, state->names[order[i]], Py_None) < 0)
            Py_CLEAR(dict);
    return dict;
}

int pgaii_py_state_load(pgaii_py_state *state)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        state->names[i] = PyUnicode_InternFromString(pgai_field_name((pgai_field)i));
        if (!state->names[i])
            return -1;
    }
    state->extra = PyUnicode_InternFromString("extra");
    state->logging = PyUnicode_InternFromString("logging");
    state->listed = dict_of(state, listed_fields);
    state->whole = dict_of(state, ALL_FIELDS);
    return state->extra && state->logging && state->listed && state->whole ? 0 : -1;
}

PyObject *pgaii_py_state_dict(pgaii_py_state *state, unsigned present)
{
    if (present == listed_fields)
        return PyDict_Copy(state->listed);
    return present == ALL_FIELDS ? PyDict_Copy(state->whole) : PyDict_New();
}

int pgaii_py_state_visit(pgaii_py_state *state, visitproc visit, void *arg)
{
    Py_VISIT(state->client_type);
    Py_VISIT(state->contacts_type);
    Py_VISIT(state->contact_type);
    Py_VISIT(state->page_type);
    Py_VISIT(state->batch_type);
    Py_VISIT(state->pages_type);
    Py_VISIT(state->each_type);
    Py_VISIT(state->get_many_type);
    Py_VISIT(state->call_type);
    Py_VISIT(state->engine_type);
    Py_VISIT(state->steps_type);
    Py_VISIT(state->rate_limit_type);
    Py_VISIT(state->stats_type);
    Py_VISIT(state->response_type);
    Py_VISIT(state->event_type);
    Py_VISIT(state->logger);
    Py_VISIT(state->support);
    Py_VISIT(state->listed);
    Py_VISIT(state->whole);
    for (int i = 0; i < PGAII_STATUS_COUNT; i++)
        Py_VISIT(state->errors[i]);
    return 0;
}

void pgaii_py_state_clear(pgaii_py_state *state)
{
    Py_CLEAR(state->client_type);
    Py_CLEAR(state->contacts_type);
    Py_CLEAR(state->contact_type);
    Py_CLEAR(state->page_type);
    Py_CLEAR(state->batch_type);
    Py_CLEAR(state->pages_type);
    Py_CLEAR(state->each_type);
    Py_CLEAR(state->get_many_type);
    Py_CLEAR(state->call_type);
    Py_CLEAR(state->engine_type);
    Py_CLEAR(state->steps_type);
    Py_CLEAR(state->rate_limit_type);
    Py_CLEAR(state->stats_type);
    Py_CLEAR(state->response_type);
    Py_CLEAR(state->event_type);
    Py_CLEAR(state->logger);
    Py_CLEAR(state->support);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        Py_CLEAR(state->names[i]);
    Py_CLEAR(state->extra);
    Py_CLEAR(state->listed);
    Py_CLEAR(state->whole);
    Py_CLEAR(state->logging);
    for (int i = 0; i < PGAII_STATUS_COUNT; i++)
        Py_CLEAR(state->errors[i]);
}

/* PyType_GetModuleByDef() is in the limited API since Python 3.13. */
pgaii_py_state *pgaii_py_state_from(PyTypeObject *type)
{
    for (; type; type = PyType_GetSlot(type, Py_tp_base)) {
        PyObject *module = PyType_GetModule(type);
        PyModuleDef *definition = module ? PyModule_GetDef(module) : NULL;

        if (definition && strcmp(definition->m_name, PGAII_PY_MODULE) == 0)
            return PyModule_GetState(module);
        PyErr_Clear(); /* TypeError: the type belongs to no module. */
    }
    PyErr_SetString(PyExc_TypeError, "the type is not derived from pgai.Contacts");
    return NULL;
}

void pgaii_py_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    PyObject_Free(self);
    Py_DECREF(type);
}

void pgaii_py_free_tracked(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    PyObject_GC_Del(self);
    Py_DECREF(type);
}
