#ifndef PGAI_CLIENT_H
#define PGAI_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>
#include <pgai/engine.h>
#include <pgai/error.h>
#include <pgai/event.h>
#include <pgai/options.h>
#include <pgai/page.h>
#include <pgai/response.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/** @file
 * The blocking client, on libcurl.
 *
 * Every function that returns a pgai_status takes a pgai_error last. It may be NULL. It
 * is filled in on failure, and unchanged on success. After a failure outputs are NULL,
 * and the client stays usable. Any call can return, in addition to what it names:
 * PGAI_USAGE (an argument is not acceptable; nothing was sent); PGAI_NO_MEMORY;
 * PGAI_CONNECT, PGAI_TLS, PGAI_TIMEOUT, PGAI_CONNECTION_LOST, PGAI_PROTOCOL,
 * PGAI_TOO_LARGE (no whole response came); PGAI_DECODE, PGAI_REDIRECT (a response came
 * that cannot be used); PGAI_BAD_REQUEST, PGAI_AUTHENTICATION, PGAI_INSUFFICIENT_CREDITS,
 * PGAI_PERMISSION_DENIED, PGAI_NOT_FOUND, PGAI_CONFLICT, PGAI_UNPROCESSABLE,
 * PGAI_RATE_LIMITED, PGAI_API_ERROR, PGAI_SERVER (the service refused); PGAI_CANCELLED
 * (pgai_client_cancel() or the interrupt callback ended it); PGAI_CLOSED (the client had
 * been cancelled before).
 */

/** Called about every 200 ms, and soon after a signal, on the thread that waits in a
 * call. If it does not return 0, the call ends with PGAI_CANCELLED. It must not use the
 * client. */
typedef int (*pgai_interrupt)(void *data);

/** Told what happens in calls, on the thread that waits in them, with no lock held. It
 * may use the client, end its calls with pgai_client_cancel(), and fork. It must not free
 * the client, nor use the pager whose page is waited for.
 *
 * @param data   What the options have for it.
 * @param event  Borrowed until it returns.
 */
typedef void (*pgai_on_event)(void *data, const pgai_event *event);

/** How a client works. 0 and NULL mean the default, except for @c share. */
typedef struct pgai_client_options {
    size_t struct_size; /**< set by its _INIT */
    const char
        *api_key; /**< NULL: $PGAI_API_KEY. 1-512 bytes of printable ASCII, no blank */
    const char *base_url;   /**< NULL: $PGAI_BASE_URL, else the service's own address */
    const char *user_agent; /**< NULL: "pgai/VERSION" */
    const char *proxy;      /**< NULL: from the environment; "": none */
    const char *ca;         /**< trusted certificates: a file, a directory of hashed
                                 names, or PEM text. It replaces the default. NULL:
                                 $SSL_CERT_FILE and $SSL_CERT_DIR, else the system's
                                 certificates */
    int allow_cleartext;    /**< 1: allow http:// to a host that is not loopback */
    int no_pacing;          /**< as in pgai_call_options, for every call */
    int max_attempts;       /**< as in pgai_call_options, for every call */
    int64_t timeout_ms;     /**< as in pgai_call_options, for every call */
    int64_t connect_timeout_ms; /**< as in pgai_call_options, for every call */
    int64_t deadline_ms;        /**< as in pgai_call_options, for every call */
    int64_t max_wait_ms;        /**< as in pgai_call_options, for every call */
    pgai_interrupt interrupt;   /**< NULL: none */
    void *interrupt_data;       /**< its argument */
    pgai_on_event on_event; /**< NULL: nobody is told. The environment variable PGAI_LOG,
                                 `debug`, `info` or `warning`, writes events to stderr,
                                 with or without it */
    void *on_event_data;    /**< its argument */
    double share; /**< the part of the rate limit that this client uses, above 0; 1: all
                       of it. For a key that is in use on several hosts: 1.0 / 8 on each
                       of eight. The whole numbers 1 / 8 are 0 in C, which is refused.
                       Clients of one process with the same key, base URL and share use
                       that share together. A part is used evenly: not in bursts, and
                       about one request a minute less than share x limit */
    int shared_pacing; /**< 1: keep to the rate limit together with all processes of this
                            user on this host that have the same key, base URL and share,
                            and this option, by a file; see <pgai/shared_pace.h> */
} pgai_client_options;

/** How each pgai_client_options begins. */
#define PGAI_CLIENT_OPTIONS_INIT                                                         \
    {                                                                                    \
        sizeof(pgai_client_options), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0,  \
            NULL, NULL, NULL, NULL, 1, 0                                                 \
    }

/** A client. Many threads may use it at once, and it still works in a forked child. */
typedef struct pgai_client pgai_client;

/** A walk over all pages, for one thread at a time. */
typedef struct pgai_pager pgai_pager;

/** Make a client. Nothing is sent, and no connection made.
 *
 * Clients in a process with the same key and base URL share what is known of the rate
 * limit.
 *
 * @param options  Copied; NULL: all defaults.
 * @param[out] out Owned by the caller, pgai_client_free().
 * @return PGAI_OK; PGAI_USAGE: no key, or a key, URL, certificate or number that cannot
 * be used; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_new(const pgai_client_options *options,
                                                    pgai_client **out, pgai_error *error);

/** Make a client with other call options, which shares the key and connections of another
 * one. A cancel ends both.
 *
 * It is cheap enough for one call. Free both, in any order.
 *
 * @param changes  Members that are not 0 replace those of @p client.
 * @param[out] out Owned by the caller, pgai_client_free().
 * @return PGAI_OK; PGAI_USAGE; PGAI_NO_MEMORY; PGAI_CLOSED.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_with(const pgai_client *client,
                                                     const pgai_call_options *changes,
                                                     pgai_client **out,
                                                     pgai_error *error);

/** Make a client like another, with another key: for keys that are renewed.
 *
 * The two share connections, call options and interrupt, and a cancel ends both. The
 * environment and files are not read again. Calls and walks that have begun keep their
 * key. Free both, in any order.
 *
 * @param api_key  Copied; as in pgai_client_options, but not NULL.
 * @param[out] out Owned by the caller, pgai_client_free().
 * @return PGAI_OK; PGAI_USAGE: a key that cannot be used; PGAI_NO_MEMORY; PGAI_CLOSED.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_with_key(const pgai_client *client,
                                                         const char *api_key,
                                                         pgai_client **out,
                                                         pgai_error *error);

/** The base URL of a client's requests, without a slash at its end and without
 * credentials. It lives as long as the client. NULL for NULL. */
PGAI_API const char *pgai_client_base_url(const pgai_client *client);

/** End all calls of a client, from any thread, and those of clients made from it.
 *
 * Calls in progress return PGAI_CANCELLED at once (one that changes something and had
 * been sent: PGAI_OUTCOME_UNKNOWN), later ones PGAI_CLOSED. NULL is allowed.
 */
PGAI_API void pgai_client_cancel(pgai_client *client);

/** Free a client; NULL is allowed. No other thread may be in one of its calls, and its
 * pagers must be freed before. In a forked child this does not touch the parent's
 * connections. */
PGAI_API void pgai_client_free(pgai_client *client);

/** For programs that make calls of a client in an event loop of their own: the session
 * and the call options of its calls, and an engine that drives them:
 *
 *     pgai_client_engine(client, &engine, &error);
 *     pgai_client_session(client, &session, &error);
 *     pgai_call_new_get(session, id, pgai_client_call_options(client), &call, &error);
 *     pgai_engine_start(engine, call, &error);
 *
 * The calls pace themselves together with those of all clients that have the same key.
 *
 * @param[out] out Borrowed, and valid as long as the client; NULL on failure.
 * @return PGAI_OK; PGAI_USAGE; PGAI_CLOSED.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_session(const pgai_client *client,
                                                        pgai_session **out,
                                                        pgai_error *error);

/** The call options of a client, as it was made with them; see pgai_client_session().
 * Borrowed, and valid as long as the client. NULL: @p client is NULL. */
PGAI_API const pgai_call_options *pgai_client_call_options(const pgai_client *client);

/** Make an engine that reaches the service as a client does; see pgai_client_session().
 * It has connections of its own, and outlives the client. pgai_client_cancel() does not
 * end its calls.
 *
 * @param[out] out Owned by the caller, pgai_engine_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE; PGAI_CLOSED; PGAI_CONNECT: no file descriptors are left;
 * PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_engine(const pgai_client *client,
                                                       pgai_engine **out,
                                                       pgai_error *error);

/** Write an event of a call that the program drives to stderr, if PGAI_LOG asked for it
 * when the client was made; see pgai_client_session().
 *
 * @param event  NULL: nothing is written.
 * @return whether PGAI_LOG asks for any: then let the calls note events, with
 * pgai_call_listen().
 */
PGAI_API int pgai_client_log(const pgai_client *client, const pgai_event *event);

/** The rate limit, as the service last reported it.
 *
 * @param[out] out Started with its _INIT; filled.
 * @return PGAI_OK; PGAI_USAGE.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_client_rate_limit(const pgai_client *client,
                                                           pgai_rate_limit *out,
                                                           pgai_error *error);

/** List one page of contacts. Needs the permission contacts:read.
 *
 * @param client   Borrowed; any thread.
 * @param options  NULL: the first page, with the service's own limit.
 * @param[out] out Owned by the caller, pgai_page_free().
 * @return PGAI_OK; any status of a call.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contacts_list(pgai_client *client,
                                                       const pgai_list_options *options,
                                                       pgai_page **out,
                                                       pgai_error *error);

/** Fetch one contact. Needs the permission contacts:read.
 *
 * @param client   Borrowed; any thread.
 * @param id       NUL-terminated, copied; 1-256 bytes of UTF-8, no control bytes, not "."
 *                 or "..". Any other byte is percent-encoded.
 * @param[out] out Owned by the caller, pgai_contact_free().
 * @return PGAI_OK; PGAI_NOT_FOUND; any status of a call.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contacts_get(pgai_client *client, const char *id,
                                                      pgai_contact **out,
                                                      pgai_error *error);

/** Create one contact. Needs the permission contacts:write.
 *
 * The request is sent again only if the service certainly did not act on it: the
 * connection failed before anything was sent, or the response was 429.
 *
 * @param client   Borrowed; any thread.
 * @param fields   Copied. The service decides which fields are required.
 * @param[out] out The contact as the service returned it; owned by the caller,
 * pgai_contact_free().
 * @return PGAI_OK; PGAI_OUTCOME_UNKNOWN: it may or may not have been created, so check
 * whether it exists before you retry; any status of a call: it was not created.
 */
PGAI_API PGAI_NODISCARD pgai_status
pgai_contacts_create(pgai_client *client, const pgai_contact_fields *fields,
                     pgai_contact **out, pgai_error *error);

/** Send a request to any other endpoint of the service, with the key, retries, pacing and
 * maximums of all calls.
 *
 * A GET and a HEAD are tried again, like a list. All others are sent again only if the
 * service certainly did not act on them, like a create.
 *
 * @param client   Borrowed; any thread.
 * @param options  Copied.
 * @param[out] out The response, whose status is 200 to 299; owned by the caller,
 * pgai_response_free(). Its body is JSON and NUL-terminated; it has no data if there is
 * none.
 * @return PGAI_OK; PGAI_OUTCOME_UNKNOWN: it may or may not have been carried out, so
 * check whether it took effect before you retry; any status of a call.
 */
PGAI_API PGAI_NODISCARD pgai_status
pgai_contacts_request(pgai_client *client, const pgai_request_options *options,
                      pgai_response **out, pgai_error *error);

/** Cut all pages into ranges, for other threads, processes or machines that walk over one
 * each. One request, for the first page, tells how many pages there are.
 *
 * Ranges follow each other without a gap, and differ by one page at most. The last one is
 * open, so that contacts added at the end are not lost. If the service does not tell the
 * total, there is one range of all pages. Contacts that are added or deleted between two
 * walks move others over the edges of ranges: those may come twice, or be missing without
 * a sign. One strict walk over all contacts proves that none is.
 *
 * @param client   Borrowed; any thread.
 * @param parts    Ranges at most, from 1 to PGAI_MAX_PARTS. There are fewer if there are
 *                 fewer pages.
 * @param limit    Contacts a page, from 1; PGAI_UNSET: 50. The service may take a smaller
 *                 one; the ranges have that.
 * @param[out] out Room for @p parts ranges; @p count of them are filled in, from 1.
 * @param[out] count How many; 0 on failure.
 * @return PGAI_OK; any status of a list.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contacts_plan(pgai_client *client, int64_t parts,
                                                       int64_t limit, pgai_part *out,
                                                       size_t *count, pgai_error *error);

/** Prepare a walk over all contacts, page by page. Nothing is sent yet.
 *
 * The walk keeps to the rate limit, drops duplicates, and distinguishes the end from a
 * gap. Memory does not grow with the number of contacts.
 *
 * @param client   Borrowed; must outlive the pager.
 * @param options  NULL: all contacts, 50 a page.
 * @param[out] out Owned by the caller, pgai_pager_free().
 * @return PGAI_OK; PGAI_USAGE: also for an invalid cursor; PGAI_NO_MEMORY; PGAI_CLOSED.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contacts_pages(pgai_client *client,
                                                        const pgai_pages_options *options,
                                                        pgai_pager **out,
                                                        pgai_error *error);

/** Prepare to fetch contacts by their ids, several at once. Nothing is sent yet.
 *
 * The pager returns one page an id, in the order of the ids: with the contact, or empty
 * if the service does not have it. Any other failure ends the walk. It has no cursor: to
 * go on after a failure, leave out as many ids as pages were returned.
 *
 * @param client   Borrowed; must outlive the pager.
 * @param ids      Copied; each as in pgai_contacts_get(). All are checked now. An id may
 *                 come more than once.
 * @param count    Of ids; may be 0.
 * @param options  NULL: all defaults.
 * @param[out] out Owned by the caller, pgai_pager_free().
 * @return PGAI_OK; PGAI_USAGE: the message names the id; PGAI_NO_MEMORY; PGAI_CLOSED.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contacts_get_many(
    pgai_client *client, const char *const *ids, size_t count,
    const pgai_get_many_options *options, pgai_pager **out, pgai_error *error);

/** Fetch the next page of a walk.
 *
 * @param[out] out Owned by the caller, pgai_page_free(); NULL at the end and on failure.
 * A page is never empty, except that of an id which the service does not have.
 * @return PGAI_OK; PGAI_DONE: the walk is complete, also when asked again; any status of
 * a call: the pager then returns the same failure again, and a new walk can continue from
 * its cursor.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_pager_next(pgai_pager *pager, pgai_page **out,
                                                    pgai_error *error);

/** Write where the walk stands, exact to the contact; valid at any time, also after a
 * failure.
 *
 * @param used     How many contacts of the last page you have used. Those after them come
 * again when the walk is resumed. More than the page has: all of them.
 * @param[out] out Text for pgai_pages_options.cursor; empty when @p pager is NULL, and
 * for ids.
 */
PGAI_API void
pgai_pager_cursor(const pgai_pager *pager, size_t used, char out[PGAI_CURSOR_SIZE]);

/** Fill @p out, started with its _INIT, with what the walk did so far. */
PGAI_API void pgai_pager_stats(const pgai_pager *pager, pgai_walk_stats *out);

struct ArrowArrayStream;

/** A walk as a stream of Arrow; `<pgai/arrow.h>` has its structures and says what its
 * columns are.
 *
 * `get_next` fetches pages, and blocks like pgai_pager_next(). After the last batch it
 * gives a released array. If the walk fails, the contacts that came before are a batch,
 * and the next `get_next` returns an errno: ENOMEM, ETIMEDOUT, ECANCELED (also for
 * PGAI_CLOSED), else EIO. It does so again when it is asked again. `get_last_error` then
 * has the message, and the cursor from which another walk goes on after the last batch.
 * Contacts that a pager of ids does not find have no row.
 *
 * @param pager    Borrowed: it must outlive the stream, which goes on where the pager
 *                 stands. Where that is after each batch, pgai_pager_cursor() says; after
 *                 a failure, `get_last_error`.
 * @param rows     Gather pages until a batch has so many rows, or #PGAI_ARROW_BYTES of
 *                 text. 1: each page is a batch. 0: #PGAI_ARROW_ROWS.
 * @param[out] out Owned by the caller, who calls its `release`; released on failure.
 * @return PGAI_OK; PGAI_USAGE; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_pager_arrow(pgai_pager *pager, size_t rows,
                                                     struct ArrowArrayStream *out,
                                                     pgai_error *error);

/** Free a pager; NULL is allowed. Pages that it returned stay valid. */
PGAI_API void pgai_pager_free(pgai_pager *pager);

PGAI_END_DECLS

#endif
