/* What both iterators are made of. */
#include "walk.h"

#include <stdint.h>
#include <string.h>

#include <pgai/transport.h>

#include "blocking.h"
#include "convert.h"
#include "errors.h"

static int
read_options(pgaii_py_state *state, PyObject *arguments, pgai_pages_options *out)
{
    PyObject *start, *count, *limit, *prefetch, *details, *strict, *cursor, *deadline;

    if (!PyArg_ParseTuple(arguments, "OOOOOOOO", &start, &count, &limit, &prefetch,
                          &details, &strict, &cursor, &deadline) ||
        pgaii_py_integer(state, start, "start", &out->start) < 0 ||
        pgaii_py_integer(state, count, "count", &out->count) < 0 ||
        pgaii_py_integer(state, limit, "limit", &out->limit) < 0 ||
        pgaii_py_integer(state, prefetch, "prefetch", &out->prefetch) < 0 ||
        pgaii_py_flag(state, details, "details", &out->details) < 0 ||
        pgaii_py_flag(state, strict, "strict", &out->strict) < 0 ||
        (deadline != Py_None &&
         pgaii_py_seconds(state, deadline, "deadline", &out->deadline_ms) < 0))
        return -1;
    return pgaii_py_text(state, cursor, "cursor", &out->cursor);
}

static int fail(pgaii_py_walk *walk, const pgai_error *error, const char *cursor)
{
    const pgaii_py_context context = {walk->client->key_source, cursor,
                                      walk->steps ? pgai_walk_response(walk->steps)
                                                  : NULL};

    pgaii_py_raise(pgaii_py_state_of((PyObject *)walk->client), error, &context);
    return -1;
}

static pgai_status make(pgaii_py_walk *walk, bool stepped,
                        const pgai_pages_options *options, pgai_error *error)
{
    pgai_client *client = walk->client->client;
    pgai_session *session;
    pgai_status status;

    if (!stepped)
        return pgai_contacts_pages(client, options, &walk->pager, error);
    status = pgai_client_session(client, &session, error);
    if (status == PGAI_OK)
        status = pgai_walk_new(session, options, pgai_client_call_options(client),
                               &walk->steps, error);
    return status;
}

int pgaii_py_walk_init(pgaii_py_walk *walk, bool by_page, bool stepped, PyObject *client,
                       PyObject *arguments)
{
    const pgai_walk_stats none = PGAI_WALK_STATS_INIT;
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;

    if (read_options(pgaii_py_state_of(client), arguments, &options) < 0)
        return -1;
    walk->client = (pgaii_py_client *)client;
    walk->pager = NULL;
    walk->steps = NULL;
    walk->by_page = by_page;
    walk->page = NULL;
    walk->used = SIZE_MAX;
    walk->stats = none;
    atomic_init(&walk->busy, false);
    if (make(walk, stepped, &options, &error))
        return fail(walk, &error, NULL);
    Py_INCREF(client);
    return 0;
}

/* Requests in flight are given up, which an observer is told, as from a __del__. */
static void free_watched(pgaii_py_walk *walk)
{
    PyObject *type, *value, *traceback;
    pgaii_py_blocking blocking;

    PyErr_Fetch(&type, &value, &traceback);
    blocking = pgaii_py_blocking_begin_free(walk->client);
    pgai_pager_free(walk->pager);
    pgaii_py_blocking_end(blocking);
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(walk->client->on_event);
    PyErr_Restore(type, value, traceback);
}

void pgaii_py_walk_clear(pgaii_py_walk *walk)
{
    pgai_page_free(walk->page);
    if (walk->steps)
        pgai_walk_free(walk->steps);
    else if (walk->client->on_event)
        free_watched(walk);
    else
        pgai_pager_free(walk->pager);
    Py_XDECREF((PyObject *)walk->client);
}

static void cursor_at(const pgaii_py_walk *walk, size_t used, char out[PGAI_CURSOR_SIZE])
{
    if (walk->pager)
        pgai_pager_cursor(walk->pager, used, out);
    else
        pgai_walk_cursor(walk->steps, used, out);
}

static void stats_of(const pgaii_py_walk *walk, pgai_walk_stats *out)
{
    if (walk->pager)
        pgai_pager_stats(walk->pager, out);
    else
        pgai_walk_stats_get(walk->steps, out);
}

static bool begin(pgaii_py_walk *walk)
{
    if (atomic_load(&walk->busy)) {
        PyErr_SetString(PyExc_ValueError, "another thread is using this iterator");
        return false;
    }
    cursor_at(walk, SIZE_MAX, walk->cursor);
    stats_of(walk, &walk->stats);
    atomic_store(&walk->busy, true);
    return true;
}

size_t pgaii_py_walk_waiting(const pgaii_py_walk *walk)
{
    return walk->page ? pgai_page_count(walk->page) - walk->used : 0;
}

/* The page before stays until the next one has come, as the cursor counts its contacts.
 */
static void turn(pgaii_py_walk *walk, pgai_page *page)
{
    pgai_page_free(walk->page);
    walk->page = page;
    walk->used = 0;
}

int pgaii_py_walk_next(pgaii_py_walk *walk)
{
    pgai_response *last = NULL;
    pgai_error error = PGAI_ERROR_INIT;
    char cursor[PGAI_CURSOR_SIZE];
    pgai_page *page = NULL;
    pgaii_py_blocking blocking;
    pgai_status status;

    if (pgaii_py_walk_waiting(walk))
        return 1;
    if (!begin(walk))
        return -1;
    error.response = &last;
    blocking = pgaii_py_blocking_begin(walk->client);
    status = pgai_pager_next(walk->pager, &page, &error);
    pgaii_py_blocking_end(blocking);
    atomic_store(&walk->busy, false);
    if (status == PGAI_OK)
        turn(walk, page);
    if (PyErr_Occurred() || (status != PGAI_OK && status != PGAI_DONE)) {
        cursor_at(walk, SIZE_MAX, cursor);
        return fail(walk, &error, cursor);
    }
    return status == PGAI_OK;
}

int pgaii_py_walk_step(pgaii_py_walk *walk)
{
    char cursor[PGAI_CURSOR_SIZE];
    pgai_page *page = NULL;

    if (pgaii_py_walk_waiting(walk))
        return 1;
    switch (pgai_walk_next(walk->steps, pgai_transport_now_ms(), &page)) {
    case PGAI_WALK_PAGE:
        turn(walk, page);
        return 1;
    case PGAI_WALK_CALLS:
        return 2;
    case PGAI_WALK_DONE:
        return 0;
    case PGAI_WALK_FAILED:
    default:
        cursor_at(walk, SIZE_MAX, cursor);
        return fail(walk, pgai_walk_error(walk->steps), cursor);
    }
}

void pgaii_py_walk_used(pgaii_py_walk *walk)
{
    pgai_page_free(walk->page);
    walk->page = NULL;
    walk->used = SIZE_MAX;
}

PyObject *pgaii_py_walk_cursor(pgaii_py_walk *walk)
{
    char cursor[PGAI_CURSOR_SIZE];

    if (atomic_load(&walk->busy))
        return PyUnicode_FromString(walk->cursor);
    cursor_at(walk, walk->used, cursor);
    return PyUnicode_FromString(cursor);
}

pgai_walk_stats pgaii_py_walk_stats(pgaii_py_walk *walk)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    if (atomic_load(&walk->busy))
        stats = walk->stats;
    else
        stats_of(walk, &stats);
    stats.contacts -= (int64_t)pgaii_py_walk_waiting(walk);
    stats.pages -= walk->by_page && walk->page;
    return stats;
}

/* list() makes room for what is hinted before it asks for the first contact: 8 MB here.
 * The total is only what the service says, and may be 2^62, and a list grows beyond a
 * hint. */
static const int64_t most_hinted = 1000000;

static int64_t contacts_left(const pgai_walk_stats *stats)
{
    int64_t left = stats->total - stats->contacts;

    if (stats->total < 0)
        return -1;
    if (left < 0)
        return 0;
    return left < most_hinted ? left : most_hinted;
}

int64_t pgaii_py_walk_left(pgaii_py_walk *walk)
{
    pgai_walk_stats stats = pgaii_py_walk_stats(walk);
    int64_t left = contacts_left(&stats);

    if (left < 0 || !walk->by_page)
        return left;
    /* If each page holds as many contacts as those before. */
    return stats.contacts ? (left * stats.pages + stats.contacts - 1) / stats.contacts
                          : -1;
}
