#ifndef PGAI_EVENT_H
#define PGAI_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/status.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * What happens in calls, for those who want to watch: logs, metrics, traces.
 *
 * Events never have the key, a body, or parameters of a query. They have the path, which
 * of a get is the id of the contact.
 */

/** Why a call waits. */
typedef enum pgai_wait_cause {
    PGAI_WAIT_PACING,  /**< to avoid a 429 */
    PGAI_WAIT_LIMITED, /**< after a 429 */
    PGAI_WAIT_BACKOFF  /**< before a retry */
} pgai_wait_cause;

/** What happened. New ones come at the end. */
typedef enum pgai_event_kind {
    PGAI_EVENT_REQUEST,  /**< a request is sent */
    PGAI_EVENT_RESPONSE, /**< it is over: its response came, or none did. Every request
                              has one */
    PGAI_EVENT_RETRY,    /**< another request will be sent, since the last one failed */
    PGAI_EVENT_WAIT, /**< the call waits before its next request. It comes again when the
                          wait becomes longer by a second or more */
    PGAI_EVENT_PAGE  /**< a page of contacts was read */
} pgai_event_kind;

/** Something that happened in a call. Members that an event does not have are 0 or NULL,
 * or -1 where that is said. */
typedef struct pgai_event {
    size_t struct_size;   /**< set by its _INIT */
    pgai_event_kind kind; /**< what happened */
    uint64_t call; /**< number of the call, among those with one key that are watched */
    const char *method;   /**< such as "GET"; static */
    const char *route;    /**< the path without an id, such as "/contacts/{id}"; static.
                             NULL:  of a request to any other endpoint */
    const char *base_url; /**< as in the client's options; borrowed */
    pgai_text path; /**< below the base URL, percent-encoded, without a query; borrowed */
    int attempt;    /**< number of the request in its call, from 1; of a wait, that of the
                         next one */
    pgai_status
        status;      /**< response, retry: why the request failed; PGAI_OK: it did not */
    int http_status; /**< response, retry: of the response; 0: none came */
    int64_t bytes;   /**< request: of its body; response: of its decoded body */
    int64_t elapsed_ms;    /**< response: since the request */
    pgai_wait_cause cause; /**< retry, wait: why */
    int64_t wait_ms;       /**< retry, wait: until the next request, from now */
    int64_t limit; /**< response: requests a minute; these three: -1 if not reported */
    int64_t remaining;    /**< of them */
    int64_t reset_ms;     /**< until the window ends, from now */
    int64_t page;         /**< page: its number; -1: the service did not say */
    int64_t contacts;     /**< page: contacts on it */
    int64_t total;        /**< page: contacts in all; -1: not reported */
    char request_id[128]; /**< response: from X-Request-Id or a similar header */
} pgai_event;

/** How each pgai_event begins. */
#define PGAI_EVENT_INIT                                                                  \
    {                                                                                    \
        sizeof(pgai_event), PGAI_EVENT_REQUEST, 0, NULL, NULL, NULL, {NULL, 0}, 0,       \
            PGAI_OK, 0, 0, 0, PGAI_WAIT_PACING, 0, -1, -1, -1, -1, 0, -1, ""             \
    }

/** How much an event matters to people who read logs. */
typedef enum pgai_level {
    PGAI_LEVEL_DEBUG,  /**< all others */
    PGAI_LEVEL_INFO,   /**< a wait of a second or more */
    PGAI_LEVEL_WARNING /**< a retry */
} pgai_level;

/** The word of a kind, such as "request"; static. NULL: there is no such kind. */
PGAI_API const char *pgai_event_name(pgai_event_kind kind);

/** How much an event matters. */
PGAI_API pgai_level pgai_event_level(const pgai_event *event);

/** Bytes that are enough for the words of any event, the NUL included. */
#define PGAI_EVENT_TEXT_SIZE 512

/** Write an event in words: one line, without its end and without its level. */
PGAI_API void pgai_event_text(const pgai_event *event, char out[PGAI_EVENT_TEXT_SIZE]);

/** Read the least level that is to be shown, as the environment variable PGAI_LOG has it.
 *
 * @param name     `debug`, `info` or `warning`, in upper or lower case.
 * @param[out] out As it was after a failure.
 * @return PGAI_OK; PGAI_USAGE: another name.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_level_read(const char *name, pgai_level *out,
                                                    pgai_error *error);

/** The word of a level, such as "debug"; static. */
PGAI_API const char *pgai_level_name(pgai_level level);

PGAI_END_DECLS

#endif
