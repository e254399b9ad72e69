#ifndef PGAII_PYTHON_STATE_H
#define PGAII_PYTHON_STATE_H

#include <Python.h>

#include <pgai/contact.h>
#include <pgai/status.h>

/** @file
 * What one import of pgai._pgai knows. There is one in each interpreter, and nothing of
 * Python is kept anywhere else.
 */

/** One past the largest status. */
enum {
#define X(upper, value, word, python, text) PGAII_STATUS_AFTER_##upper = (value) + 1,
    PGAI_STATUS_LIST(X)
#undef X
        PGAII_STATUS_COUNT = PGAII_STATUS_AFTER_INCOMPLETE
};

typedef struct pgaii_py_state {
    PyTypeObject *client_type;
    PyTypeObject *contacts_type; /**< that of pgai.Contacts is derived from it */
    PyTypeObject *contact_type;
    PyTypeObject *page_type;
    PyTypeObject *batch_type;
    PyTypeObject *pages_type;
    PyTypeObject *each_type;
    PyTypeObject *get_many_type;
    PyTypeObject *call_type;
    PyTypeObject *engine_type;
    PyTypeObject *steps_type;
    PyTypeObject *rate_limit_type;
    PyTypeObject *stats_type;
    PyTypeObject *response_type;
    PyTypeObject *event_type;
    size_t clients;    /**< how many objects of client_type there are */
    PyObject *logger;  /**< "pgai"; NULL until the program has imported logging */
    PyObject *support; /**< what is in pgai._support; NULL until it is needed */
    /* Made once, because a lookup by a C string makes a str each time, and says "absent"
     * where there is no memory for it. */
    PyObject *names[PGAI_FIELD_COUNT];    /**< of the fields, interned */
    PyObject *extra;                      /**< the name "extra" */
    PyObject *listed;                     /**< a dict: None for each field of a list */
    PyObject *whole;                      /**< a dict: None for each field */
    PyObject *logging;                    /**< the name "logging" */
    PyObject *errors[PGAII_STATUS_COUNT]; /**< exception classes by status */
} pgaii_py_state;

/** The name of the module. */
#define PGAII_PY_MODULE "pgai._pgai"

/** Make the names and the dicts.
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_state_load(pgaii_py_state *state);

/** For the module's m_traverse and m_clear. */
int pgaii_py_state_visit(pgaii_py_state *state, visitproc visit, void *arg);
void pgaii_py_state_clear(pgaii_py_state *state);

/** The state behind an object of a final type of this module, whose type is the one that
 * the module made. Borrowed. */
pgaii_py_state *pgaii_py_state_of(PyObject *self);

/** The state behind a type that is derived from one of this module; borrowed. NULL with
 * an exception set: it is not. */
pgaii_py_state *pgaii_py_state_from(PyTypeObject *type);

/** A new dict for the fields of @p present, a bit each. If contacts nearly always have
 * just these, they are in it, all None: such a dict need not grow. Otherwise it is empty.
 *
 * @return A new reference; NULL with an exception set. */
PyObject *pgaii_py_state_dict(pgaii_py_state *state, unsigned present);

/** Import pgai._support, unless it was.
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_support_load(pgaii_py_state *state);

/** Call a function of pgai._support, where Python does what it does better than C.
 *
 * @param format Of the arguments, as in Py_BuildValue(); in parentheses.
 * @return A new reference; NULL with an exception set.
 */
PyObject *
pgaii_py_support(pgaii_py_state *state, const char *function, const char *format, ...);

/** The class method by which Pydantic asks how to read and write objects of a type. */
PyObject *pgaii_py_pydantic_schema(PyObject *type, PyObject *arguments);

/** Free an object of one of the module's types that are not tracked by the collector, and
 * release its type. */
void pgaii_py_free(PyObject *self);

/** The same for one that the collector tracked. */
void pgaii_py_free_tracked(PyObject *self);

#endif
