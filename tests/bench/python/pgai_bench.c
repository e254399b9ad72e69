/* The module pgai_bench: what the benchmarks in Python need of C. It holds the code of
 * pgai._pgai a second time, but makes objects of the types of the module that is
 * installed.
 */
#include <Python.h>

#include <pgai/protocol.h>

#include "arrow.h"
#include "bench/bare.h"
#include "blocking.h"
#include "contact.h"
#include "module.h"
#include "page.h"
#include "protocol/arrow.h"
#include "record_batch.h"
#include "support/pages.h"

static const char bare_name[] = "pgai_bench.bare";
static const char parsed_name[] = "pgai_bench.parsed";

typedef struct bench_state {
    PyObject *pgai; /* the module pgai._pgai */
    pgai_session *session;
} bench_state;

static PyObject *page_bytes(PyObject *module, PyObject *args)
{
    unsigned long long seed;
    int contacts;
    pgaii_buffer body;
    PyObject *result = NULL;

    (void)module;
    if (!PyArg_ParseTuple(args, "Ki:page_bytes", &seed, &contacts))
        return NULL;
    pgaii_buffer_init(&body, 1 << 20);
    pages_write(&body, PAGE_PLAIN, seed, contacts);
    result = PyBytes_FromStringAndSize(body.data, (Py_ssize_t)body.length);
    pgaii_buffer_clear(&body);
    return result;
}

/* As a client does it with a response: a call from its first step to its page. */
static pgai_page *read_response(pgai_session *session, pgai_text body)
{
    static const pgai_header type = {{"content-type", 12}, {"application/json", 16}};
    const pgai_response response = {200, &type, 1, body};
    pgai_page *page = NULL;
    pgai_call *call;

    if (pgai_call_new_list(session, NULL, NULL, &call, NULL) != PGAI_OK)
        return NULL;
    if (pgai_call_next(call, 0) == PGAI_STEP_SEND) {
        pgai_call_feed(call, 0, &response);
        if (pgai_call_next(call, 0) == PGAI_STEP_DONE)
            page = pgai_call_take_page(call);
    }
    pgai_call_free(call);
    return page;
}

/* NULL with an exception set. */
static pgai_page *read_bytes(bench_state *state, PyObject *bytes)
{
    pgaii_py_blocking blocking;
    pgai_page *page;
    Py_ssize_t length;
    char *data;

    if (PyBytes_AsStringAndSize(bytes, &data, &length) < 0)
        return NULL;
    blocking = pgaii_py_blocking_begin(NULL);
    page = read_response(state->session, (pgai_text){data, (size_t)length});
    pgaii_py_blocking_end(blocking);
    if (!page)
        PyErr_SetString(PyExc_ValueError, "this is not a page");
    return page;
}

static void parsed_free(PyObject *capsule)
{
    pgai_page_free(PyCapsule_GetPointer(capsule, parsed_name));
}

static PyObject *parse(PyObject *module, PyObject *bytes)
{
    pgai_page *page = read_bytes(PyModule_GetState(module), bytes);
    PyObject *capsule = page ? PyCapsule_New(page, parsed_name, parsed_free) : NULL;

    if (!capsule)
        pgai_page_free(page);
    return capsule;
}

/* The contacts, as often as asked: a Page takes what it is made of. */
static PyObject *objects(PyObject *module, PyObject *capsule)
{
    bench_state *state = PyModule_GetState(module);
    pgai_page *page = PyCapsule_GetPointer(capsule, parsed_name);
    PyObject *made = page ? PyTuple_New((Py_ssize_t)pgai_page_count(page)) : NULL;

    for (size_t i = 0; made && i < pgai_page_count(page); i++)
        PyTuple_SetItem(
            made, (Py_ssize_t)i,
            pgaii_py_contact(PyModule_GetState(state->pgai), pgai_page_contact(page, i)));
    return made;
}

static PyObject *page_of(PyObject *module, PyObject *bytes)
{
    bench_state *state = PyModule_GetState(module);
    pgai_page *page = read_bytes(state, bytes);
    PyObject *made = page ? pgaii_py_page(PyModule_GetState(state->pgai), &page) : NULL;

    pgai_page_free(page);
    return made;
}

/* A Page makes its contacts when they are asked for. */
static PyObject *decode(PyObject *module, PyObject *bytes)
{
    PyObject *made = page_of(module, bytes);
    PyObject *asked = made ? PyObject_GetIter(made) : NULL;

    if (!asked)
        Py_CLEAR(made);
    Py_XDECREF(asked);
    return made;
}

/* As get_next() of a walk's stream does it. */
static int read_columns(PyObject *arguments, struct ArrowArray *out)
{
    bench_state *state = PyModule_GetState(PyTuple_GetItem(arguments, 0));
    PyObject *bodies = PyTuple_GetItem(arguments, 1);
    pgai_status status = PGAI_OK;
    pgaii_arrow rows;

    pgaii_arrow_init(&rows);
    for (Py_ssize_t i = 0; status == PGAI_OK && i < PyList_Size(bodies); i++) {
        pgai_page *page = read_bytes(state, PyList_GetItem(bodies, i));

        status = page ? pgaii_arrow_add_page(&rows, page, NULL) : PGAI_USAGE;
        pgai_page_free(page);
    }
    if (status == PGAI_OK)
        status = pgaii_arrow_take(&rows, out, NULL);
    pgaii_arrow_clear(&rows);
    if (status != PGAI_OK && !PyErr_Occurred())
        PyErr_NoMemory();
    return status == PGAI_OK ? 0 : -1;
}

static PyObject *columns(PyObject *module, PyObject *bodies)
{
    PyObject *both = PyTuple_Pack(2, module, bodies);
    PyObject *nothing = PyTuple_New(0);
    PyObject *result = pgaii_py_arrow_array(both, nothing, NULL, read_columns);

    Py_DECREF(nothing);
    Py_DECREF(both);
    return result;
}

static PyObject *batch(PyObject *module, PyObject *bodies)
{
    bench_state *state = PyModule_GetState(module);
    PyObject *made = pgaii_py_batch_new(PyModule_GetState(state->pgai));

    for (Py_ssize_t i = 0; i < PyList_Size(bodies); i++) {
        pgai_page *page = read_bytes(state, PyList_GetItem(bodies, i));

        if (!page || pgaii_py_batch_add(made, page, 0) < 0) {
            Py_DECREF(made);
            return NULL;
        }
    }
    return made;
}

static void bare_free(PyObject *capsule)
{
    bare *loop = PyCapsule_GetPointer(capsule, bare_name);

    bare_clear(loop);
    PyMem_Free(loop);
}

static PyObject *bare_new(PyObject *module, PyObject *args)
{
    const char *url, *key;
    PyObject *capsule;
    bare *loop;

    (void)module;
    if (!PyArg_ParseTuple(args, "ss:bare_new", &url, &key))
        return NULL;
    loop = PyMem_Malloc(sizeof(*loop));
    if (!loop)
        return PyErr_NoMemory();
    bare_init(loop, url, key);
    capsule = PyCapsule_New(loop, bare_name, bare_free);
    if (!capsule) {
        bare_clear(loop);
        PyMem_Free(loop);
    }
    return capsule;
}

static PyObject *fetch(PyObject *module, PyObject *args)
{
    PyObject *capsule;
    bare *loop;
    int pages;

    (void)module;
    if (!PyArg_ParseTuple(args, "Oi:bare_fetch", &capsule, &pages))
        return NULL;
    loop = PyCapsule_GetPointer(capsule, bare_name);
    if (!loop)
        return NULL;
    if (bare_fetch(loop, pages) < 0) {
        PyErr_SetString(PyExc_OSError, "a page did not come");
        return NULL;
    }
    return Py_NewRef(Py_None);
}

static int module_exec(PyObject *module)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    bench_state *state = PyModule_GetState(module);

    options.api_key = "sandbox_key";
    options.base_url = "http://127.0.0.1/v1";
    if (pgai_session_new(&options, &state->session, NULL) != PGAI_OK) {
        PyErr_SetString(PyExc_RuntimeError, "there is no session");
        return -1;
    }
    state->pgai = PyImport_ImportModule("pgai._pgai");
    return state->pgai ? 0 : -1;
}

static void module_free(void *module)
{
    bench_state *state = PyModule_GetState(module);

    pgai_session_free(state->session);
    Py_CLEAR(state->pgai);
}

static PyMethodDef functions[] = {
    {"page_bytes", page_bytes, METH_VARARGS,
     "page_bytes(seed, contacts): the body of a page that bench_scan.c reads as well."},
    {"parse", parse, METH_O, "parse(body): what is done without the GIL."},
    {"objects", objects, METH_O,
     "objects(parsed): its contacts, which are made with the GIL."},
    {"page", page_of, METH_O, "page(body): what Contacts.list() makes of a response."},
    {"decode", decode, METH_O, "decode(body): the same, and its contacts."},
    {"columns", columns, METH_O,
     "columns(bodies): an array of Arrow, as a stream makes it of responses."},
    {"batch", batch, METH_O, "batch(bodies): the RecordBatch of responses."},
    {"bare_new", bare_new, METH_VARARGS, "bare_new(base_url, api_key): see bare.h."},
    {"bare_fetch", fetch, METH_VARARGS, "bare_fetch(bare, pages)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,  .m_name = "pgai_bench", .m_size = sizeof(bench_state),
    .m_methods = functions, .m_slots = slots,       .m_free = module_free,
};

PyMODINIT_FUNC PyInit_pgai_bench(void);

PyMODINIT_FUNC PyInit_pgai_bench(void)
{
    return PyModuleDef_Init(&definition);
}
