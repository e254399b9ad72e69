/* Schemas, arrays and streams of one array in the capsules of Arrow. */
#include "arrow.h"

#include <errno.h>
#include <stdlib.h>

#include "contact.h"
#include "errors.h"

static const char schema_name[] = "arrow_schema";
static const char array_name[] = "arrow_array";
static const char stream_name[] = "arrow_array_stream";

static void free_schema(PyObject *capsule)
{
    struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, schema_name);

    if (schema->release)
        schema->release(schema);
    PyMem_Free(schema);
}

PyObject *pgaii_py_arrow_schema(PyObject *object, PyObject *unused)
{
    struct ArrowSchema *schema = PyMem_Malloc(sizeof(*schema));
    PyObject *capsule = NULL;

    (void)object;
    (void)unused;
    if (!schema)
        return PyErr_NoMemory();
    if (pgai_arrow_schema(schema, NULL) == PGAI_OK)
        capsule = PyCapsule_New(schema, schema_name, free_schema);
    else
        PyErr_NoMemory();
    if (!capsule) {
        if (schema->release)
            schema->release(schema);
        PyMem_Free(schema);
    }
    return capsule;
}

static void free_stream(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, stream_name);

    if (stream->release)
        stream->release(stream);
    PyMem_Free(stream);
}

PyObject *pgaii_py_arrow_capsule(struct ArrowArrayStream *stream)
{
    struct ArrowArrayStream *kept = PyMem_Malloc(sizeof(*kept));
    PyObject *capsule = kept ? PyCapsule_New(kept, stream_name, free_stream) : NULL;

    if (capsule) {
        *kept = *stream;
        return capsule;
    }
    if (!kept)
        PyErr_NoMemory();
    PyMem_Free(kept);
    stream->release(stream);
    return NULL;
}

int pgaii_py_arrow_arguments(PyObject *arguments, PyObject *keywords, const char *format)
{
    static const char *const names[] = {"requested_schema", NULL};
    PyObject *requested = Py_None;

    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, format, (char **)names,
                                     &requested))
        return -1;
    if (requested == Py_None || PyCapsule_IsValid(requested, schema_name))
        return 0;
    PyErr_SetString(PyExc_TypeError,
                    "requested_schema must be a capsule \"arrow_schema\" or None");
    return -1;
}

/* The contacts of a page, read again from their text. */
typedef struct reading {
    pgai_contact **contacts;
    Py_ssize_t count;
} reading;

static void free_reading(reading *it)
{
    for (Py_ssize_t i = 0; i < it->count; i++)
        pgai_contact_free(it->contacts[i]);
    PyMem_Free(it->contacts);
}

static int read_one(reading *it, pgaii_py_state *state, PyObject *contact)
{
    pgai_error error = PGAI_ERROR_INIT;

    if (pgai_contact_parse(pgaii_py_contact_json(contact), &it->contacts[it->count],
                           &error) != PGAI_OK) {
        pgaii_py_raise(state, &error, NULL);
        return -1;
    }
    it->count++;
    return 0;
}

/* 0; -1 with an exception set. */
static int read_all(reading *it, pgaii_py_state *state, PyObject *contacts)
{
    it->contacts =
        PyMem_Calloc((size_t)PyTuple_Size(contacts) + 1, sizeof(*it->contacts));
    if (!it->contacts) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_Size(contacts); i++) {
        if (read_one(it, state, PyTuple_GetItem(contacts, i)) < 0)
            return -1;
    }
    return 0;
}

int pgaii_py_arrow_contacts(pgaii_py_state *state, const pgai_page *page,
                            PyObject *contacts, struct ArrowArray *out)
{
    pgai_error error = PGAI_ERROR_INIT;
    reading it = {NULL, 0};
    pgai_status status = PGAI_OK;
    int result = 0;

    if (page)
        status = pgai_arrow_page(page, out, &error);
    else if (read_all(&it, state, contacts) < 0)
        result = -1;
    else
        status = pgai_arrow_contacts((const pgai_contact *const *)it.contacts,
                                     (size_t)it.count, out, &error);
    if (status != PGAI_OK) {
        pgaii_py_raise(state, &error, NULL);
        result = -1;
    }
    free_reading(&it);
    return result;
}

/* A stream of one array, which is released when it was given away. */
static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    (void)stream;
    return pgai_arrow_schema(out, NULL) == PGAI_OK ? 0 : ENOMEM;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct ArrowArray *array = stream->private_data;

    *out = *array;
    array->release = NULL;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return NULL;
}

static void release(struct ArrowArrayStream *stream)
{
    struct ArrowArray *array = stream->private_data;

    if (array->release)
        array->release(array);
    free(array);
    stream->release = NULL;
}

/* Moves the array; NULL, and it is released, with an exception set. */
static PyObject *stream_of(struct ArrowArray *array)
{
    struct ArrowArrayStream stream = {get_schema, get_next, get_last_error, release,
                                      malloc(sizeof(*array))};

    if (!stream.private_data) {
        array->release(array);
        return PyErr_NoMemory();
    }
    *(struct ArrowArray *)stream.private_data = *array;
    return pgaii_py_arrow_capsule(&stream);
}

PyObject *pgaii_py_arrow_stream(PyObject *object, PyObject *arguments, PyObject *keywords,
                                pgaii_py_arrow_reader read)
{
    struct ArrowArray array;

    if (pgaii_py_arrow_arguments(arguments, keywords, "|O:__arrow_c_stream__") < 0 ||
        read(object, &array) < 0)
        return NULL;
    return stream_of(&array);
}

static void free_array(PyObject *capsule)
{
    struct ArrowArray *array = PyCapsule_GetPointer(capsule, array_name);

    if (array->release)
        array->release(array);
    PyMem_Free(array);
}

/* As stream_of(). */
static PyObject *capsule_of(struct ArrowArray *array)
{
    struct ArrowArray *kept = PyMem_Malloc(sizeof(*kept));
    PyObject *capsule = kept ? PyCapsule_New(kept, array_name, free_array) : NULL;

    if (capsule) {
        *kept = *array;
        return capsule;
    }
    if (!kept)
        PyErr_NoMemory();
    PyMem_Free(kept);
    array->release(array);
    return NULL;
}

PyObject *pgaii_py_arrow_array(PyObject *object, PyObject *arguments, PyObject *keywords,
                               pgaii_py_arrow_reader read)
{
    PyObject *schema, *capsule, *both = NULL;
    struct ArrowArray array;

    if (pgaii_py_arrow_arguments(arguments, keywords, "|O:__arrow_c_array__") < 0 ||
        read(object, &array) < 0)
        return NULL;
    capsule = capsule_of(&array);
    schema = capsule ? pgaii_py_arrow_schema(object, NULL) : NULL;
    if (schema)
        both = PyTuple_Pack(2, schema, capsule);
    Py_XDECREF(schema);
    Py_XDECREF(capsule);
    return both;
}
