/* What the iterators and steps are made of. */
#include "walk.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <pgai/transport.h>

#include "arguments.h"
#include "blocking.h"
#include "contact.h"
#include "convert.h"
#include "errors.h"
#include "page.h"
#include "record_batch.h"

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
    const pgaii_py_context context = {
        walk->client->key_source, cursor && *cursor ? cursor : NULL,
        walk->steps ? pgai_walk_response(walk->steps) : NULL};

    pgaii_py_raise(pgaii_py_state_of((PyObject *)walk->client), error, &context);
    return -1;
}

/* @return 0; -1 with an exception set; so do the two that follow. */
static int finish(pgaii_py_walk *walk, pgai_status status, const pgai_error *error)
{
    return status == PGAI_OK ? 0 : fail(walk, error, NULL);
}

static int over_pages(pgaii_py_walk *walk, pgai_session *session, PyObject *arguments)
{
    pgai_client *client = walk->client->client;
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_status status;

    if (read_options(pgaii_py_state_of((PyObject *)walk->client), arguments, &options) <
        0)
        return -1;
    status = session ? pgai_walk_new(session, &options, pgai_client_call_options(client),
                                     &walk->steps, &error)
                     : pgai_contacts_pages(client, &options, &walk->pager, &error);
    return finish(walk, status, &error);
}

static int over_ids(pgaii_py_walk *walk, pgai_session *session, PyObject *arguments)
{
    pgai_client *client = walk->client->client;
    pgai_get_many_options options = PGAI_GET_MANY_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_status status;
    pgaii_py_texts ids;

    if (pgaii_py_read_many(pgaii_py_state_of((PyObject *)walk->client), arguments, &ids,
                           &options) < 0)
        return -1;
    status = session ? pgai_walk_new_get_many(session, ids.texts, ids.count, &options,
                                              pgai_client_call_options(client),
                                              &walk->steps, &error)
                     : pgai_contacts_get_many(client, ids.texts, ids.count, &options,
                                              &walk->pager, &error);
    pgaii_py_texts_clear(&ids);
    return finish(walk, status, &error);
}

static int make(pgaii_py_walk *walk, bool stepped, PyObject *arguments)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_session *session = NULL;

    if (stepped && pgai_client_session(walk->client->client, &session, &error))
        return fail(walk, &error, NULL);
    return walk->kind == PGAII_PY_GET_MANY ? over_ids(walk, session, arguments)
                                           : over_pages(walk, session, arguments);
}

int pgaii_py_walk_init(pgaii_py_walk *walk, pgaii_py_walk_kind kind, bool stepped,
                       PyObject *client, PyObject *arguments)
{
    const pgai_walk_stats none = PGAI_WALK_STATS_INIT;

    walk->client = (pgaii_py_client *)client;
    walk->pager = NULL;
    walk->steps = NULL;
    walk->kind = kind;
    walk->page = NULL;
    walk->used = SIZE_MAX;
    walk->stats = none;
    walk->batch = NULL;
    walk->exported = walk->stopped = false;
    atomic_init(&walk->busy, false);
    if (make(walk, stepped, arguments) < 0)
        return -1;
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
    Py_XDECREF(walk->batch);
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
        pgai_walk_stats_get(walk->steps, pgai_transport_now_ms(), out);
}

static bool begin(pgaii_py_walk *walk)
{
    if (atomic_load(&walk->busy))
        return false;
    if (!walk->stopped)
        cursor_at(walk, walk->used, walk->cursor);
    walk->stats = pgaii_py_walk_stats(walk);
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
    if (!begin(walk)) {
        PyErr_SetString(PyExc_ValueError, "another thread is using this iterator");
        return -1;
    }
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

static void drop_page(pgaii_py_walk *walk)
{
    pgai_page_free(walk->page);
    walk->page = NULL;
    walk->used = SIZE_MAX;
}

/* What was not returned of the present page. */
static int rest_of_page(pgaii_py_walk *walk, struct ArrowArray *out)
{
    size_t count = pgaii_py_walk_waiting(walk);
    const pgai_contact **rest = PyMem_Calloc(count, sizeof(*rest));
    pgai_status status = PGAI_NO_MEMORY;

    for (size_t i = 0; rest && i < count; i++)
        rest[i] = pgai_page_contact(walk->page, walk->used + i);
    if (rest)
        status = pgai_arrow_contacts(rest, count, out, NULL);
    PyMem_Free(rest);
    if (status == PGAI_OK)
        walk->used += count;
    return status == PGAI_OK ? 0 : ENOMEM;
}

int pgaii_py_walk_batch(pgaii_py_walk *walk, struct ArrowArrayStream *pages,
                        struct ArrowArray *out)
{
    pgaii_py_blocking blocking;
    int failed;

    out->release = NULL;
    if (!begin(walk))
        return EBUSY;
    if (pgaii_py_walk_waiting(walk)) {
        failed = rest_of_page(walk, out);
    } else {
        drop_page(walk);
        blocking = pgaii_py_blocking_begin(walk->client);
        failed = pages->get_next(pages, out);
        pgaii_py_blocking_end(blocking);
        walk->stopped = failed != 0;
    }
    atomic_store(&walk->busy, false);
    return failed;
}

static pgai_walk_step next_step(pgaii_py_walk *walk)
{
    pgai_page *page = NULL;
    pgai_walk_step step = PGAI_WALK_PAGE;

    if (!pgaii_py_walk_waiting(walk))
        step = pgai_walk_next(walk->steps, pgai_transport_now_ms(), &page);
    if (page)
        turn(walk, page);
    return step;
}

int pgaii_py_walk_step(pgaii_py_walk *walk)
{
    char cursor[PGAI_CURSOR_SIZE];

    switch (next_step(walk)) {
    case PGAI_WALK_PAGE:
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

/* Move what waits to the batch. */
static int add_page(pgaii_py_walk *walk)
{
    if (pgaii_py_batch_add(walk->batch, walk->page, walk->used) < 0)
        return -1;
    walk->page = NULL;
    walk->used = SIZE_MAX;
    return 0;
}

static bool is_whole(const pgaii_py_walk *walk)
{
    return pgaii_py_batch_is_whole(walk->batch,
                                   walk->kind == PGAII_PY_PAGES ? 1 : PGAI_ARROW_ROWS);
}

int pgaii_py_walk_gather(pgaii_py_walk *walk, PyObject **batch)
{
    pgai_walk_step step = PGAI_WALK_PAGE;

    if (!walk->batch) {
        walk->batch = pgaii_py_batch_new(pgaii_py_state_of((PyObject *)walk->client));
        if (!walk->batch)
            return -1;
        begin(walk);
    }
    while (!is_whole(walk) && (step = next_step(walk)) == PGAI_WALK_PAGE) {
        if (add_page(walk) < 0)
            return -1;
    }
    if (step == PGAI_WALK_CALLS)
        return 2;
    *batch = walk->batch;
    walk->batch = NULL;
    atomic_store(&walk->busy, false);
    if (pgaii_py_batch_is_whole(*batch, 1))
        return 1;
    Py_CLEAR(*batch);
    return pgaii_py_walk_step(walk);
}

/* If there is a result, the page is used up. */
static PyObject *take_page(pgaii_py_walk *walk, PyObject *result)
{
    if (result)
        drop_page(walk);
    return result;
}

PyObject *pgaii_py_walk_take(pgaii_py_walk *walk)
{
    pgaii_py_state *state = pgaii_py_state_of((PyObject *)walk->client);
    PyObject *result;

    if (walk->kind == PGAII_PY_PAGES)
        return take_page(walk, pgaii_py_page(state, &walk->page));
    if (pgai_page_count(walk->page) == 0)
        return take_page(walk, Py_NewRef(Py_None));
    result = pgaii_py_contact(state, pgai_page_contact(walk->page, walk->used));
    walk->used += result != NULL;
    return result;
}

PyObject *pgaii_py_walk_cursor(pgaii_py_walk *walk)
{
    char cursor[PGAI_CURSOR_SIZE];

    if (walk->stopped || atomic_load(&walk->busy))
        return PyUnicode_FromString(walk->cursor);
    cursor_at(walk, walk->used, cursor);
    return PyUnicode_FromString(cursor);
}

pgai_walk_stats pgaii_py_walk_stats(pgaii_py_walk *walk)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    if (atomic_load(&walk->busy))
        return walk->stats;
    stats_of(walk, &stats);
    stats.contacts -= (int64_t)pgaii_py_walk_waiting(walk);
    stats.pages -= walk->kind == PGAII_PY_PAGES && walk->page;
    return stats;
}

/* list() makes room for what is hinted before it asks for the first contact: 8 MB here.
 * The total is only what the service says, and may be 2^62, and a list grows beyond a
 * hint. */
static const int64_t most_hinted = 1000000;

static int64_t contacts_left(const pgai_walk_stats *stats)
{
    int64_t left = stats->total - stats->contacts - stats->gone;

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

    if (left < 0 || walk->kind != PGAII_PY_PAGES)
        return left;
    /* If each page holds as many contacts as those before. */
    return stats.contacts ? (left * stats.pages + stats.contacts - 1) / stats.contacts
                          : -1;
}
