#ifndef PGAII_PYTHON_CLIENT_H
#define PGAII_PYTHON_CLIENT_H

#include <Python.h>

#include <pgai/client.h>

#include "errors.h"
#include "state.h"

/** The type pgai._pgai.Client: a pgai_client, on which pgai.Contacts makes its calls. */
extern PyType_Spec pgaii_py_client_spec;

typedef struct pgaii_py_client {
    PyObject_HEAD
    pgai_client *client;
    PyObject *key_source; /**< str: where the API key came from */
} pgaii_py_client;

/** A client of its own.
 *
 * @param options    Read; its interrupt is set.
 * @param key_source Where the key came from, in words: str.
 * @return A new reference; NULL with an exception set. */
pgaii_py_client *pgaii_py_client_open(pgaii_py_state *state, pgai_client_options *options,
                                      PyObject *key_source);

/** One like it with other call_options, as pgai_client_with(). */
pgaii_py_client *
pgaii_py_client_with(pgaii_py_client *client, const pgai_call_options *call_options);

/** One like it with another key, as pgai_client_with_key(). */
pgaii_py_client *
pgaii_py_client_renewed(pgaii_py_client *client, const char *key, PyObject *key_source);

/** A new pgai.RateLimit, or None; NULL with an exception set. */
PyObject *pgaii_py_client_rate_limit(pgaii_py_client *client);

/** What surrounds a call that can block: the GIL is released in between, and taken back
 * for a moment about every 200 ms, for signals that have come.
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
