#ifndef PGAI_PROTOCOL_WALK_H
#define PGAI_PROTOCOL_WALK_H

#include <stdbool.h>

#include <pgai/protocol.h>

#include "protocol/cursor.h"
#include "protocol/details.h"
#include "protocol/plan.h"
#include "protocol/seen.h"
#include "protocol/strict.h"

typedef enum pgaii_walk_state {
    PGAII_WALK_GOING,
    PGAII_WALK_COMPLETE,
    PGAII_WALK_BROKEN
} pgaii_walk_state;

/** A contact of the page that was returned last, for cursors within it. */
typedef struct pgaii_handed {
    size_t index;  /* in the page as the service sent it */
    uint64_t hash; /* of its id; 0: it has none */
} pgaii_handed;

/** The walk plans by position: the number of contacts, counted over all pages as the
 * service numbers them, that are before it. docs/design/walking.md has the rules. */
struct pgai_walk {
    pgai_session *session;
    pgai_call_options call_options; /* of each page */
    int64_t deadline_ms;            /* of the whole walk; 0: none */
    int64_t deadline_at;            /* INT64_MAX: none */
    bool started;
    int64_t started_at;
    int64_t over_at; /* INT64_MAX: it goes on */
    pgaii_walk_state state;
    pgai_error error;
    pgai_response *response; /* that came with it, bare */

    int64_t position;    /* of the next contact */
    int64_t limit;       /* contacts a page: as asked, then as the service returns it */
    int64_t asked_limit; /* of the pages that are planned */
    int64_t total;       /* which says where the end is; -1: an empty page does */
    int64_t end;   /* position behind the last contact that was asked for; INT64_MAX:
                      all were */
    int64_t first; /* position of the first contact that was to be returned */
    int64_t
        least_total; /* reported so far, also by the walks before a cursor; -1: none */
    pgaii_sign sign; /* that contacts are missing; the first one stays */
    bool resumed;    /* the next page is the first after a cursor */
    uint64_t last;   /* hash of the id before `position`; 0: none */

    bool proves; /* it is strict, and has what follows */
    pgaii_strict strict;

    char **ids; /* of a walk over given ids, each of which is a page; NULL: it is none */

    bool whole; /* contacts are fetched one by one */
    pgaii_details details;
    pgaii_plan plan; /* of pages */
    size_t window;   /* most pages in flight, the next one included */
    size_t open;     /* of them, at present: fewer after requests had to be repeated */
    int64_t page;    /* the one that is taken in */

    int requests;      /* sent for the last page */
    int64_t reads;     /* pages read, for the loop guard */
    int empty_reads;   /* in a row */
    int useless_reads; /* in a row: pages without an id that is new */
    pgaii_seen seen;
    pgai_walk_stats stats;

    pgaii_handed *handed;
    size_t handed_count;
    size_t handed_capacity;
    int64_t handed_base; /* position of the page's first contact, as the service counts */
    uint64_t handed_last; /* what `last` was before it */
};

/** Make a walk, which has no options of its own yet. */
pgai_status pgaii_walk_make(pgai_session *session, const pgai_call_options *call_options,
                            pgai_walk **out, pgai_error *error);

/** Keep a walk that was made, if all went well; else free it. @return @p status. */
pgai_status pgaii_walk_keep(pgai_walk **out, pgai_status status);

/** Check and set how many requests are in flight. */
pgai_status pgaii_walk_set_prefetch(pgai_walk *walk, int64_t prefetch, pgai_error *error);

/** Check and set how long all of the walk may take. */
pgai_status
pgaii_walk_set_deadline(pgai_walk *walk, int64_t deadline_ms, pgai_error *error);

/** The contact that a call of a walk over ids came to, as a page; an empty page: the
 * service does not have it. NULL: the call failed, and its error says why. */
pgai_page *pgaii_walk_take_many(pgai_walk *walk, pgai_call *call);

/** Fill in how long the walk took, and about how long it still takes. */
void pgaii_walk_time(const pgai_walk *walk, int64_t now, pgai_walk_stats *stats);

/** Take in the page walk->page: leave in it what is to be returned, and go on behind it.
 * @return whether it is returned; if not, the walk's state may have changed. */
bool pgaii_walk_absorb(pgai_walk *walk, pgai_page *page);

/** Take in that there is no such page. */
void pgaii_walk_absorb_nothing(pgai_walk *walk);

/** After a cursor: how many contacts of the page are before the position. 0: none, or it
 * is not known. */
size_t pgaii_walk_first_wanted(const pgai_walk *walk, const pgai_page *page);

/** The total as last reported, even by the walk before a cursor; -1: it was not. */
int64_t pgaii_walk_known_total(const pgai_walk *walk);

/** The end of what there is to walk over, as far as is known; -1: it is not. */
int64_t pgaii_walk_known_end(const pgai_walk *walk);

/** Whether nothing is left to read. */
bool pgaii_walk_is_complete(const pgai_walk *walk);

/** End the walk with the error that is set: the pages that came do not fit together,
 * although each of them was fine. */
void pgaii_walk_end_inconsistent(pgai_walk *walk);

#endif
