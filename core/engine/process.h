#ifndef PGAI_ENGINE_PROCESS_H
#define PGAI_ENGINE_PROCESS_H

#include <stdbool.h>

#include <pgai/error.h>

/** @file
 * What all clients of one process share.
 */

/** Prepare the process for a first client: libcurl, and the watch for forks.
 *
 * Any thread, any number of times; what failed is tried again the next time. It is never
 * undone, since a library cannot know whether others in the process still use libcurl.
 *
 * @return PGAI_OK; PGAI_NO_MEMORY.
 */
pgai_status pgaii_process_start(pgai_error *error);

/** How many forks lie between the first process and this one.
 *
 * Connections that were made under another number belong to another process.
 */
unsigned pgaii_process_generation(void);

/** Enter libcurl: around each use of its handles that is not a mere wait.
 *
 * A fork waits until no thread is inside, since a TLS library that was copied while one
 * of its locks was held hangs in the child. So does the end of the process: the handlers
 * by which TLS libraries clean up must not run under a thread that is in them.
 * Never nested, and never around a wait.
 *
 * @return false: the process is about to end; nothing of libcurl may be used any more,
 * and there is nothing to leave.
 */
bool pgaii_process_enter(void);

/** Leave libcurl. */
void pgaii_process_leave(void);

/** Take the one lock of the client layer: for pools of connections and for what sessions
 * share.
 *
 * It is held for a few instructions (longer only while libcurl is started), never while
 * data is decoded or a system call can block, and never twice by one thread. A fork waits
 * for it, so no child begins life with it taken. @p unused makes this fit
 * pgai_session_options.lock.
 */
void pgaii_process_lock(void *unused);

/** Give the lock back. */
void pgaii_process_unlock(void *unused);

/** Take the lock of shared pacing: around each use of a file that processes share, which
 * takes microseconds, and at most a few milliseconds. A fork waits for it, too.
 */
void pgaii_process_lock_pace(void);

/** Give it back. */
void pgaii_process_unlock_pace(void);

/** The value of an environment variable; NULL when it is not set, or empty.
 *
 * A program that runs with more rights than its caller (setuid) sees none.
 */
const char *pgaii_process_variable(const char *name);

#endif
