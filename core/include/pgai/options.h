#ifndef PGAI_OPTIONS_H
#define PGAI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>

PGAI_BEGIN_DECLS

/** @file
 * What calls can be told, shared by the blocking client and the protocol.
 *
 * Every struct begins with its own size and is started with its _INIT macro; new members
 * come at the end, so a program compiled against an older header goes on working.
 */

/** A page, start or limit that was not given: nothing is sent, or the default is used. It
 * is not 0, because 0 is what a loop that counts pages from the wrong number would pass.
 */
#define PGAI_UNSET INT64_MIN

/** For timeouts and deadlines: wait without end. */
#define PGAI_FOREVER INT64_MAX

/** Which page to list. */
typedef struct pgai_list_options {
    size_t struct_size; /**< set by its _INIT */
    int64_t page;       /**< from 1; PGAI_UNSET: not sent, the service takes 1 */
    int64_t limit; /**< contacts a page, from 1; PGAI_UNSET: not sent. The service may
                      give fewer; pgai_page_limit() tells */
} pgai_list_options;

/** How each pgai_list_options begins. */
#define PGAI_LIST_OPTIONS_INIT                                                           \
    {                                                                                    \
        sizeof(pgai_list_options), PGAI_UNSET, PGAI_UNSET                                \
    }

/** How to walk over all pages. */
typedef struct pgai_pages_options {
    size_t struct_size; /**< set by its _INIT */
    int64_t start;      /**< number of the first page, from 1; PGAI_UNSET: 1 */
    int64_t limit; /**< contacts a page, from 1; PGAI_UNSET: 50, the documented maximum */
    const char *cursor;  /**< where an earlier walk stood; then start stays unset */
    int64_t deadline_ms; /**< for the whole walk; 0: none */
} pgai_pages_options;

/** How each pgai_pages_options begins. */
#define PGAI_PAGES_OPTIONS_INIT                                                          \
    {                                                                                    \
        sizeof(pgai_pages_options), PGAI_UNSET, PGAI_UNSET, NULL, 0                      \
    }

/** The fields of a contact to create. NULL: not sent. All are UTF-8. */
typedef struct pgai_contact_fields {
    size_t struct_size;       /**< set by its _INIT */
    const char *first_name;   /**< its `first_name` */
    const char *last_name;    /**< its `last_name` */
    const char *email;        /**< its `email` */
    const char *job_title;    /**< its `job_title` */
    const char *company;      /**< its `company` */
    const char *linkedin_url; /**< its `linkedin_url` */
    const char *location;     /**< its `location` */
    const char *phone;        /**< its `phone` */
    const char *extra;        /**< a JSON object with more fields, sent as it is, such as
                                   `{"country": "US"}`; it must not name a field given above */
} pgai_contact_fields;

/** How each pgai_contact_fields begins. */
#define PGAI_CONTACT_FIELDS_INIT                                                         \
    {                                                                                    \
        sizeof(pgai_contact_fields), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,     \
            NULL                                                                         \
    }

/** Where a field stands in the fields of a create, so that all can be gone through.
 *
 * @param field   Any documented field.
 * @return the member of @p fields; NULL: the service sets that field itself.
 */
PGAI_API const char **
pgai_contact_fields_member(pgai_contact_fields *fields, pgai_field field);

/** A parameter of a query: `name=value`, in UTF-8. Both are percent-encoded when sent. */
typedef struct pgai_parameter {
    const char *name;  /**< not empty */
    const char *value; /**< may be empty */
} pgai_parameter;

/** A request to any endpoint of the service. */
typedef struct pgai_request_options {
    size_t struct_size; /**< set by its _INIT */
    const char *method; /**< GET, HEAD, POST, PUT, PATCH or DELETE */
    const char *path;   /**< below the base URL, such as "/territories"; sent as it is, so
                             what has no place in a path is percent-encoded in it. No
                             query, no other host, no segment "." or ".." */
    const pgai_parameter *query; /**< sent in this order; NULL: none */
    size_t query_count;          /**< of them */
    const char *json; /**< the body: JSON text in UTF-8 of at most 1 MiB; NULL: none. A
                         GET and a HEAD have none */
} pgai_request_options;

/** How each pgai_request_options begins. */
#define PGAI_REQUEST_OPTIONS_INIT                                                        \
    {                                                                                    \
        sizeof(pgai_request_options), NULL, NULL, NULL, 0, NULL                          \
    }

/** How far one call may go. 0 means the default. */
typedef struct pgai_call_options {
    size_t struct_size; /**< set by its _INIT */
    int no_pacing;      /**< 1: send without regard to the rate limit seen so far */
    int max_attempts;   /**< default 4; 1: a single request, whatever comes */
    int64_t timeout_ms; /**< of one attempt; default 30,000 */
    int64_t connect_timeout_ms; /**< of its connection; default 10,000 */
    int64_t deadline_ms; /**< of the call with all attempts and waits; default 120,000 */
    int64_t max_wait_ms; /**< the longest single wait for the rate limit; default 120,000.
                            A call that would wait longer fails at once as rate_limited */
} pgai_call_options;

/** How each pgai_call_options begins. */
#define PGAI_CALL_OPTIONS_INIT                                                           \
    {                                                                                    \
        sizeof(pgai_call_options), 0, 0, 0, 0, 0, 0                                      \
    }

/** The rate limit, as of the last response that told it. */
typedef struct pgai_rate_limit {
    size_t struct_size; /**< set by its _INIT */
    int64_t limit;      /**< requests a minute; -1: never told */
    int64_t remaining;  /**< of them; -1: not told */
    int64_t reset_ms;   /**< until the window ends, counted from now; -1: not told */
} pgai_rate_limit;

/** How each pgai_rate_limit begins. */
#define PGAI_RATE_LIMIT_INIT                                                             \
    {                                                                                    \
        sizeof(pgai_rate_limit), -1, -1, -1                                              \
    }

/** What a walk did so far. */
typedef struct pgai_walk_stats {
    size_t struct_size;        /**< set by its _INIT */
    int64_t pages;             /**< handed out */
    int64_t contacts;          /**< handed out */
    int64_t requests;          /**< sent, retries included */
    int64_t retries;           /**< of them, after a failure or a 429 */
    int64_t waited_pacing_ms;  /**< so as not to meet a 429 */
    int64_t waited_limited_ms; /**< after a 429 */
    int64_t waited_backoff_ms; /**< before a retry */
    int64_t duplicates;        /**< contacts that came again and were dropped */
    int64_t drift;             /**< signs that contacts moved between pages meanwhile */
    int64_t total;             /**< as the service last told it; -1: it did not */
    int complete; /**< whether all contacts were handed out that were there all the time,
                       from where the walk was told to begin. 0: some are known to be
                       missing, or there are signs of it, or the walk is not over; -1: it
                       is over, without such a sign, but nothing proves it. 1 is kept for
                       walks that prove it; there are none yet. A walk that went on from
                       a cursor answers for the one before, too */
    const char *incomplete_reason; /**< why it is 0; NULL: it is not. Static */
} pgai_walk_stats;

/** How each pgai_walk_stats begins. */
#define PGAI_WALK_STATS_INIT                                                             \
    {                                                                                    \
        sizeof(pgai_walk_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, NULL                 \
    }

/** Bytes that hold any cursor, its NUL included. */
#define PGAI_CURSOR_SIZE 128

PGAI_END_DECLS

#endif
