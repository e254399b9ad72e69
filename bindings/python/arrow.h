#ifndef PGAII_PYTHON_ARROW_H
#define PGAII_PYTHON_ARROW_H

#include <Python.h>

#include <pgai/arrow.h>

#include "walk.h"

/** @file
 * Pages and walks as streams of Arrow, in the capsules of its PyCapsule interface.
 */

/** The method __arrow_c_schema__() of whatever has contacts: a new capsule; NULL with an
 * exception set. */
PyObject *pgaii_py_arrow_schema(PyObject *object, PyObject *unused);

#define PGAII_PY_ARROW_SCHEMA_DOC                                                        \
    "__arrow_c_schema__($self)\n--\n\n"                                                  \
    "Return what the columns are: the documented fields and extra, as text."

/** What reads the contacts of an object as an array: 0; -1 with an exception set. */
typedef int (*pgaii_py_arrow_reader)(PyObject *object, struct ArrowArray *out);

/** The methods __arrow_c_array__() and __arrow_c_stream__() of an object that is one
 * array.
 *
 * @param arguments Of the method, and its keywords: requested_schema.
 * @return A new tuple of two capsules, or a new capsule; NULL with an exception set.
 */
PyObject *pgaii_py_arrow_array(PyObject *object, PyObject *arguments, PyObject *keywords,
                               pgaii_py_arrow_reader read);
PyObject *pgaii_py_arrow_stream(PyObject *object, PyObject *arguments, PyObject *keywords,
                                pgaii_py_arrow_reader read);

#define PGAII_PY_ARROW_ARRAY_DOC                                                         \
    "__arrow_c_array__($self, requested_schema=None)\n--\n\n"                            \
    "Return the contacts as an array of Arrow, any number of times."

#define PGAII_PY_ARROW_STREAM_DOC                                                        \
    "__arrow_c_stream__($self, requested_schema=None)\n--\n\n"                           \
    "Return the contacts as a stream of Arrow, any number of times."

/** Contacts as an array, which keeps nothing of them.
 *
 * @param page     A page as it came; NULL: @p contacts, a tuple of Contact.
 * @return 0; -1 with an exception set. */
int pgaii_py_arrow_contacts(pgaii_py_state *state, const pgai_page *page,
                            PyObject *contacts, struct ArrowArray *out);

/** __arrow_c_stream__() of a walk: a stream that fetches. It takes the walk along, so
 * that a second one is refused.
 *
 * @param owner     The iterator that the walk is part of; the stream owns a reference.
 * @param arguments As above; keywords too.
 * @return A new capsule; NULL with an exception set.
 */
PyObject *pgaii_py_arrow_walk(PyObject *owner, pgaii_py_walk *walk, PyObject *arguments,
                              PyObject *keywords);

/** For the above: a capsule of a stream, which it owns until a consumer takes it. NULL,
 * and the stream is released, with an exception set.
 *
 * @param stream Moved. */
PyObject *pgaii_py_arrow_capsule(struct ArrowArrayStream *stream);

/** Check the arguments of these methods. What is requested is not used: a consumer must
 * accept the producer's own schema.
 *
 * @param format "|O:" and the name of the method.
 * @return 0; -1 with an exception set. */
int pgaii_py_arrow_arguments(PyObject *arguments, PyObject *keywords, const char *format);

#endif
