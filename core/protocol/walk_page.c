/* What a page means for a walk: which of its contacts are returned, where the walk goes
 * on, and whether contacts are missing. */
#include "protocol/walk.h"

#include <inttypes.h>
#include <stdlib.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/page.h"
#include "protocol/time.h"

/* A page is read twice before it counts as empty, and two pages in a row may bring
 * nothing new; more means that the service repeats pages. */
enum { MAX_EMPTY_READS = 2, MAX_USELESS_READS = 2 };

/* Room for the contacts of a page of the usual size. */
enum { FIRST_HANDED = 50 };

/* The position of the first contact of the page. With the limit that a service returns,
 * the page that a caller or a cursor named may begin beyond all numbers. */
static int64_t page_start(const pgai_walk *walk)
{
    int64_t before = walk->page - 1;

    return before > INT64_MAX / walk->limit ? INT64_MAX : before * walk->limit;
}

static void note_sign(pgai_walk *walk, pgaii_sign sign)
{
    if (walk->sign == PGAII_SIGN_NONE)
        walk->sign = sign;
}

/* All positions before @p end must have brought a contact. Contacts that are added push
 * others back, and as many may come again instead. Without a total, it is not known how
 * many were added. */
static void check_covered(pgai_walk *walk, int64_t end)
{
    int64_t added = walk->stats.total - walk->least_total;
    int64_t again = walk->stats.duplicates;

    if (walk->stats.total >= 0 && again > added)
        again = added;
    if (walk->stats.contacts + walk->stats.gone + again < end - walk->first)
        note_sign(walk, PGAII_SIGN_PASSED);
}

/* The pages that came do not fit together, although each of them was fine. */
void pgaii_walk_end_inconsistent(pgai_walk *walk)
{
    walk->error.http_status = 200;
    walk->error.requests = walk->requests;
    walk->state = PGAII_WALK_BROKEN;
}

static void fail_memory(pgai_walk *walk)
{
    pgaii_fail_memory(&walk->error);
    walk->state = PGAII_WALK_BROKEN;
}

/* The end of what there is to walk over, as far as is known; -1: it is not. */
int64_t pgaii_walk_known_end(const pgai_walk *walk)
{
    return walk->total < walk->end ? walk->total : walk->end;
}

/* An empty page, or none at all if no total was reported. */
void pgaii_walk_absorb_nothing(pgai_walk *walk)
{
    walk->empty_reads++;
    if (walk->empty_reads < MAX_EMPTY_READS)
        return;
    if (walk->total < 0) {
        walk->state = PGAII_WALK_COMPLETE;
        return;
    }
    pgaii_fail(&walk->error, PGAI_DECODE,
               "page %" PRId64 " is empty, but contacts %" PRId64 " to %" PRId64
               " are still missing",
               walk->page, walk->position + 1, pgaii_walk_known_end(walk));
    pgaii_walk_end_inconsistent(walk);
}

/* As last reported, even by the walk before a cursor. */
int64_t pgaii_walk_known_total(const pgai_walk *walk)
{
    return walk->stats.total >= 0 ? walk->stats.total : walk->least_total;
}

/* If a page has more contacts than its total says, the total means nothing. */
static void learn_total(pgai_walk *walk, const pgai_page *page, int64_t behind)
{
    if (page->total < 0)
        return;
    if (behind > page->total)
        note_sign(walk, PGAII_SIGN_BEYOND);
    if (walk->least_total < 0 || page->total < walk->least_total)
        walk->least_total = page->total;
    if (walk->stats.total >= 0 && walk->stats.total != page->total)
        walk->stats.drift++;
    walk->stats.total = page->total;
    walk->total = behind > page->total ? -1 : page->total;
}

/* The returned limit counts. False: then the page is not the one with the position.
 */
static bool learn_limit(pgai_walk *walk, const pgai_page *page)
{
    int64_t base;

    if (page->limit < 1 || page->limit > PGAII_MAX_LIMIT || page->limit == walk->limit)
        return true;
    walk->limit = page->limit;
    base = page_start(walk);
    return walk->position >= base && walk->position - base < walk->limit;
}

/* How many contacts of the page are before the position. After a cursor, contacts may
 * have moved: the one that was returned last shows by how much. If it cannot, a total
 * that fell shows that they did. */
static size_t count_before(pgai_walk *walk, const pgai_page *page, bool fell)
{
    size_t skip = (size_t)(walk->position - page_start(walk));

    if (fell && (!walk->resumed || walk->last == 0 || skip == 0))
        note_sign(walk, PGAII_SIGN_FELL);
    if (!walk->resumed || walk->last == 0 || skip == 0)
        return skip;
    if (skip <= page->count &&
        pgaii_page_id_hash(&page->contacts[skip - 1]) == walk->last)
        return skip;
    walk->stats.drift++;
    for (size_t i = 0; i < page->count; i++) {
        if (pgaii_page_id_hash(&page->contacts[i]) == walk->last)
            return i + 1;
    }
    note_sign(walk, PGAII_SIGN_MOVED);
    return skip;
}

/* What is_unwanted() needs and finds. */
typedef struct filter {
    pgai_walk *walk;
    size_t skip; /* contacts before this one are not of the walk */
    size_t stop; /* nor are this one and those after it */
    int64_t duplicates;
    int64_t gone;
} filter;

/* Contacts that stay are remembered, for cursors that point into the page. */
static bool is_unwanted(void *data, const pgai_contact *contact)
{
    filter *found = data;
    pgai_walk *walk = found->walk;
    uint64_t hash = pgaii_page_id_hash(contact);
    bool known = hash != 0 && pgaii_seen_add(&walk->seen, hash);

    if (contact->index < found->skip || contact->index >= found->stop)
        return true;
    found->duplicates += known;
    found->gone += !known && contact->gone;
    if (known || contact->gone)
        return true;
    walk->handed[walk->handed_count++] = (pgaii_handed){contact->index, hash};
    return false;
}

/* Leave in the page what was not returned before; false: no memory. */
static bool filter_page(pgai_walk *walk, pgai_page *page, size_t skip)
{
    int64_t left = walk->end - page_start(walk);
    filter found = {walk, skip, left < PTRDIFF_MAX ? (size_t)left : SIZE_MAX, 0, 0};
    bool promising = page->count > skip;

    if (!pgaii_seen_begin(&walk->seen, page->count) ||
        !pgaii_grow((void **)&walk->handed, &walk->handed_capacity, page->count,
                    sizeof(*walk->handed), FIRST_HANDED))
        return false;
    walk->handed_count = 0;
    walk->handed_base = page_start(walk);
    walk->handed_last = walk->last;
    pgaii_page_drop(page, is_unwanted, &found);
    walk->stats.duplicates += found.duplicates;
    walk->stats.drift += found.duplicates > 0;
    walk->stats.gone += found.gone;
    walk->useless_reads =
        promising && page->count == 0 && found.gone == 0 ? walk->useless_reads + 1 : 0;
    if (page->count > 0) {
        walk->last = walk->handed[page->count - 1].hash;
        walk->stats.pages++;
        walk->stats.contacts += (int64_t)page->count;
    }
    return true;
}

/* Go on after a page: to the next one, or, on the last page, to after its last contact,
 * where contacts that come later will be. */
static void advance(pgai_walk *walk, int64_t behind)
{
    int64_t next_page = pgaii_add(page_start(walk), walk->limit);

    walk->position = walk->total >= 0 && behind >= walk->total ? behind : next_page;
    if (walk->position > walk->end)
        walk->position = walk->end;
    if (walk->total >= 0)
        check_covered(walk, walk->position < walk->total ? walk->position : walk->total);
    walk->resumed = false;
    walk->empty_reads = 0;
}

bool pgaii_walk_is_complete(const pgai_walk *walk)
{
    return walk->position >= walk->end ||
           (walk->total >= 0 && walk->position >= walk->total);
}

/* Take in a page that holds contacts at the position. */
static void absorb_contacts(pgai_walk *walk, pgai_page *page, int64_t behind, bool fell)
{
    size_t skip = count_before(walk, page, fell);

    if (walk->resumed)
        walk->first = pgaii_add(page_start(walk), (int64_t)skip);
    check_covered(walk, page_start(walk));
    if (filter_page(walk, page, skip))
        advance(walk, behind);
    else
        fail_memory(walk);
}

/* Take in a page; true: it is to be returned, false: see the walk's state. */
bool pgaii_walk_absorb(pgai_walk *walk, pgai_page *page)
{
    bool fits = learn_limit(walk, page);
    int64_t behind = pgaii_add(page_start(walk), (int64_t)page->count);
    bool used = fits && page->count > 0;
    bool fell = page->total >= 0 && page->total < pgaii_walk_known_total(walk);

    if (fell && !used)
        note_sign(walk, PGAII_SIGN_FELL);
    learn_total(walk, page, page->count > 0 ? behind : 0);
    if (!fits)
        walk->useless_reads++;
    else if (used)
        absorb_contacts(walk, page, behind, fell);
    else if (!pgaii_walk_is_complete(walk))
        pgaii_walk_absorb_nothing(walk);
    if (walk->useless_reads >= MAX_USELESS_READS) {
        pgaii_fail(
            &walk->error, PGAI_DECODE,
            "page %" PRId64
            " and the one before had no new contact: the service seems to repeat pages",
            walk->page);
        pgaii_walk_end_inconsistent(walk);
    }
    return fits && page->count > 0 && walk->state == PGAII_WALK_GOING;
}

/* After a cursor, contacts of the page before the one that was returned last are not
 * wanted. */
size_t pgaii_walk_first_wanted(const pgai_walk *walk, const pgai_page *page)
{
    for (size_t i = 0; walk->resumed && walk->last != 0 && i < page->count; i++) {
        if (pgaii_page_id_hash(&page->contacts[i]) == walk->last)
            return i + 1;
    }
    return 0;
}
