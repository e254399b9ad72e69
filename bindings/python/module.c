/* The module: its types, and how it is loaded. */
#include "module.h"

#include "calls.h"
#include "client.h"
#include "contact.h"
#include "contacts.h"
#include "engine.h"
#include "errors.h"
#include "event.h"
#include "iterators.h"
#include "page.h"
#include "record_batch.h"
#include "records.h"
#include "response.h"
#include "state.h"
#include "steps.h"

#include <pgai/version.h>

/* _before_exit(): get what calls may need while it can still be imported. Objects may
 * still use clients in __del__ while Python shuts down. If json was not imported, its
 * import would take longer than all of a short program. */
static PyObject *before_exit(PyObject *module, PyObject *unused)
{
    pgaii_py_state *state = PyModule_GetState(module);
    PyObject *name = PyUnicode_FromString("json");
    PyObject *json = name ? PyImport_GetModule(name) : NULL;

    (void)unused;
    if (json && state->clients > 0)
        pgaii_py_support_load(state);
    Py_XDECREF(json);
    Py_XDECREF(name);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    {"_before_exit", before_exit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

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

    if (pgaii_py_errors_load(state) < 0 || pgaii_py_state_load(state) < 0 ||
        add_spec(module, &state->client_type, &pgaii_py_client_spec) < 0 ||
        add_spec(module, &state->contacts_type, &pgaii_py_contacts_spec) < 0 ||
        add_spec(module, &state->contact_type, &pgaii_py_contact_spec) < 0 ||
        add_spec(module, &state->page_type, &pgaii_py_page_spec) < 0 ||
        add_spec(module, &state->batch_type, &pgaii_py_batch_spec) < 0 ||
        add_spec(module, &state->pages_type, &pgaii_py_pages_spec) < 0 ||
        add_spec(module, &state->each_type, &pgaii_py_each_spec) < 0 ||
        add_spec(module, &state->get_many_type, &pgaii_py_get_many_spec) < 0 ||
        add_spec(module, &state->call_type, &pgaii_py_call_spec) < 0 ||
        add_spec(module, &state->engine_type, &pgaii_py_engine_spec) < 0 ||
        add_spec(module, &state->steps_type, &pgaii_py_steps_spec) < 0 ||
        add_record(module, &state->rate_limit_type, &pgaii_py_rate_limit_desc) < 0 ||
        add_record(module, &state->stats_type, &pgaii_py_stats_desc) < 0 ||
        add_record(module, &state->response_type, &pgaii_py_response_desc) < 0 ||
        add_record(module, &state->event_type, &pgaii_py_event_desc) < 0)
        return -1;
    if (PyModule_AddStringConstant(module, "__version__", pgai_version()) < 0)
        return -1;
    return pgaii_py_contact_finish(state);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    return pgaii_py_state_visit(PyModule_GetState(module), visit, arg);
}

static int module_clear(PyObject *module)
{
    pgaii_py_state_clear(PyModule_GetState(module));
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
            .m_name = PGAII_PY_MODULE, .m_doc = "The C side of pgai; use pgai itself.",  \
            .m_size = sizeof(pgaii_py_state), .m_methods = functions,                    \
            .m_slots = (slots), .m_traverse = module_traverse, .m_clear = module_clear,  \
            .m_free = module_free                                                        \
    }
static PyModuleDef definition_3_11 = DEFINITION(slots_3_11);
static PyModuleDef definition_3_12 = DEFINITION(slots_3_12);

PyMODINIT_FUNC PyInit__pgai(void)
{
    return PyModuleDef_Init(Py_Version < VERSION_3_12 ? &definition_3_11
                                                      : &definition_3_12);
}
