#ifndef PGAII_PYTHON_OPTIONS_H
#define PGAII_PYTHON_OPTIONS_H

#include <Python.h>

#include <pgai/client.h>

#include "state.h"

/** @file
 * The options of pgai.Contacts() and with_options(). They are in no Python frame of ours,
 * so that tools that show local variables do not show the key.
 */

/** The options, in the order of the arguments. */
typedef enum pgaii_py_option {
    PGAII_PY_API_KEY,
    PGAII_PY_BASE_URL,
    PGAII_PY_TIMEOUT,
    PGAII_PY_CONNECT_TIMEOUT,
    PGAII_PY_DEADLINE,
    PGAII_PY_MAX_ATTEMPTS,
    PGAII_PY_MAX_WAIT,
    PGAII_PY_PACE,
    PGAII_PY_SHARE,
    PGAII_PY_PROXY,
    PGAII_PY_CA,
    PGAII_PY_USER_AGENT,
    PGAII_PY_ALLOW_CLEARTEXT,
    PGAII_PY_ON_EVENT,
    PGAII_PY_OPTION_COUNT
} pgaii_py_option;

typedef struct pgaii_py_options {
    PyObject *given[PGAII_PY_OPTION_COUNT]; /**< owned; NULL: not given */
} pgaii_py_options;

/** Read the arguments of a function.
 *
 * An unknown name is refused with the one that was meant. A path is made a str, and
 * absolute, since the program may work in another directory when it is next used.
 *
 * @param format   One of those below, for PyArg_ParseTupleAndKeywords().
 * @param[out] out Empty before; to be cleared also after a failure.
 * @return 0; -1 with an exception set. */
int pgaii_py_options_parse(pgaii_py_state *state, const char *format, PyObject *arguments,
                           PyObject *keywords, pgaii_py_options *out);

/** The arguments of the constructor, whose first may stand without its name, which the
 * name of its class must follow; and those of with_options(). */
#define PGAII_PY_CONTACTS_FORMAT "|O$OOOOOOOOOOOOO:"
#define PGAII_PY_WITH_OPTIONS_FORMAT "|$OOOOOOOOOOOOOO:with_options"

/** Take over those options that others give. */
void pgaii_py_options_merge(pgaii_py_options *options, const pgaii_py_options *others);

/** Whether an option is given that needs a separate client. */
int pgaii_py_options_need_new(const pgaii_py_options *options);

/** The call options among them: those that are not given stay as they are.
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_options_call(pgaii_py_state *state, const pgaii_py_options *options,
                          pgai_call_options *out);

/** All of them but the key. A call option at its default is left to the core, which has
 * more patience with a page of a walk than with a call.
 *
 * @param[out] out Started with its _INIT; its text belongs to @p options.
 * @return 0; -1 with an exception set. */
int pgaii_py_options_read(pgaii_py_state *state, const pgaii_py_options *options,
                          pgai_client_options *out);

/** For tp_traverse. Text is left out: it is in no cycle, and whoever asks the collector
 * what a client refers to is not shown the key. */
int pgaii_py_options_visit(const pgaii_py_options *options, visitproc visit, void *arg);

void pgaii_py_options_clear(pgaii_py_options *options);

#endif
