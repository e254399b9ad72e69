#ifndef PGAI_PROTOCOL_SEEN_H
#define PGAI_PROTOCOL_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Pages whose ids are remembered. Contacts move by few places between two requests, so
 * that one that comes again does so on the next page; four allow for pages that are tiny.
 */
enum { PGAII_SEEN_PAGES = 4 };

/** The ids of one page, as hashes, in a table with open addressing; 0: a free place. */
typedef struct pgaii_seen_page {
    uint64_t *hashes;
    size_t capacity; /* a power of two, at least twice the ids */
    unsigned shift;  /* leaves of 64 bits as many as number the places */
} pgaii_seen_page;

/** The ids of the last pages of a walk. Memory is bounded by the size of a page. */
typedef struct pgaii_seen {
    uint64_t
        multiplier; /* odd, and not to be foreseen: it spreads hashes over a table, so
                       that a service cannot make them collide (multiply-shift hashing) */
    pgaii_seen_page pages[PGAII_SEEN_PAGES];
    size_t newest;
} pgaii_seen;

/** Nothing is remembered yet; allocates nothing. @p random is drawn for it alone. */
void pgaii_seen_init(pgaii_seen *seen, uint64_t random);

/** Begin a page of at most @p count ids, forgetting the oldest; false: no memory. */
bool pgaii_seen_begin(pgaii_seen *seen, size_t count);

/** Note an id of the newest page, given as its hash, not 0; true when it came before. */
bool pgaii_seen_add(pgaii_seen *seen, uint64_t hash);

/** Free what is remembered. */
void pgaii_seen_clear(pgaii_seen *seen);

#endif
