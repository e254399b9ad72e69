#ifndef PGAI_OPTIONS_H
#define PGAI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>

PGAI_BEGIN_DECLS

/** @file
 * Options of calls, shared by the blocking client and the protocol.
 *
 * Every struct begins with its own size. Initialise it with its _INIT macro. New members
 * come at the end, so a program that was compiled with an older header still works.
 */

/** A page, start or limit that was not given: nothing is sent, or the default is used. It
 * is not 0, because a loop that counts pages from 0 would pass that by mistake.
 */
#define PGAI_UNSET INT64_MIN

/** For timeouts and deadlines: wait forever. */
#define PGAI_FOREVER INT64_MAX

/** Which page to list. */
typedef struct pgai_list_options {
    size_t struct_size; /**< set by its _INIT */
    int64_t page;       /**< from 1; PGAI_UNSET: not sent, and the service uses 1 */
    int64_t limit; /**< contacts a page, from 1; PGAI_UNSET: not sent. The service may
                        return fewer; see pgai_page_limit() */
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
    const char *cursor;  /**< where an earlier walk stopped; then do not set start */
    int64_t deadline_ms; /**< for the whole walk; 0: none */
    int64_t prefetch;    /**< requests in flight at once, 1-32; PGAI_UNSET: 4. Pages come
                              in order, and as many may be in memory */
    int64_t count;       /**< pages of @c limit contacts to walk over, from 1; PGAI_UNSET:
                              all. A cursor has it already */
    int details; /**< 1: fetch each contact on its own, @c prefetch at once, as lists
                      have fewer fields. It costs a request a contact. One that is
                      gone by then is left out. 0: contacts as they are listed */
    int strict;  /**< 1: prove that no contact that existed throughout is missing, by
                      pages that overlap, for about a fifth more requests; or fail
                      with PGAI_INCOMPLETE. Without start and count. Only cursors of
                      strict walks continue it. 0: pages that follow each other, and
                      signs of what is missing */
} pgai_pages_options;

/** How each pgai_pages_options begins. */
#define PGAI_PAGES_OPTIONS_INIT                                                          \
    {                                                                                    \
        sizeof(pgai_pages_options), PGAI_UNSET, PGAI_UNSET, NULL, 0, PGAI_UNSET,         \
            PGAI_UNSET, 0, 0                                                             \
    }

/** How to fetch many contacts. */
typedef struct pgai_get_many_options {
    size_t struct_size;  /**< set by its _INIT */
    int64_t deadline_ms; /**< for all of them; 0: none */
    int64_t prefetch;    /**< requests in flight at once, 1-32; PGAI_UNSET: 4 */
} pgai_get_many_options;

/** How each pgai_get_many_options begins. */
#define PGAI_GET_MANY_OPTIONS_INIT                                                       \
    {                                                                                    \
        sizeof(pgai_get_many_options), 0, PGAI_UNSET                                     \
    }

/** Ranges that all pages can be cut into at most. */
#define PGAI_MAX_PARTS 10000

/** A range of pages: the same members of pgai_pages_options. */
typedef struct pgai_part {
    int64_t start; /**< number of the first page, from 1 */
    int64_t count; /**< of pages; PGAI_UNSET: all that follow, of the last range */
    int64_t limit; /**< contacts a page, as the service takes it */
} pgai_part;

/** The fields of a contact to create. NULL: not sent. All are UTF-8. */
typedef struct pgai_contact_fields {
    size_t struct_size;       /**< set by its _INIT */
    const char *first_name;   /**< the field `first_name` */
    const char *last_name;    /**< the field `last_name` */
    const char *email;        /**< the field `email` */
    const char *job_title;    /**< the field `job_title` */
    const char *company;      /**< the field `company` */
    const char *linkedin_url; /**< the field `linkedin_url` */
    const char *location;     /**< the field `location` */
    const char *phone;        /**< the field `phone` */
    const char *extra;        /**< a JSON object with more fields, sent as it is, such as
                                   `{"country": "US"}`; it must not have a field given
                                   above */
} pgai_contact_fields;

/** How each pgai_contact_fields begins. */
#define PGAI_CONTACT_FIELDS_INIT                                                         \
    {                                                                                    \
        sizeof(pgai_contact_fields), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,     \
            NULL                                                                         \
    }

/** The member of the fields of a create that holds a field, to loop over all fields.
 *
 * @param field   Any documented field.
 * @return the member of @p fields; NULL: the service sets that field itself, or it is
 *         newer than the program that started @p fields.
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
    const char *path;   /**< below the base URL, such as "/territories". It is sent as it
                           is:   percent-encode what is not allowed in a path. No query, no
                             other host, no segment "." or ".." */
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

#define PGAI_DEFAULT_MAX_ATTEMPTS 4           /**< requests of one call */
#define PGAI_DEFAULT_TIMEOUT_MS 30000         /**< for one attempt */
#define PGAI_DEFAULT_CONNECT_TIMEOUT_MS 10000 /**< for its connection */
#define PGAI_DEFAULT_DEADLINE_MS 120000       /**< for a call */
#define PGAI_DEFAULT_MAX_WAIT_MS 120000       /**< one wait for the rate limit */

/** Options of one call: how long it may take, and how often it may try. 0 means the
 * default. */
typedef struct pgai_call_options {
    size_t struct_size;         /**< set by its _INIT */
    int no_pacing;              /**< 1: do not wait for the rate limit before a request */
    int max_attempts;           /**< 1: exactly one request */
    int64_t timeout_ms;         /**< for one attempt */
    int64_t connect_timeout_ms; /**< for its connection */
    int64_t deadline_ms;        /**< for the call with all attempts and waits */
    int64_t max_wait_ms;        /**< the longest single wait for the rate limit.
                                     A call that must wait longer fails at once with
                                     PGAI_RATE_LIMITED */
} pgai_call_options;

/** How each pgai_call_options begins. */
#define PGAI_CALL_OPTIONS_INIT                                                           \
    {                                                                                    \
        sizeof(pgai_call_options), 0, 0, 0, 0, 0, 0                                      \
    }

/** The rate limit, from the last response that had it. */
typedef struct pgai_rate_limit {
    size_t struct_size; /**< set by its _INIT */
    int64_t limit;      /**< requests a minute; -1: not reported */
    int64_t remaining;  /**< of them; -1: not reported */
    int64_t reset_ms;   /**< until the window ends, from now; -1: not reported */
    int64_t wait_ms; /**< until the next request may be sent without getting a 429, from
                          now; 0: it may be sent now */
} pgai_rate_limit;

/** How each pgai_rate_limit begins. */
#define PGAI_RATE_LIMIT_INIT                                                             \
    {                                                                                    \
        sizeof(pgai_rate_limit), -1, -1, -1, 0                                           \
    }

/** What a walk did so far. */
typedef struct pgai_walk_stats {
    size_t struct_size;        /**< set by its _INIT */
    int64_t pages;             /**< returned */
    int64_t contacts;          /**< returned */
    int64_t requests;          /**< sent, retries included */
    int64_t retries;           /**< of them, after a failure or a 429 */
    int64_t waited_pacing_ms;  /**< to avoid a 429 */
    int64_t waited_limited_ms; /**< after a 429 */
    int64_t waited_backoff_ms; /**< before a retry */
    int64_t duplicates;        /**< contacts that came twice and were dropped */
    int64_t drift;             /**< signs that contacts moved between pages during the
                                    walk */
    int64_t total;             /**< as the service last reported it, or how many ids were
                                    given; -1: it did not */
    int complete; /**< whether the walk returned all contacts that existed during all of
                       it, from where it began. 0: some are missing, or there are signs of
                       that, or the walk is not over. -1: it is over without such a sign,
                       but nothing proves it. 1: a strict walk proved it, or each id was
                       asked for. A walk that continues from a cursor covers the one
                       before, too */
    const char *incomplete_reason; /**< why complete is 0; NULL: it is not. Static */
    int64_t gone;         /**< contacts that the service did not have when they were to be
                               fetched: with @c details, those that had been listed; with ids,
                               those that were not found */
    int64_t elapsed_ms;   /**< since its first request; the time that it took,
                               once the walk is over */
    int64_t time_left_ms; /**< an estimate of the time until the walk is over: as long as
                               its contacts took so far, or as long as the rate limit
                               makes its requests wait, whichever is more. -1: not known,
                               as before the first page, without a total, and after a
                               failure. 0: it is over */
} pgai_walk_stats;

/** How each pgai_walk_stats begins. */
#define PGAI_WALK_STATS_INIT                                                             \
    {                                                                                    \
        sizeof(pgai_walk_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, NULL, 0, 0, -1       \
    }

/** Bytes that are enough for any cursor, its NUL included. */
#define PGAI_CURSOR_SIZE 256

PGAI_END_DECLS

#endif
