#ifndef PGAII_PYTHON_CLIENT_H
#define PGAII_PYTHON_CLIENT_H

#include <Python.h>

#include <pgai/client.h>

#include "errors.h"
#include "module.h"

/** The type pgai._pgai.Client, which pgai.Contacts wraps. */
extern PyType_Spec pgaii_py_client_spec;

typedef struct pgaii_py_client {
    PyObject_HEAD
    pgai_client *client;
    PyObject *key_source; /**< str: where the API key came from */
} pgaii_py_client;

/** What surrounds a call that can block: the GIL is let go in between, and taken back for
 * a moment about every 200 ms for the signals that have come.
 *
 * @code
 *     pgaii_py_blocking blocking = pgaii_py_blocking_begin();
 *     status = pgai_contacts_list(...);
 *     pgaii_py_blocking_end(blocking);
 * @endcode
 * A signal handler may begin another such call meanwhile, on the same thread.
 */
typedef struct pgaii_py_blocking {
    PyThreadState *outer; /**< of the call that a signal handler interrupted, or NULL */
} pgaii_py_blocking;

pgaii_py_blocking pgaii_py_blocking_begin(void);
void pgaii_py_blocking_end(pgaii_py_blocking blocking);

#endif
