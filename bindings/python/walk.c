#include "walk.h"

#include <stdint.h>
#include <string.h>

#include "convert.h"
#include "errors.h"

static int
read_options(pgaii_py_state *state, PyObject *arguments, pgai_pages_options *out)
{
    PyObject *start, *limit, *cursor, *deadline;

    if (!PyArg_ParseTuple(arguments, "OOOO", &start, &limit, &cursor, &deadline) ||
        pgaii_py_integer(state, start, "start", &out->start) < 0 ||
        pgaii_py_integer(state, limit, "limit", &out->limit) < 0 ||
        (deadline != Py_None &&
         pgaii_py_seconds(state, deadline, "deadline", &out->deadline_ms) < 0))
        return -1;
    return pgaii_py_text(state, cursor, "cursor", &out->cursor);
}

static int fail(pgaii_py_walk *walk, const pgai_error *error, const char *cursor)
{
    const pgaii_py_context context = {walk->client->key_source, cursor};

    pgaii_py_raise(pgaii_py_state_of((PyObject *)walk->client), error, &context);
    return -1;
}

int pgaii_py_walk_init(pgaii_py_walk *walk, PyObject *client, PyObject *arguments)
{
    const pgai_walk_stats none = PGAI_WALK_STATS_INIT;
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;

    if (read_options(pgaii_py_state_of(client), arguments, &options) < 0)
        return -1;
    walk->client = (pgaii_py_client *)client;
    walk->pager = NULL;
    walk->stats = none;
    atomic_init(&walk->busy, false);
    if (pgai_contacts_pages(walk->client->client, &options, &walk->pager, &error))
        return fail(walk, &error, NULL);
    Py_INCREF(client);
    return 0;
}

void pgaii_py_walk_clear(pgaii_py_walk *walk)
{
    pgai_pager_free(walk->pager);
    Py_XDECREF((PyObject *)walk->client);
}

static bool begin(pgaii_py_walk *walk)
{
    if (atomic_load(&walk->busy)) {
        PyErr_SetString(PyExc_ValueError, "another thread is in this iterator");
        return false;
    }
    pgai_pager_cursor(walk->pager, SIZE_MAX, walk->cursor);
    pgai_pager_stats(walk->pager, &walk->stats);
    atomic_store(&walk->busy, true);
    return true;
}

int pgaii_py_walk_next(pgaii_py_walk *walk, pgai_page **out)
{
    pgai_error error = PGAI_ERROR_INIT;
    char cursor[PGAI_CURSOR_SIZE];
    pgaii_py_blocking blocking;
    pgai_status status;

    *out = NULL;
    if (!begin(walk))
        return -1;
    blocking = pgaii_py_blocking_begin();
    status = pgai_pager_next(walk->pager, out, &error);
    pgaii_py_blocking_end(blocking);
    atomic_store(&walk->busy, false);
    if (PyErr_Occurred() || (status != PGAI_OK && status != PGAI_DONE)) {
        pgai_page_free(*out);
        *out = NULL;
        pgai_pager_cursor(walk->pager, SIZE_MAX, cursor);
        return fail(walk, &error, cursor);
    }
    return status == PGAI_OK;
}

PyObject *pgaii_py_walk_cursor(pgaii_py_walk *walk, size_t used)
{
    char cursor[PGAI_CURSOR_SIZE];

    if (atomic_load(&walk->busy))
        return PyUnicode_FromString(walk->cursor);
    pgai_pager_cursor(walk->pager, used, cursor);
    return PyUnicode_FromString(cursor);
}

pgai_walk_stats pgaii_py_walk_stats(pgaii_py_walk *walk)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    if (atomic_load(&walk->busy))
        return walk->stats;
    pgai_pager_stats(walk->pager, &stats);
    return stats;
}
