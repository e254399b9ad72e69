#ifndef PGAII_PYTHON_ARGUMENTS_H
#define PGAII_PYTHON_ARGUMENTS_H

#include <Python.h>

#include <pgai/options.h>

#include "convert.h"
#include "state.h"

/** @file
 * The arguments of calls. Each function returns 0, or -1 with TypeError or
 * pgai.UsageError set. Text that is read stays that of the arguments.
 */

/** A tuple: page, limit. */
int pgaii_py_read_list(pgaii_py_state *state, PyObject *args, pgai_list_options *out);

/** A tuple: parts, limit. */
int pgaii_py_read_plan(pgaii_py_state *state, PyObject *args, int64_t *parts,
                       int64_t *limit);

/** The id of a get. */
int pgaii_py_read_id(pgaii_py_state *state, PyObject *id, const char **out);

/** The arguments of get_many(): ids, prefetch, deadline.
 *
 * @param[out] ids To be cleared with pgaii_py_texts_clear(), unless this fails.
 */
int pgaii_py_read_many(pgaii_py_state *state, PyObject *args, pgaii_py_texts *ids,
                       pgai_get_many_options *out);

/** The fields of a create. In the dict, `extra` is replaced by its JSON text. */
int pgaii_py_read_fields(pgaii_py_state *state, PyObject *dict, pgai_contact_fields *out);

#endif
