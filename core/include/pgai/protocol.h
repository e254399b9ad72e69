#ifndef PGAI_PROTOCOL_H
#define PGAI_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>
#include <pgai/error.h>
#include <pgai/event.h>
#include <pgai/options.h>
#include <pgai/page.h>
#include <pgai/response.h>
#include <pgai/status.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * The protocol without I/O, for programs that have their own HTTP client or event loop.
 *
 * Nothing here opens a socket, reads a clock or sleeps. The caller sends the requests,
 * waits when it is told to, and feeds the responses:
 *
 *     pgai_call_new_get(session, id, NULL, &call, &error);
 *     while ((step = pgai_call_next(call, now())) < PGAI_STEP_DONE) {
 *         if (step == PGAI_STEP_WAIT)
 *             sleep_until(pgai_call_wait_until(call));
 *         else
 *             exchange(pgai_call_request(call), call);   // pgai_call_feed() or _fail()
 *     }
 *
 * Times are milliseconds, from 0, of any clock that never goes backwards. All calls of a
 * session use the same clock. Sessions, calls and walks must not be NULL, except in a
 * _free().
 */

/** What calls with one key share: address, key, rate limit, retry budget. */
typedef struct pgai_session pgai_session;

/** One API call, from its first attempt to its final outcome. */
typedef struct pgai_call pgai_call;

/** A walk over all pages. */
typedef struct pgai_walk pgai_walk;

/** How a session works. 0 and NULL mean the default. */
typedef struct pgai_session_options {
    size_t struct_size;     /**< set by its _INIT */
    const char *api_key;    /**< required: 1-512 bytes of printable ASCII, no blank */
    const char *base_url;   /**< NULL: the service's own address */
    const char *user_agent; /**< NULL: "pgai/VERSION" */
    int allow_cleartext;    /**< 1: allow http:// to a host that is not loopback */
    uint64_t seed; /**< of jitter and other random numbers; it should differ between
                        processes, and not be predictable */
    /** For a session that several threads use: called before each use of what calls
     * share. Never nested, and held only for a short time. Set both or none. */
    void (*lock)(void *data);
    void (*unlock)(void *data); /**< called after each such use */
    void *lock_data;            /**< the argument of both */
    double share; /**< the part of the rate limit that its calls use, above 0; 1: all of
                       it. See pgai_client_options */
} pgai_session_options;

/** How each pgai_session_options begins. */
#define PGAI_SESSION_OPTIONS_INIT                                                        \
    {                                                                                    \
        sizeof(pgai_session_options), NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 1        \
    }

/** Make a session.
 *
 * @param options  Copied.
 * @param[out] out Owned by the caller, pgai_session_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE: no key, or a key or URL that cannot be used;
 * PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_session_new(const pgai_session_options *options,
                                                     pgai_session **out,
                                                     pgai_error *error);

/** Free a session; NULL is allowed. Its calls and walks must have been freed. */
PGAI_API void pgai_session_free(pgai_session *session);

/** The base URL, without a slash at its end. It lives as long as the session. */
PGAI_API const char *pgai_session_base_url(const pgai_session *session);

/** When the next request may be sent without getting a 429: @p now_ms or later. */
PGAI_API int64_t pgai_session_ready_at(const pgai_session *session, int64_t now_ms);

/** Fill in @p out, initialised with its _INIT, with the rate limit as last reported. */
PGAI_API void pgai_session_rate_limit(const pgai_session *session, int64_t now_ms,
                                      pgai_rate_limit *out);

/** Bytes that are enough for any saved state of a session. */
#define PGAI_SESSION_STATE_SIZE 768

/** Write the pacing and budget state, so that processes with one key can share it.
 *
 * The state contains no secret. Processes that share it must use the same clock, such as
 * CLOCK_MONOTONIC or wall time.
 *
 * @return how many bytes of @p out are used.
 */
PGAI_API size_t pgai_session_save(const pgai_session *session,
                                  unsigned char out[PGAI_SESSION_STATE_SIZE]);

/** Load a state that pgai_session_save() wrote.
 *
 * @return PGAI_OK; PGAI_USAGE: not such a state; the session is unchanged.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_session_load(pgai_session *session,
                                                      const void *state, size_t length,
                                                      pgai_error *error);

/** Prepare a call. Arguments are checked and copied here; the parameters, results and
 * errors of each operation are those of pgai_contacts_list(), _get(), _create(),
 * _request() and _plan().
 *
 * @param session  Borrowed; must outlive the call.
 * @param call_options   NULL: defaults.
 * @param[out] out Owned by the caller, pgai_call_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_call_new_list(
    pgai_session *session, const pgai_list_options *options,
    const pgai_call_options *call_options, pgai_call **out, pgai_error *error);
/** Like pgai_call_new_list(), for one contact. */
PGAI_API PGAI_NODISCARD pgai_status pgai_call_new_get(
    pgai_session *session, const char *id, const pgai_call_options *call_options,
    pgai_call **out, pgai_error *error);
/** Like pgai_call_new_list(), to create a contact. */
PGAI_API PGAI_NODISCARD pgai_status pgai_call_new_create(
    pgai_session *session, const pgai_contact_fields *fields,
    const pgai_call_options *call_options, pgai_call **out, pgai_error *error);

/** Like pgai_call_new_list(), for any other endpoint. */
PGAI_API PGAI_NODISCARD pgai_status pgai_call_new_request(
    pgai_session *session, const pgai_request_options *options,
    const pgai_call_options *call_options, pgai_call **out, pgai_error *error);

/** Like pgai_call_new_list(), for a plan: see pgai_contacts_plan(). It asks for the first
 * page. */
PGAI_API PGAI_NODISCARD pgai_status pgai_call_new_plan(
    pgai_session *session, int64_t parts, int64_t limit,
    const pgai_call_options *call_options, pgai_call **out, pgai_error *error);

/** What a call wants next. */
typedef enum pgai_step {
    PGAI_STEP_SEND,     /**< send pgai_call_request() now */
    PGAI_STEP_RESPONSE, /**< the request was taken: feed its response, or report its
                             failure */
    PGAI_STEP_WAIT,     /**< ask again at pgai_call_wait_until() */
    PGAI_STEP_DONE,     /**< take the page, contact or response */
    PGAI_STEP_FAILED    /**< pgai_call_error() says why */
} pgai_step;

/** A request to send exactly as it is: add nothing to the target, follow no redirect, and
 * send nothing twice. */
typedef struct pgai_request {
    const char *method; /**< GET, HEAD, POST, PUT, PATCH or DELETE */
    const char *url;    /**< absolute, percent-encoded */
    const char *target; /**< its path and query, as in the request line */
    const char *host;   /**< without port; an IPv6 address without its brackets */
    int port;           /**< 1-65535 */
    int tls;            /**< 1: https */
    const pgai_header
        *headers;        /**< to send, in addition to Host, Content-Length and headers of
                              the connection; names in lower case, values are also
                              NUL-terminated. They contain the key: do not log them */
    size_t header_count; /**< of them */
    pgai_text body;      /**< data NULL: none; otherwise also NUL-terminated. A POST, PUT
                              or PATCH has one, which may be empty */
    int64_t timeout_ms;  /**< for this attempt, connection included */
    int64_t connect_timeout_ms; /**< for its connection */
    int once; /**< 1: it changes something and must not be sent twice. So use a new
                   connection: HTTP libraries repeat a request whose kept connection was
                   dead */
} pgai_request;

/* Programs fill in pgai_failure, which has no size, so it never gets new members.
 * Programs read pgai_request; its new members come at its end. */

/** Why there is no whole response. */
typedef struct pgai_failure {
    pgai_status status; /**< PGAI_CONNECT, _TLS, _TIMEOUT, _CONNECTION_LOST, _PROTOCOL,
                             _TOO_LARGE, _NO_MEMORY, _CANCELLED, _NOT_YIELDABLE, _EXITING
                           or _OVERLOADED */
    int sent;           /**< 0: certainly no byte of the request was sent */
    int permanent;      /**< 1: the same attempt cannot succeed, such as for a certificate
                             that is not valid */
    const char *message; /**< for people; NULL: the status's own text */
} pgai_failure;

/** The next step of a call. You may ask any number of times: it is PGAI_STEP_SEND until
 * pgai_call_request() is called, then PGAI_STEP_RESPONSE until the call is fed. The
 * deadline counts from the first time. When it has passed, a call that is not over fails
 * with PGAI_TIMEOUT, or with PGAI_OUTCOME_UNKNOWN if its request was taken and has @c
 * once, even if it is never fed. */
PGAI_API pgai_step pgai_call_next(pgai_call *call, int64_t now_ms);

/** The request to send; borrowed, valid until the call is fed, over or freed. From now on
 * it counts as sent, unless pgai_call_fail() says that it was not. */
PGAI_API const pgai_request *pgai_call_request(pgai_call *call);

/** Until when PGAI_STEP_WAIT wants to wait, on the clock of @c now_ms. */
PGAI_API int64_t pgai_call_wait_until(const pgai_call *call);

/** Why PGAI_STEP_WAIT wants to wait. */
PGAI_API pgai_wait_cause pgai_call_wait_cause(const pgai_call *call);

/** Report a response; it is copied. Ignored unless a request is in flight. */
PGAI_API void
pgai_call_feed(pgai_call *call, int64_t now_ms, const pgai_response *response);

/** Report that no whole response came. Ignored unless a request is in flight. */
PGAI_API void
pgai_call_fail(pgai_call *call, int64_t now_ms, const pgai_failure *failure);

/** Cancel a call that is not over: it fails with @p status, PGAI_CANCELLED or
 * PGAI_EXITING; one whose request is in flight and has @c once fails with
 * PGAI_OUTCOME_UNKNOWN. */
PGAI_API void pgai_call_cancel(pgai_call *call, int64_t now_ms, pgai_status status);

/** The page of a list call that is done; the caller owns it. NULL: not such a call, or
 * already taken. */
PGAI_API pgai_page *pgai_call_take_page(pgai_call *call);

/** The contact of a get or create call that is done; the caller owns it. NULL: not such a
 * call, or already taken.
 */
PGAI_API pgai_contact *pgai_call_take_contact(pgai_call *call);

/** The response to any other request that is done; the caller owns it. NULL as above. Of
 * a call that has failed: the response that it failed with, without its body; NULL: none
 * came. */
PGAI_API pgai_response *pgai_call_take_response(pgai_call *call);

/** Fill in range number @p index, from 0, of a plan that is done; any number of times.
 *
 * @return 1; 0: there are no more, or it is not such a call.
 */
PGAI_API PGAI_NODISCARD int
pgai_call_part(const pgai_call *call, size_t index, pgai_part *out);

/** Why a call failed; borrowed, valid until the call is freed. */
PGAI_API const pgai_error *pgai_call_error(const pgai_call *call);

/** Note what happens in a call from now on; pgai_call_event() gives it. The events of a
 * call that nobody listens to cost nothing.
 *
 * @return 1; 0: no memory.
 */
PGAI_API PGAI_NODISCARD int pgai_call_listen(pgai_call *call);

/** Take the next event. Ask after each step, feed, fail and cancel, until there is none:
 * only the last eight are kept.
 *
 * @param[out] out Started with its _INIT; filled. What it borrows lives as long as the
 * call.
 * @return 1; 0: nothing happened since.
 */
PGAI_API PGAI_NODISCARD int pgai_call_event(pgai_call *call, pgai_event *out);

/** How many requests the call sent so far. */
PGAI_API int pgai_call_requests(const pgai_call *call);

/** Free a call, at any step; NULL is allowed. */
PGAI_API void pgai_call_free(pgai_call *call);

/** Prepare a walk; the parameters and errors are those of pgai_contacts_pages().
 *
 * @param session  Borrowed; must outlive the walk.
 * @param call_options   For each page; NULL: the defaults, but 8 attempts and 10 minutes
 * a page.
 * @param[out] out Owned by the caller, pgai_walk_free(); NULL on failure.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_walk_new(pgai_session *session,
                                                  const pgai_pages_options *options,
                                                  const pgai_call_options *call_options,
                                                  pgai_walk **out, pgai_error *error);

/** Prepare a walk over contacts whose ids are given; the parameters and errors are those
 * of pgai_contacts_get_many(), and of pgai_walk_new(). */
PGAI_API PGAI_NODISCARD pgai_status pgai_walk_new_get_many(
    pgai_session *session, const char *const *ids, size_t count,
    const pgai_get_many_options *options, const pgai_call_options *call_options,
    pgai_walk **out, pgai_error *error);

/** What a walk wants next. */
typedef enum pgai_walk_step {
    PGAI_WALK_CALLS, /**< drive the calls that pgai_walk_call() gives, then ask again */
    PGAI_WALK_PAGE,  /**< a page was returned */
    PGAI_WALK_DONE,  /**< the walk is complete */
    PGAI_WALK_FAILED /**< pgai_walk_error() says why; asking again gives the same */
} pgai_walk_step;

/** Return the next page, in order, or say what is needed first.
 *
 * @param[out] page With PGAI_WALK_PAGE: owned by the caller, and empty only if the
 * contact that an id names is not there. NULL otherwise.
 */
PGAI_API pgai_walk_step pgai_walk_next(pgai_walk *walk, int64_t now_ms, pgai_page **page);

/** A call that is not over: number @p index of those, from 0; NULL: there are no more.
 * Ask again after each pgai_walk_next(), and also while a page is worked on: there may be
 * new ones.
 *
 * Borrowed from the walk. Drive it with pgai_call_next(), _feed(), _fail() and _cancel()
 * until pgai_call_next() says that it is done or failed, in any order with the others.
 * Until then it stays valid. If a page is not needed any more, because contacts moved,
 * its call fails with PGAI_CANCELLED, and the walk continues. Do not take its page:
 * pgai_walk_next() returns it.
 */
PGAI_API pgai_call *pgai_walk_call(pgai_walk *walk, size_t index);

/** Why the walk failed; borrowed, valid until the walk is freed. */
PGAI_API const pgai_error *pgai_walk_error(const pgai_walk *walk);

/** The response that the walk failed with, without its body; borrowed, valid until the
 * walk is freed. NULL: none came. */
PGAI_API const pgai_response *pgai_walk_response(const pgai_walk *walk);

/** Where the walk stands; see pgai_pager_cursor(). */
PGAI_API void
pgai_walk_cursor(const pgai_walk *walk, size_t used, char out[PGAI_CURSOR_SIZE]);

/** Fill in @p out, initialised with its _INIT, with what the walk did so far. */
PGAI_API void
pgai_walk_stats_get(const pgai_walk *walk, int64_t now_ms, pgai_walk_stats *out);

/** Free a walk and its calls, which must not be driven any more; NULL is allowed. */
PGAI_API void pgai_walk_free(pgai_walk *walk);

PGAI_END_DECLS

#endif
