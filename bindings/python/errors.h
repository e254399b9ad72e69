#ifndef PGAII_PYTHON_ERRORS_H
#define PGAII_PYTHON_ERRORS_H

#include <Python.h>

#include <pgai/error.h>

#include "state.h"

/** What the exception says beside the error itself. Borrowed; each may be NULL. */
typedef struct pgaii_py_context {
    PyObject *key_source;          /**< where the API key came from, in words */
    const char *cursor;            /**< where the walk stood */
    const pgai_response *response; /**< the one of the walk, unless the error has one */
} pgaii_py_context;

/** Fill the state's table of exception classes, from pgai._errors.
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_errors_load(pgaii_py_state *state);

/** Raise what a call that failed asks for.
 *
 * An exception that is pending already, such as the KeyboardInterrupt that ended the
 * call, goes first; it gets the error as its cause when the call may have taken effect.
 *
 * @param error   Filled by the call. Its response is freed.
 * @param context May be NULL.
 * @return NULL, always, for callers to return.
 */
PyObject *pgaii_py_raise(pgaii_py_state *state, const pgai_error *error,
                         const pgaii_py_context *context);

/** Make an error say that the response to what was done is lost, so that its outcome is
 * unknown to the caller.
 *
 * @param done In words; NULL: nothing that matters, and the error stays as it is. */
void pgaii_py_lose(pgai_error *error, const char *done);

/** What a create did, for pgaii_py_lose(). */
extern const char pgaii_py_created[];

/** Raise pgai.UsageError with a message as in PyErr_Format(). @return -1, always. */
int pgaii_py_usage(pgaii_py_state *state, const char *format, ...);

#endif
