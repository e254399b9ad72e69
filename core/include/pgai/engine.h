#ifndef PGAI_ENGINE_H
#define PGAI_ENGINE_H

#include <stdint.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/protocol.h>
#include <pgai/status.h>
#include <pgai/transport.h>

PGAI_BEGIN_DECLS

/** @file
 * Calls of `<pgai/protocol.h>` that go on inside a program's own event loop, over
 * libcurl: any number at once, and none of them waits for another. An engine has one
 * descriptor, which is readable when there is work:
 *
 *     pgai_engine_start(engine, call, &error);  // any number of calls, at any time
 *
 *     // whenever pgai_engine_fd() is readable:
 *     pgai_engine_work(engine);                 // never blocks
 *     while ((over = pgai_engine_next(engine)))
 *         if (pgai_call_next(over, pgai_transport_now_ms()) == PGAI_STEP_DONE)
 *             page = pgai_call_take_page(over);
 *
 * For the calls of a walk, start those that pgai_walk_call() gives, after each
 * pgai_walk_next(), also those that were started before: what they wait for may have
 * changed. Retries, waits for the rate limit and deadlines are the calls' own. An engine
 * without calls wakes nobody.
 *
 * At most 64 requests are sent at once. Other calls wait for that, while their deadlines
 * count.
 */

/** Drives calls, for one thread at a time. In a forked child it has a new descriptor and
 * makes connections of its own; requests that were in progress count there as lost. */
typedef struct pgai_engine pgai_engine;

/** Make an engine. Nothing is sent, and no connection made.
 *
 * @param options  Copied; NULL: all defaults. @c base_url is the one of the calls'
 * session.
 * @param[out] out Owned by the caller, pgai_engine_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE: a URL, user agent or certificate that cannot be used;
 * PGAI_CONNECT: no file descriptors are left; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_engine_new(const pgai_transport_options *options,
                                                    pgai_engine **out, pgai_error *error);

/** The descriptor to watch: wait until it is readable (level-triggered), and do nothing
 * else with it. It stays the same, except in a forked child, where it must be asked for
 * again.
 *
 * @return -1: the process was forked, and no file descriptors are left. */
PGAI_API int pgai_engine_fd(pgai_engine *engine);

/** When to call pgai_engine_work() at the latest, for loops that have timers of their
 * own: on the clock of pgai_transport_now_ms(). The descriptor is readable then, too.
 * INT64_MAX: only when it is readable. */
PGAI_API int64_t pgai_engine_wake_at(const pgai_engine *engine);

/** Begin to drive a call, and send its request if it may be sent now. Its deadline counts
 * from now on. A call that is driven already is asked again what it wants.
 *
 * @param call Borrowed until pgai_engine_next() or pgai_engine_wait() returns it, or
 * pgai_engine_cancel() ends it: do not free it before, and do not tell it anything but
 * pgai_call_cancel(). Calls of several sessions may go together if their base URL is the
 * engine's.
 * @return PGAI_OK, also if the call has failed already: it is then returned like the
 * others. PGAI_USAGE: a NULL; PGAI_NO_MEMORY. It is then not driven.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_engine_start(pgai_engine *engine,
                                                      pgai_call *call, pgai_error *error);

/** Send and receive what can be without waiting, and tell the calls. It does a part of
 * the work at a time, and the descriptor stays readable while there is more. Take the
 * calls that are over, all of them, with pgai_engine_next(). */
PGAI_API void pgai_engine_work(pgai_engine *engine);

/** A call that is over, and driven no more; the caller may start others, and free it.
 * NULL: no other is over. */
PGAI_API pgai_call *pgai_engine_next(pgai_engine *engine);

/** Work until a call is over: for programs that have nothing else to wait for.
 *
 * @param until_ms On the clock of pgai_transport_now_ms(); INT64_MAX: no end.
 * @return a call that is over, and driven no more. NULL: the time is over, or a signal
 * came, or another thread called pgai_engine_wake(). Without any call it only waits.
 */
PGAI_API pgai_call *pgai_engine_wait(pgai_engine *engine, int64_t until_ms);

/** End a call now. It is driven no more, and pgai_engine_next() does not return it. It
 * fails as with pgai_call_cancel(), unless it was over. A call that is not driven is left
 * alone; so is NULL. */
PGAI_API void pgai_engine_cancel(pgai_engine *engine, pgai_call *call);

/** Make the descriptor readable, and end pgai_engine_wait(). From any thread and from
 * signal handlers, while the engine exists. */
PGAI_API void pgai_engine_wake(pgai_engine *engine);

/** Close all connections and the descriptor, and free an engine; NULL is allowed. Its
 * calls end as with pgai_engine_cancel(); free them afterwards. In a forked child this
 * does not touch the parent's connections. */
PGAI_API void pgai_engine_free(pgai_engine *engine);

PGAI_END_DECLS

#endif
