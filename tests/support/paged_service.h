#ifndef PGAI_TESTS_SUPPORT_PAGED_SERVICE_H
#define PGAI_TESTS_SUPPORT_PAGED_SERVICE_H

#include <stdbool.h>

#include <pgai/protocol.h>

/** A service in memory: it holds ids, each a number, and can misbehave. */
typedef struct service {
    int ids[1000];
    int count;
    int clamp;         /* largest limit; 0: none */
    bool silent_total; /* it tells no total */
    int empty_page;    /* this page comes empty; 0: none */
    int repeat_page;   /* from this page on, the same page comes; 0: never */
    int missing_at;    /* before this request, the first id is deleted; 0: never */
    int inserted_at;   /* before this request, an id is put first; 0: never */
    int requests;
} service;

/** Begin anew with so many ids, and without faults. */
void service_fill(service *s, int count);

/** Answer the list call of a walk, which is over then. */
void service_respond(service *s, pgai_call *call);

/** Answer a call with 401, which ends it. */
void service_refuse(pgai_call *call);

/** A walk with such a limit, one page at a time, from a cursor; NULL: from the beginning.
 */
pgai_walk *service_walk(pgai_session *session, int64_t limit, const char *cursor);

/** The same with so many pages in flight. */
pgai_walk *service_walk_ahead(pgai_session *session, int64_t limit, int64_t prefetch,
                              const char *cursor);

/** Answer the calls of a walk that want to send their requests, in their order. */
void service_drive(service *s, pgai_walk *walk, int64_t now);

/** Answer the calls of a walk, in their order, until it has another step. */
pgai_walk_step service_next(service *s, pgai_walk *walk, pgai_page **page);

/** The id of a contact of a page, as a number. */
int service_id(const pgai_page *page, size_t index);

#endif
