#ifndef PGAII_PYTHON_CONVERT_H
#define PGAII_PYTHON_CONVERT_H

#include <Python.h>
#include <stdint.h>

#include <pgai/text.h>

#include "state.h"

/** @file
 * From Python arguments to those of C. Each function returns 0, or -1 with TypeError (the
 * message names the argument and the type it got) or pgai.UsageError set; then the output
 * is as it was.
 */

/** Raise TypeError for an argument.
 *
 * @param expected What it should have been, such as "str".
 * @return -1. */
int pgaii_py_refuse_type(pgaii_py_state *state, PyObject *value, const char *name,
                         const char *expected);

/** Text without NUL, such as a name. NULL or None: the output stays as it is.
 *
 * @param[out] out UTF-8, NUL-terminated, owned by @p value. */
int pgaii_py_text(pgaii_py_state *state, PyObject *value, const char *name,
                  const char **out);

/** A whole number of 64 bits, of Python or any other type that has them, but no truth
 * value. NULL or None: the output stays as it is. */
int pgaii_py_integer(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out);

/** True or False. NULL: the output stays as it is. */
int pgaii_py_flag(pgaii_py_state *state, PyObject *value, const char *name, int *out);

/** A number of any type that float() takes but text and truth values. NULL: the output
 * stays as it is.
 *
 * @param expected What it should be, such as "a number". */
int pgaii_py_number(pgaii_py_state *state, PyObject *value, const char *name,
                    const char *expected, double *out);

/** Seconds, above 0, of any type that float() takes but text and truth values, to
 * milliseconds, rounded up. NULL: the output stays as it is; None and infinity:
 * PGAI_FOREVER. */
int pgaii_py_seconds(pgaii_py_state *state, PyObject *value, const char *name,
                     int64_t *out);

/** Texts of a list, with what keeps them alive. */
typedef struct pgaii_py_texts {
    PyObject *list;
    const char **texts;
    size_t count;
} pgaii_py_texts;

/** Texts without NUL, of a list or another iterable; one text is none.
 *
 * @param name     Of the argument.
 * @param item     Of one of them, with its number behind it.
 * @param[out] out To be cleared with pgaii_py_texts_clear(), unless this fails. */
int pgaii_py_read_texts(pgaii_py_state *state, PyObject *given, const char *name,
                        const char *item, pgaii_py_texts *out);

void pgaii_py_texts_clear(pgaii_py_texts *texts);

/** A new str of UTF-8 text; None when its data is NULL. */
PyObject *pgaii_py_string(pgai_text text);

/** A new str of text that the core has checked, and that has data; faster. */
PyObject *pgaii_py_checked_string(pgai_text text);

#endif
