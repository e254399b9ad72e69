#ifndef PGAI_PROTOCOL_RECENT_H
#define PGAI_PROTOCOL_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The ids that were handed out last, as hashes, numbered from 1 as they were handed out.
 * All memory is allocated at the beginning. */
typedef struct pgaii_recent {
    uint64_t *hashes;    /* by number, modulo `size` */
    bool *passed;        /* likewise; see pgaii_recent_pass() */
    uint32_t *places;    /* a table with open addressing: place in `hashes`, plus 1 */
    uint32_t mask;       /* places in the table, less 1 */
    unsigned shift;      /* leaves of 64 bits as many as number the places */
    uint64_t multiplier; /* odd, and not to be foreseen: see seen.h */
    size_t size;         /* ids that are remembered, at most */
    size_t count;        /* ids that are remembered */
    int64_t newest;      /* number of the id that was handed out last; 0: none was */
} pgaii_recent;

/** Remember up to @p size ids, from 1 to 2^30. @p random is drawn for it alone.
 *
 * @return false when there is no memory; it can be cleared then, and nothing else.
 */
bool pgaii_recent_init(pgaii_recent *recent, size_t size, uint64_t random);

/** The number of an id, given as its hash, not 0; 0: it is not remembered. */
int64_t pgaii_recent_find(const pgaii_recent *recent, uint64_t hash);

/** Give an id that is not remembered the next number, and forget the oldest when there
 * are too many. */
void pgaii_recent_add(pgaii_recent *recent, uint64_t hash);

/** The hash of the id of that number; 0: it is not remembered. */
uint64_t pgaii_recent_hash(const pgaii_recent *recent, int64_t number);

/** Note of the ids numbered behind @p number that newer ones may stand before them in the
 * list: they were not shown where they should be, and are gone, or come later. */
void pgaii_recent_pass(pgaii_recent *recent, int64_t number);

/** The number of the newest id, up to @p newest, that pgaii_recent_pass() was told of; 0:
 * none that is remembered. */
int64_t pgaii_recent_last_passed(const pgaii_recent *recent, int64_t newest);

/** Whether pgaii_recent_pass() was told of an id that is remembered. */
bool pgaii_recent_passed(const pgaii_recent *recent, int64_t number);

/** Free what it holds. */
void pgaii_recent_clear(pgaii_recent *recent);

#endif
