/* The types pgai.RateLimit and pgai.WalkStats, and ranges of pages. */
#include "records.h"

static PyStructSequence_Field rate_limit_fields[] = {
    {"limit", "requests a minute; None: not reported"},
    {"remaining", "of them; None: not reported"},
    {"reset", "seconds until the window ends; None: not reported"},
    {"wait", "seconds until the next request may be sent without a 429; 0: now"},
    {NULL, NULL},
};
PyStructSequence_Desc pgaii_py_rate_limit_desc = {
    "pgai.RateLimit", "The rate limit, from the last response that had it.",
    rate_limit_fields, 4};

/* X(name, kind, doc): the member of pgai_walk_stats, and how it is shown. */
#define STATS_LIST(X)                                                                    \
    X(pages, COUNT, "returned")                                                          \
    X(contacts, COUNT, "returned")                                                       \
    X(requests, COUNT, "sent, retries included")                                         \
    X(retries, COUNT, "of them, after a failure or a 429")                               \
    X(waited_pacing, SECONDS, "seconds waited to avoid a 429")                           \
    X(waited_limited, SECONDS, "seconds waited after a 429")                             \
    X(waited_backoff, SECONDS, "seconds waited before a retry")                          \
    X(duplicates, COUNT, "contacts that came twice and were dropped")                    \
    X(drift, COUNT, "signs that contacts moved between pages during the walk")           \
    X(gone, COUNT, "contacts that the service did not have, to be fetched")              \
    X(elapsed, SECONDS, "seconds since its first request, or that the whole walk took")  \
    X(time_left, SECONDS,                                                                \
      "seconds until the walk is over, estimated from its pace so far and the rate "     \
      "limit; None: not known, as before the first page, without a total, and after a "  \
      "failure; 0: it is over")                                                          \
    X(total, KNOWN, "contacts in all, as the service reported it; None: it did not")     \
    X(complete, PROVEN,                                                                  \
      "False: contacts are missing or may be missing, or the walk is not over; None: "   \
      "it is over, without a sign of a gap; True: a strict walk proved that there is "   \
      "none")                                                                            \
    X(incomplete_reason, TEXT, "why complete is False; None: it is not")

static PyStructSequence_Field stats_fields[] = {
#define X(name, kind, doc) {#name, doc},
    STATS_LIST(X)
#undef X
        {NULL, NULL},
};
PyStructSequence_Desc pgaii_py_stats_desc = {
    "pgai.WalkStats", "What a walk over all pages did so far.", stats_fields,
    sizeof(stats_fields) / sizeof(stats_fields[0]) - 1};

static PyObject *known(int64_t number)
{
    return number < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(number);
}

static PyObject *proven(int complete)
{
    return complete < 0 ? Py_NewRef(Py_None) : PyBool_FromLong(complete);
}

static PyObject *text(const char *words)
{
    return words ? PyUnicode_FromString(words) : Py_NewRef(Py_None);
}

static PyObject *seconds(int64_t ms)
{
    return ms < 0 ? Py_NewRef(Py_None) : PyFloat_FromDouble((double)ms / 1000.0);
}

PyObject *pgaii_py_record(PyTypeObject *type, PyObject **values, Py_ssize_t count)
{
    PyObject *result = PyStructSequence_New(type);
    int failed = !result;

    for (Py_ssize_t i = 0; i < count; i++) {
        failed |= !values[i];
        if (result)
            PyStructSequence_SetItem(result, i, values[i]);
        else
            Py_XDECREF(values[i]);
    }
    if (failed)
        Py_CLEAR(result);
    return result;
}

PyObject *pgaii_py_rate_limit(pgaii_py_state *state, const pgai_rate_limit *limit)
{
    PyObject *values[4];

    if (limit->limit < 0 && limit->remaining < 0 && limit->reset_ms < 0 &&
        limit->wait_ms == 0)
        return Py_NewRef(Py_None);
    values[0] = known(limit->limit);
    values[1] = known(limit->remaining);
    values[2] = seconds(limit->reset_ms);
    values[3] = seconds(limit->wait_ms);
    return pgaii_py_record(state->rate_limit_type, values, 4);
}

#define READ_COUNT(stats, name) PyLong_FromLongLong((stats)->name)
#define READ_KNOWN(stats, name) known((stats)->name)
#define READ_PROVEN(stats, name) proven((stats)->name)
#define READ_TEXT(stats, name) text((stats)->name)
#define READ_SECONDS(stats, name) seconds((stats)->name##_ms)

PyObject *pgaii_py_stats(pgaii_py_state *state, const pgai_walk_stats *stats)
{
    PyObject *values[] = {
#define X(name, kind, doc) READ_##kind(stats, name),
        STATS_LIST(X)
#undef X
    };

    return pgaii_py_record(state->stats_type, values, sizeof(values) / sizeof(values[0]));
}

int pgaii_py_part_append(PyObject *list, const pgai_part *part)
{
    PyObject *count =
        part->count == PGAI_UNSET ? Py_NewRef(Py_None) : PyLong_FromLongLong(part->count);
    PyObject *dict = count
                         ? Py_BuildValue("{sLsOsL}", "start", (long long)part->start,
                                         "count", count, "limit", (long long)part->limit)
                         : NULL;
    int result = dict ? PyList_Append(list, dict) : -1;

    Py_XDECREF(dict);
    Py_XDECREF(count);
    return result;
}
