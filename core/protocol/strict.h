#ifndef PGAI_PROTOCOL_STRICT_H
#define PGAI_PROTOCOL_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/status.h>

#include "protocol/recent.h"
#include "protocol/window.h"

/** @file
 * A walk that proves that it missed nothing: which windows to ask for, and what of their
 * responses to hand out. No call and no page is seen here; whoever drives it knows them
 * by key. docs/design/walking.md has the proof.
 *
 *     while (pgaii_strict_wanted(&strict, &request)) ... send it
 *     pgaii_strict_feed(&strict, &answer)         in whatever order responses come
 *     while (pgaii_strict_take(&strict, &batch))  ... hand out these contacts
 *     strict.state                                whether it goes on
 */

/** Why a strict walk cannot prove any more that nothing is missing. */
typedef enum pgaii_strict_why {
    PGAII_STRICT_PROVEN, /**< it can */
    PGAII_STRICT_UNTOLD, /**< a response does not tell limit and total */
    PGAII_STRICT_SUMS,   /**< page, limit, total and contacts of a response do not fit
                              together, and did not when it was asked for again */
    PGAII_STRICT_LIMITS, /**< the service takes other limits than those asked for, or so
                              small ones that none shows both sides of a place */
    PGAII_STRICT_NO_ID,  /**< a contact has no id */
    PGAII_STRICT_ORDER,  /**< ids came in another order than before, or twice at once */
    PGAII_STRICT_GAP,    /**< none of the contacts that are remembered was found again */
    PGAII_STRICT_BUSY    /**< the list changes faster than it can be read */
} pgaii_strict_why;

typedef enum pgaii_strict_state {
    PGAII_STRICT_GOING,
    PGAII_STRICT_COMPLETE, /**< all that existed throughout was handed out */
    PGAII_STRICT_LOST      /**< it goes no further, `why` tells the reason; all that was
                                handed out is right, and the place can be saved */
} pgaii_strict_state;

enum {
    PGAII_STRICT_MAX_FLIGHT = 64,
    PGAII_STRICT_SEAM = 6, /**< ids that a saved place holds */
    PGAII_STRICT_REMEMBERED =
        2048 /**< ids that a walk remembers; a test may take fewer */
};

/** Where a walk stands, to be saved: before the contact at @c position. */
typedef struct pgaii_strict_place {
    int64_t position;                 /**< counted from 0 */
    int64_t limit;                    /**< contacts a page, as the service takes it */
    int64_t total;                    /**< as told last; -1: not yet */
    uint64_t seam[PGAII_STRICT_SEAM]; /**< hashes of the ids before it, the nearest first;
                                           0: no more. None: what stands at the position
                                           is taken as it comes */
} pgaii_strict_place;

/** A request to send. */
typedef struct pgaii_strict_request {
    uint64_t key; /**< from 1; never used again */
    int64_t page;
    int64_t limit;
} pgaii_strict_request;

/** What came of a request. A 404 beyond page 1 is a page without contacts. */
typedef struct pgaii_strict_answer {
    uint64_t key;
    int64_t page; /**< page, limit and total as told; -1: not told */
    int64_t limit;
    int64_t total;
    const uint64_t *hashes; /**< of the contacts' ids, in order; 0: it has none */
    size_t count;
} pgaii_strict_answer;

/** Contacts to hand out: those of a response from index @c first on. */
typedef struct pgaii_strict_batch {
    uint64_t key;
    size_t first;
    size_t count;
} pgaii_strict_batch;

/** A window that was planned, is in flight, or was answered. */
typedef struct pgaii_strict_slot {
    pgaii_window window;
    uint64_t key;
    bool sent;
    bool answered;
    int odd;          /* responses in a row that did not fit together */
    uint64_t *hashes; /* owned; NULL when it is empty */
    size_t count;
    int64_t total; /* -1: not told, of a 404 */
} pgaii_strict_slot;

typedef struct pgaii_strict_stats {
    int64_t requests; /**< asked for */
    int64_t dropped;  /**< of these, not needed in the end */
    int64_t probes;   /**< of these, to find again where the walk stood */
} pgaii_strict_stats;

typedef struct pgaii_strict {
    pgaii_strict_state state;
    pgaii_strict_why why;
    pgaii_strict_stats stats;

    size_t flight; /* requests in flight at most, as asked */
    size_t open;   /* and now: halved when the place is lost, as TCP does */
    int64_t most;  /* contacts a page: as asked, then as the service takes it */
    bool started;  /* a response told how the service is */
    uint64_t keys;
    pgaii_strict_slot *slots; /* in the order of the list */
    size_t slot_count;
    size_t slot_capacity;

    pgaii_recent recent;
    bool forgot;         /* some of what was handed out is not remembered */
    int64_t at;          /* position behind the newest id, as far as is known */
    int64_t sure;        /* position behind the last id that was seen to be known */
    int64_t total;       /* as told last; -1: not yet */
    int64_t total_at;    /* as told by the window that was taken in last */
    int64_t first_total; /* as told first; -1: not yet */
    size_t batch;        /* contacts of the batch that was handed out last */

    int probes;   /* of the search that goes on; 0: none does */
    int64_t low;  /* it read from here */
    int64_t high; /* to here */
    bool up_next; /* and reads on at this end */
} pgaii_strict;

/** Begin a walk.
 *
 * @param limit      Contacts a page at most, from 1; pgaii_window bounds it.
 * @param flight     Requests in flight at most, from 1 to PGAII_STRICT_MAX_FLIGHT.
 * @param remembered Ids that are remembered, usually PGAII_STRICT_REMEMBERED.
 * @param random     Drawn for this walk alone.
 * @param place      Where to begin, as it was saved, and with its limit unless @p limit
 *                   is 0; NULL: at the head.
 * @return PGAI_OK; PGAI_NO_MEMORY, and nothing is to be cleared.
 */
pgai_status pgaii_strict_init(pgaii_strict *strict, int64_t limit, size_t flight,
                              size_t remembered, uint64_t random,
                              const pgaii_strict_place *place);

/** The next request to send, while there is room for one; each is told once.
 *
 * @return false: none is to be sent before a response came, or the walk is over.
 */
bool pgaii_strict_wanted(pgaii_strict *strict, pgaii_strict_request *out);

/** Whether a request, or its response, is still of use; else it may be cancelled, or
 * freed. Once a batch was taken, its response belongs to whoever took it. */
bool pgaii_strict_needs(const pgaii_strict *strict, uint64_t key);

/** The key of the request whose response is waited for: none behind it is of use before;
 * 0: there is none. */
uint64_t pgaii_strict_front(const pgaii_strict *strict);

/** Take in a response. Anything may stand in it; one that is not needed is ignored.
 *
 * @return PGAI_OK; PGAI_NO_MEMORY: nothing has changed.
 */
pgai_status pgaii_strict_feed(pgaii_strict *strict, const pgaii_strict_answer *answer);

/** The next contacts to hand out.
 *
 * @return false: none are before a response came, or the walk is over. The last ones can
 * come together with the end.
 */
bool pgaii_strict_take(pgaii_strict *strict, pgaii_strict_batch *out);

/** Where the walk stands behind the first @p used contacts of the batch that was taken
 * last. */
void pgaii_strict_save(const pgaii_strict *strict, size_t used, pgaii_strict_place *out);

/** Free what it holds. */
void pgaii_strict_clear(pgaii_strict *strict);

#endif
