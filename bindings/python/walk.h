#ifndef PGAII_PYTHON_WALK_H
#define PGAII_PYTHON_WALK_H

#include <Python.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <pgai/client.h>

#include "client.h"
#include "module.h"

/** A walk over all pages, as both iterators have it.
 *
 * One thread at a time may go on with a walk; others may meanwhile ask where it stands,
 * and see it as it was before.
 */
typedef struct pgaii_py_walk {
    pgaii_py_client *client; /**< owned: it must outlive the pager */
    pgai_pager *pager;
    atomic_bool busy;
    char cursor[PGAI_CURSOR_SIZE]; /**< as of when it became busy */
    pgai_walk_stats stats;
} pgaii_py_walk;

/** Prepare a walk; nothing is sent.
 *
 * @param arguments Of the method: start, limit, cursor, deadline.
 * @return 0; -1 with an exception set, and nothing to clear. */
int pgaii_py_walk_init(pgaii_py_walk *walk, PyObject *client, PyObject *arguments);

void pgaii_py_walk_clear(pgaii_py_walk *walk);

/** Fetch the next page.
 *
 * @return 1: @p out is the caller's, pgai_page_free(); 0: the walk is complete; -1 with
 * an exception set. */
int pgaii_py_walk_next(pgaii_py_walk *walk, pgai_page **out);

/** Where the walk stands, a new str; @p used as in pgai_pager_cursor(). */
PyObject *pgaii_py_walk_cursor(pgaii_py_walk *walk, size_t used);

/** What the walk did so far. */
pgai_walk_stats pgaii_py_walk_stats(pgaii_py_walk *walk);

#endif
