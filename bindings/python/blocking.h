#ifndef PGAII_PYTHON_BLOCKING_H
#define PGAII_PYTHON_BLOCKING_H

#include <Python.h>

#include <pgai/client.h>

struct pgaii_py_client;

/** What surrounds a call that can block: the GIL is released in between, and taken back
 * for a moment about every 200 ms, for signals that have come, and for whoever is told
 * what happens.
 *
 * @code
 *     pgaii_py_blocking blocking = pgaii_py_blocking_begin(client);
 *     status = pgai_contacts_list(...);
 *     pgaii_py_blocking_end(blocking);
 * @endcode
 * A signal handler or an observer may begin another such call meanwhile, on the same
 * thread.
 */
typedef struct pgaii_py_blocking {
    PyThreadState *thread; /**< of the call that was interrupted for this one, or NULL */
    struct pgaii_py_client *client; /**< of that call */
    int least;                      /**< what its logger wants */
} pgaii_py_blocking;

/** @param client  Whose observer is told; NULL: nobody is. */
pgaii_py_blocking pgaii_py_blocking_begin(struct pgaii_py_client *client);

/** The same where an object is freed: the logger, which may be gone, is not told. */
pgaii_py_blocking pgaii_py_blocking_begin_free(struct pgaii_py_client *client);

void pgaii_py_blocking_end(pgaii_py_blocking blocking);

/** Set what a client calls while it waits. */
void pgaii_py_blocking_options(pgai_client_options *options);

#endif
