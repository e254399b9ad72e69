/* The module, and what one import of it knows. */
#include "module.h"

#include "client.h"
#include "contact.h"
#include "contacts.h"
#include "each.h"
#include "errors.h"
#include "page.h"
#include "pages.h"
#include "records.h"

#include <pgai/version.h>

pgaii_py_state *pgaii_py_state_of(PyObject *self)
{
    return PyType_GetModuleState(Py_TYPE(self));
}

/* The contents are kept, and not the module: those of modules are emptied while Python
 * shuts down. */
static int load_support(pgaii_py_state *state)
{
    PyObject *module;

    if (state->support)
        return 0;
    module = PyImport_ImportModule("pgai._support");
    if (!module)
        return -1;
    state->support = Py_NewRef(PyModule_GetDict(module));
    Py_DECREF(module);
    return 0;
}

PyObject *
pgaii_py_support(pgaii_py_state *state, const char *function, const char *format, ...)
{
    PyObject *name, *arguments, *callable = NULL, *result = NULL;
    va_list list;

    if (load_support(state) < 0)
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

/* _before_exit(): get what calls may need while it can still be imported. Clients that
 * are still there may be used by objects that say goodbye while Python shuts down. */
static PyObject *before_exit(PyObject *module, PyObject *unused)
{
    pgaii_py_state *state = PyModule_GetState(module);

    (void)unused;
    if (state->clients > 0 && load_support(state) < 0)
        return NULL;
    return Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    {"_before_exit", before_exit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

void pgaii_py_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    PyObject_Free(self);
    Py_DECREF(type);
}

static int add_names(pgaii_py_state *state)
{
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        state->names[i] = PyUnicode_InternFromString(pgai_field_name((pgai_field)i));
        if (!state->names[i])
            return -1;
    }
    state->extra = PyUnicode_InternFromString("extra");
    return state->extra ? 0 : -1;
}

/* Adds a type both to the module, where Python finds it, and to the state. */
static int add_type(PyObject *module, PyTypeObject **slot, PyObject *type)
{
    *slot = (PyTypeObject *)type;
    return type ? PyModule_AddType(module, *slot) : -1;
}

static int add_spec(PyObject *module, PyTypeObject **slot, PyType_Spec *spec)
{
    return add_type(module, slot, PyType_FromModuleAndSpec(module, spec, NULL));
}

static int add_record(PyObject *module, PyTypeObject **slot, PyStructSequence_Desc *desc)
{
    return add_type(module, slot, (PyObject *)PyStructSequence_NewType(desc));
}

static int module_exec(PyObject *module)
{
    pgaii_py_state *state = PyModule_GetState(module);

    if (pgaii_py_errors_load(state) < 0 || add_names(state) < 0 ||
        add_spec(module, &state->client_type, &pgaii_py_client_spec) < 0 ||
        add_spec(module, &state->contacts_type, &pgaii_py_contacts_spec) < 0 ||
        add_spec(module, &state->contact_type, &pgaii_py_contact_spec) < 0 ||
        add_spec(module, &state->page_type, &pgaii_py_page_spec) < 0 ||
        add_spec(module, &state->pages_type, &pgaii_py_pages_spec) < 0 ||
        add_spec(module, &state->each_type, &pgaii_py_each_spec) < 0 ||
        add_record(module, &state->rate_limit_type, &pgaii_py_rate_limit_desc) < 0 ||
        add_record(module, &state->stats_type, &pgaii_py_stats_desc) < 0)
        return -1;
    if (PyModule_AddStringConstant(module, "__version__", pgai_version()) < 0)
        return -1;
    return pgaii_py_contact_finish(state);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    pgaii_py_state *state = PyModule_GetState(module);

    Py_VISIT(state->client_type);
    Py_VISIT(state->contacts_type);
    Py_VISIT(state->contact_type);
    Py_VISIT(state->page_type);
    Py_VISIT(state->pages_type);
    Py_VISIT(state->each_type);
    Py_VISIT(state->rate_limit_type);
    Py_VISIT(state->stats_type);
    Py_VISIT(state->support);
    for (int i = 0; i < PGAII_STATUS_COUNT; i++)
        Py_VISIT(state->errors[i]);
    return 0;
}

static int module_clear(PyObject *module)
{
    pgaii_py_state *state = PyModule_GetState(module);

    Py_CLEAR(state->client_type);
    Py_CLEAR(state->contacts_type);
    Py_CLEAR(state->contact_type);
    Py_CLEAR(state->page_type);
    Py_CLEAR(state->pages_type);
    Py_CLEAR(state->each_type);
    Py_CLEAR(state->rate_limit_type);
    Py_CLEAR(state->stats_type);
    Py_CLEAR(state->support);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        Py_CLEAR(state->names[i]);
    Py_CLEAR(state->extra);
    for (int i = 0; i < PGAII_STATUS_COUNT; i++)
        Py_CLEAR(state->errors[i]);
    return 0;
}

static void module_free(void *module)
{
    module_clear(module);
}

/* Python 3.11 refuses a module that lists a slot it does not know, and one binary serves
 * 3.11 and all later versions: so there are two definitions, and the choice is made when
 * the module is loaded. The headers of 3.11 do not name the newer slot. */
enum { SLOT_MULTIPLE_INTERPRETERS = 3 };
#define PER_INTERPRETER_GIL ((void *)2)
#define VERSION_3_12 0x030C0000UL

static PyModuleDef_Slot slots_3_11[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};
static PyModuleDef_Slot slots_3_12[] = {
    {Py_mod_exec, module_exec},
    {SLOT_MULTIPLE_INTERPRETERS, PER_INTERPRETER_GIL},
    {0, NULL},
};

#define DEFINITION(slots)                                                                \
    {                                                                                    \
        PyModuleDef_HEAD_INIT,                                                           \
            .m_name = "pgai._pgai", .m_doc = "The C side of pgai; use pgai itself.",     \
            .m_size = sizeof(pgaii_py_state), .m_methods = functions,                    \
            .m_slots = (slots), .m_traverse = module_traverse, .m_clear = module_clear,  \
            .m_free = module_free                                                        \
    }
static PyModuleDef definition_3_11 = DEFINITION(slots_3_11);
static PyModuleDef definition_3_12 = DEFINITION(slots_3_12);

/* PyType_GetModuleByDef() came to the limited API with Python 3.13. */
pgaii_py_state *pgaii_py_state_from(PyTypeObject *type)
{
    for (; type; type = PyType_GetSlot(type, Py_tp_base)) {
        PyObject *module = PyType_GetModule(type);
        PyModuleDef *definition = module ? PyModule_GetDef(module) : NULL;

        if (definition == &definition_3_11 || definition == &definition_3_12)
            return PyModule_GetState(module);
        PyErr_Clear(); /* TypeError: the type is of no module. */
    }
    PyErr_SetString(PyExc_TypeError, "the type is not derived from pgai.Contacts");
    return NULL;
}

PyMODINIT_FUNC PyInit__pgai(void)
{
    return PyModuleDef_Init(Py_Version < VERSION_3_12 ? &definition_3_11
                                                      : &definition_3_12);
}
