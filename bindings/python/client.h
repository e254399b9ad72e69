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
    PyObject *on_event;   /**< told what happens in calls; NULL: nobody is */
} pgaii_py_client;

/** A client of its own.
 *
 * @param options    Read; its callbacks are set.
 * @param key_source Where the key came from, in words: str.
 * @param on_event   NULL or None: nobody is told what happens.
 * @return A new reference; NULL with an exception set. */
pgaii_py_client *pgaii_py_client_open(pgaii_py_state *state, pgai_client_options *options,
                                      PyObject *key_source, PyObject *on_event);

/** One like it with other call_options, as pgai_client_with().
 *
 * @param on_event NULL: that of @p client; None: nobody is told what happens. */
pgaii_py_client *pgaii_py_client_with(pgaii_py_client *client,
                                      const pgai_call_options *call_options,
                                      PyObject *on_event);

/** One like it with another key, as pgai_client_with_key(). */
pgaii_py_client *
pgaii_py_client_renewed(pgaii_py_client *client, const char *key, PyObject *key_source);

/** Raise what a call of the client that failed asks for, as pgaii_py_raise(). */
PyObject *pgaii_py_client_fail(pgaii_py_client *client, const pgai_error *error);

/** A new pgai.RateLimit, or None; NULL with an exception set. */
PyObject *pgaii_py_client_rate_limit(pgaii_py_client *client);

#endif
