#ifndef PGAI_TRANSPORT_H
#define PGAI_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/protocol.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/** @file
 * How the client sends requests over libcurl, for programs that drive the calls of
 * `<pgai/protocol.h>` on their own, with several requests in progress at once:
 *
 *     id = pgai_transport_submit(transport, pgai_call_request(call), &failure);
 *     while ((done = pgai_transport_wait(transport, INT64_MAX)) != id)
 *         ...;                                  // check what else may end the wait
 *     if (pgai_transport_result(transport, id, &response, &failure) == PGAI_OK)
 *         pgai_call_feed(call, pgai_transport_now_ms(), &response);
 *     else
 *         pgai_call_fail(call, pgai_transport_now_ms(), &failure);
 *     pgai_transport_release(transport, id);
 *
 * In an event loop, begin requests at any time, and never wait:
 *
 *     // whenever pgai_transport_fd() is readable:
 *     while ((done = pgai_transport_wait(transport, 0)))
 *         ...;                                  // take its result, and release it
 *
 * It does what `<pgai/protocol.h>` requires of a transport. It follows no redirect and
 * retries nothing. It sends a request with @c once at most once. Responses are whole,
 * sizes have maximums, and the key is overwritten before its memory is freed.
 */

/** Sends requests, for one thread at a time. In a forked child it has a new descriptor
 * and makes connections of its own; requests that were in progress end there with
 * PGAI_CONNECTION_LOST. */
typedef struct pgai_transport pgai_transport;

/** How requests are sent. NULL means the default. */
typedef struct pgai_transport_options {
    size_t struct_size;     /**< set by its _INIT */
    const char *base_url;   /**< the one of the requests' session; NULL: $PGAI_BASE_URL,
                                 else the service's own address */
    const char *user_agent; /**< replaces the one in the requests; NULL: keep that one */
    const char *proxy;      /**< as in pgai_client_options */
    const char *ca;         /**< as in pgai_client_options */
} pgai_transport_options;

/** How each pgai_transport_options begins. */
#define PGAI_TRANSPORT_OPTIONS_INIT                                                      \
    {                                                                                    \
        sizeof(pgai_transport_options), NULL, NULL, NULL, NULL                           \
    }

/** Make a transport. Nothing is sent, and no connection made.
 *
 * @param options  Copied; NULL: all defaults.
 * @param[out] out Owned by the caller, pgai_transport_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE: a URL, user agent or certificate that cannot be used;
 * PGAI_CONNECT: no file descriptors are left; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_transport_new(
    const pgai_transport_options *options, pgai_transport **out, pgai_error *error);

/** The descriptor to watch: wait until it is readable (level-triggered), and do nothing
 * else with it. It stays the same, except in a forked child, where it must be asked for
 * again. Nobody is woken while no request is in progress.
 *
 * @return -1: the process was forked, and no file descriptors are left. */
PGAI_API int pgai_transport_fd(pgai_transport *transport);

/** When to call pgai_transport_wait() at the latest, for loops that have timers of their
 * own: on the clock of pgai_transport_now_ms(). The descriptor is readable then, too.
 * INT64_MAX: only when it is readable. */
PGAI_API int64_t pgai_transport_wake_at(const pgai_transport *transport);

/** Begin to send a request, as far as that can be done without waiting;
 * pgai_transport_wait() does the rest.
 *
 * @param request      Copied. It must go to the host of @c base_url: all requests use the
 * same route.
 * @param[out] failure Filled in if 0 is returned.
 * @return a number for the exchange, which is never used again: pass it to
 * pgai_transport_release() once. 0: there is no memory, libcurl is too old, or the
 * process was forked and no file descriptors are left.
 */
PGAI_API uint64_t pgai_transport_submit(pgai_transport *transport,
                                        const pgai_request *request,
                                        pgai_failure *failure);

/** Work on all exchanges until one is over.
 *
 * @param until_ms  On the clock of pgai_transport_now_ms(). 0: only do what can be done
 * without waiting, a part at a time; the descriptor stays readable while there is more.
 * @return its number, which is returned once. 0: the time is over, or 200 ms have passed,
 * or a signal came, so that the caller can check what else may end its wait. Without any
 * exchange it only waits.
 */
PGAI_API uint64_t pgai_transport_wait(pgai_transport *transport, int64_t until_ms);

/** The outcome of an exchange.
 *
 * @param[out] response  Filled in with PGAI_OK. Borrowed until the exchange is released.
 * @param[out] failure Filled in otherwise, except with PGAI_USAGE; borrowed in the same
 * way.
 * @return PGAI_OK; the failure's status; PGAI_USAGE: the exchange is not over, or there
 * is none with this number.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_transport_result(pgai_transport *transport,
                                                          uint64_t id,
                                                          pgai_response *response,
                                                          pgai_failure *failure);

/** Release an exchange. If it is not over, it is abandoned, but what was sent cannot be
 * undone. An unknown number is ignored. */
PGAI_API void pgai_transport_release(pgai_transport *transport, uint64_t id);

/** Milliseconds of the clock that transports use; it never goes backwards. */
PGAI_API int64_t pgai_transport_now_ms(void);

/** Close all connections and free a transport; NULL is allowed. In a forked child this
 * does not touch the parent's connections. */
PGAI_API void pgai_transport_free(pgai_transport *transport);

PGAI_END_DECLS

#endif
