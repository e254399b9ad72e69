#ifndef PGAII_PYTHON_RECORDS_H
#define PGAII_PYTHON_RECORDS_H

#include <Python.h>

#include <pgai/options.h>

#include "state.h"

/** @file
 * The named tuples that tell how things stand: pgai.RateLimit and pgai.WalkStats; and
 * ranges of pages.
 */

extern PyStructSequence_Desc pgaii_py_rate_limit_desc;
extern PyStructSequence_Desc pgaii_py_stats_desc;

/** A new pgai.RateLimit, or None if the service has not reported any yet. */
PyObject *pgaii_py_rate_limit(pgaii_py_state *state, const pgai_rate_limit *limit);

/** A new pgai.WalkStats. */
PyObject *pgaii_py_stats(pgaii_py_state *state, const pgai_walk_stats *stats);

/** Append a range of pages to a list, as a new dict: the arguments of pages().
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_part_append(PyObject *list, const pgai_part *part);

/** A new record of a type made from a PyStructSequence_Desc.
 *
 * @param values Taken; some may be NULL with an exception set.
 * @return NULL with an exception set. */
PyObject *pgaii_py_record(PyTypeObject *type, PyObject **values, Py_ssize_t count);

#endif
