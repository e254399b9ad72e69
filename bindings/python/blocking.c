/* What surrounds a call that can block: the GIL, signals, and observers. */
#include "blocking.h"

#include "client.h"
#include "observer.h"

/* The call that waits on this system thread. Callbacks cannot ask in another way: a
 * thread may belong to any interpreter. */
static _Thread_local pgaii_py_blocking now = {NULL, NULL, PGAII_PY_NO_LEVEL};

static pgaii_py_blocking begin(pgaii_py_client *client, int least)
{
    pgaii_py_blocking outer = now;

    now.client = client;
    now.least = least;
    now.thread = PyEval_SaveThread();
    return outer;
}

pgaii_py_blocking pgaii_py_blocking_begin(pgaii_py_client *client)
{
    return begin(client, client
                             ? pgaii_py_log_level(pgaii_py_state_of((PyObject *)client))
                             : PGAII_PY_NO_LEVEL);
}

pgaii_py_blocking pgaii_py_blocking_begin_free(pgaii_py_client *client)
{
    return begin(client, PGAII_PY_NO_LEVEL);
}

void pgaii_py_blocking_end(pgaii_py_blocking outer)
{
    PyEval_RestoreThread(now.thread);
    now = outer;
}

/* Take the GIL back for a moment. */
static pgaii_py_blocking take_back(void)
{
    pgaii_py_blocking paused = now;

    PyEval_RestoreThread(paused.thread);
    now = (pgaii_py_blocking){NULL, NULL, PGAII_PY_NO_LEVEL};
    return paused;
}

static void release(pgaii_py_blocking paused)
{
    now = paused;
    now.thread = PyEval_SaveThread();
}

/* An exception that a signal handler or an observer raises stays with the thread, and is
 * found there when the call has ended. */
static int check_signals(void *unused)
{
    pgaii_py_blocking paused = take_back();
    int raised = PyErr_Occurred() || PyErr_CheckSignals() < 0;

    (void)unused;
    release(paused);
    return raised;
}

static void tell(void *unused, const pgai_event *event)
{
    PyObject *on_event = now.client ? now.client->on_event : NULL;
    pgaii_py_blocking paused;

    (void)unused;
    if (!on_event && (int)pgai_event_level(event) < now.least)
        return;
    paused = take_back();
    pgaii_py_tell(pgaii_py_state_of((PyObject *)paused.client), on_event, paused.least,
                  event);
    release(paused);
}

void pgaii_py_blocking_options(pgai_client_options *options)
{
    options->interrupt = check_signals;
    options->on_event = tell;
}
