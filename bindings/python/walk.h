#ifndef PGAII_PYTHON_WALK_H
#define PGAII_PYTHON_WALK_H

#include <Python.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <pgai/arrow.h>
#include <pgai/client.h>
#include <pgai/protocol.h>

#include "client.h"
#include "state.h"

/** What a walk goes over, and returns. */
typedef enum pgaii_py_walk_kind {
    PGAII_PY_PAGES,   /**< whole pages */
    PGAII_PY_EACH,    /**< the contacts of all pages */
    PGAII_PY_GET_MANY /**< contacts of given ids, and None for those that are not there */
} pgaii_py_walk_kind;

/** A walk, as the iterators and steps have it.
 *
 * One thread at a time may go on with a walk; others may meanwhile ask where it stands,
 * and see it as it was before.
 */
typedef struct pgaii_py_walk {
    pgaii_py_client *client; /**< owned: it must outlive the pager */
    pgai_pager *pager;       /**< that goes on by itself; NULL: there is @c steps */
    pgai_walk *steps;        /**< whose calls an engine drives */
    pgaii_py_walk_kind kind;
    pgai_page *page; /**< the last one that came; NULL: none, or nothing of it waits */
    size_t used;     /**< how many of its contacts have been returned */
    PyObject *batch; /**< pgai.RecordBatch that is gathered from steps; NULL: none */
    bool exported;   /**< a stream of Arrow reads it */
    bool stopped;    /**< that failed: the cursor is that of its last batch */
    atomic_bool busy;
    char cursor[PGAI_CURSOR_SIZE]; /**< as of when it became busy */
    pgai_walk_stats stats;
} pgaii_py_walk;

/** Prepare a walk; nothing is sent.
 *
 * @param stepped   It has @c steps, and pgaii_py_walk_step() instead of _next().
 * @param arguments Of the method: start, count, limit, prefetch, details, strict, cursor,
 * deadline; of get_many(): ids, prefetch, deadline.
 * @return 0; -1 with an exception set, and nothing to clear. */
int pgaii_py_walk_init(pgaii_py_walk *walk, pgaii_py_walk_kind kind, bool stepped,
                       PyObject *client, PyObject *arguments);

void pgaii_py_walk_clear(pgaii_py_walk *walk);

/** Make @c page have something that was not returned yet: if it has nothing, fetch the
 * next page. So what could not be returned comes again.
 *
 * @return 1: it has; 0: the walk is complete; -1 with an exception set. */
int pgaii_py_walk_next(pgaii_py_walk *walk);

/** What comes next as an array of Arrow: the rest of the present page, or the next batch.
 * For a stream of Arrow, which has no exceptions.
 *
 * @param pages Of the walk's pager.
 * @param[out] out Released: the walk is complete, or failed.
 * @return 0; EBUSY: another thread is using the walk; or the errno of @p pages, and
 * ENOMEM. What a signal handler or an observer raised is set as an exception. */
int pgaii_py_walk_batch(pgaii_py_walk *walk, struct ArrowArrayStream *pages,
                        struct ArrowArray *out);

/** The same as pgaii_py_walk_next() for a walk with steps.
 *
 * @return as above; 2: its calls must be driven first. */
int pgaii_py_walk_step(pgaii_py_walk *walk);

/** For a walk with steps: gather what comes next for a pgai.RecordBatch. It is whole when
 * it is large enough, or when what follows is the end or a failure.
 *
 * @param[out] batch With 1: a new reference.
 * @return as above. After 2, and after an exception, what was gathered is kept, and the
 * cursor and the statistics stand before it; pgaii_py_walk_step() must wait for it. */
int pgaii_py_walk_gather(pgaii_py_walk *walk, PyObject **batch);

/** How many contacts of the present page are still to come. */
size_t pgaii_py_walk_waiting(const pgaii_py_walk *walk);

/** Take what is to be returned of the page: the page or its next contact, or None if it
 * is that of an id which the service does not have. A new reference. */
PyObject *pgaii_py_walk_take(pgaii_py_walk *walk);

/** Where the walk stands, a new str. */
PyObject *pgaii_py_walk_cursor(pgaii_py_walk *walk);

/** What the walk did so far. Contacts, and whole pages, count when they are returned. */
pgai_walk_stats pgaii_py_walk_stats(pgaii_py_walk *walk);

/** For __length_hint__: how many contacts, or pages, are to come, as the service says,
 * but no more than a list may be given room for at once; -1: it does not say. */
int64_t pgaii_py_walk_left(pgaii_py_walk *walk);

#endif
