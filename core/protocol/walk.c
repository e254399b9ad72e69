/* A walk over all pages: what to ask next, and whether anything is missing. */
#include "protocol/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/call.h"
#include "protocol/call_options.h"
#include "protocol/cursor.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/page.h"
#include "protocol/session.h"
#include "protocol/text.h"
#include "protocol/time.h"
#include "protocol/versioned.h"

/* A page is read twice before it counts as empty, and two pages in a row may bring
 * nothing new; more means that the service repeats pages. */
enum { MAX_EMPTY_READS = 2, MAX_USELESS_READS = 2 };

/* A walk reads each page once, unless contacts move; twice as often and then some is a
 * loop. */
enum { READS_FACTOR = 2, READS_MARGIN = 10 };

/* Room for the contacts of a page of the usual size. */
enum { FIRST_HANDED = 50 };

/* No service means more than this as the size of a page. */
static const int64_t MAX_LIMIT = 1000000;

/* The position of the first contact of the page. With the limit that a service returns,
 * the page that a caller or a cursor named may begin beyond all numbers. */
static int64_t page_start(const pgai_walk *walk)
{
    int64_t before = walk->page - 1;

    return before > INT64_MAX / walk->limit ? INT64_MAX : before * walk->limit;
}

static uint64_t id_hash(const pgai_contact *contact)
{
    bool has_id = contact->presence[PGAI_ID] == PGAI_PRESENCE_TEXT;

    return has_id ? pgaii_text_hash(contact->field[PGAI_ID]) : 0;
}

static void end_broken(pgai_walk *walk)
{
    walk->state = PGAII_WALK_BROKEN;
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
    if (walk->stats.contacts + again < end - walk->first)
        note_sign(walk, PGAII_SIGN_PASSED);
}

static void end_complete(pgai_walk *walk)
{
    walk->state = PGAII_WALK_COMPLETE;
}

/* The pages that came do not fit together, although each of them was fine. */
static void end_inconsistent(pgai_walk *walk)
{
    walk->error.http_status = 200;
    walk->error.requests = walk->requests;
    end_broken(walk);
}

static void fail_memory(pgai_walk *walk)
{
    pgaii_fail_memory(&walk->error);
    end_broken(walk);
}

static int64_t most_reads(const pgai_walk *walk)
{
    if (walk->total < 0)
        return INT64_MAX;
    return walk->total / walk->limit < INT64_MAX / (2 * READS_FACTOR)
               ? READS_FACTOR * (walk->total / walk->limit + 1) + READS_MARGIN
               : INT64_MAX;
}

/* Whether the walk may read one more page; if not, its error says why. */
static bool may_read(pgai_walk *walk, int64_t now)
{
    if (walk->reads >= most_reads(walk)) {
        pgaii_fail(&walk->error, PGAI_DECODE,
                   "%" PRId64 " pages were read for %" PRId64
                   " contacts: the service seems to repeat pages",
                   walk->reads, walk->total);
        end_inconsistent(walk);
    } else if (now >= walk->deadline_at) {
        pgaii_fail(&walk->error, PGAI_TIMEOUT,
                   "the deadline of %" PRId64 " ms has passed", walk->deadline_ms);
        end_broken(walk);
    }
    return walk->state == PGAII_WALK_GOING;
}

/* The page that holds the position. */
static int64_t next_page(const pgai_walk *walk)
{
    return pgaii_add(walk->position / walk->limit, 1);
}

static pgai_status ask(pgai_walk *walk, int64_t page, int64_t now)
{
    pgai_call_options call_options = walk->call_options;

    if (walk->deadline_at - now < call_options.deadline_ms)
        call_options.deadline_ms = walk->deadline_at - now;
    return pgaii_plan_ask(&walk->plan, walk->session, page, walk->limit, &call_options,
                          walk->deadline_at, &walk->error);
}

/* The end of what there is to walk over, as far as is known; -1: it is not. */
static int64_t known_end(const pgai_walk *walk)
{
    return walk->total < walk->end ? walk->total : walk->end;
}

/* Whether page @p page has contacts of the walk, as far as is known. */
static bool is_page(const pgai_walk *walk, int64_t page)
{
    int64_t end = known_end(walk);

    return end / walk->limit >= page - 1 && end > (page - 1) * walk->limit;
}

/* Ask ahead for the pages behind those that were asked for. What cannot be asked for yet
 * is asked for when its turn comes. */
static void plan_ahead(pgai_walk *walk, int64_t now)
{
    while (pgaii_plan_wanted(&walk->plan) < walk->open && now < walk->deadline_at) {
        const pgaii_asked *tail = pgaii_plan_tail(&walk->plan);
        int64_t page = tail ? tail->page + 1 : next_page(walk);

        if ((!tail && pgaii_plan_head(&walk->plan)) || !is_page(walk, page) ||
            ask(walk, page, now) != PGAI_OK)
            break;
    }
}

/* See to it that the next page is asked for; it is waited for from now on. */
static pgai_walk_step plan(pgai_walk *walk, int64_t now)
{
    if (!pgaii_plan_head(&walk->plan)) {
        if (may_read(walk, now) && ask(walk, next_page(walk), now) != PGAI_OK)
            end_broken(walk);
        if (walk->state == PGAII_WALK_BROKEN)
            return PGAI_WALK_FAILED;
    }
    pgaii_call_lead(pgaii_plan_head(&walk->plan)->call, now);
    plan_ahead(walk, now);
    return PGAI_WALK_CALLS;
}

/* An empty page, or none at all if no total was reported. */
static void absorb_nothing(pgai_walk *walk)
{
    walk->empty_reads++;
    if (walk->empty_reads < MAX_EMPTY_READS)
        return;
    if (walk->total < 0) {
        end_complete(walk);
        return;
    }
    pgaii_fail(&walk->error, PGAI_DECODE,
               "page %" PRId64 " is empty, but contacts %" PRId64 " to %" PRId64
               " are still missing",
               walk->page, walk->position + 1, known_end(walk));
    end_inconsistent(walk);
}

/* As last reported, even by the walk before a cursor. */
static int64_t known_total(const pgai_walk *walk)
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

    if (page->limit < 1 || page->limit > MAX_LIMIT || page->limit == walk->limit)
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
    if (skip <= page->count && id_hash(&page->contacts[skip - 1]) == walk->last)
        return skip;
    walk->stats.drift++;
    for (size_t i = 0; i < page->count; i++) {
        if (id_hash(&page->contacts[i]) == walk->last)
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
} filter;

/* Contacts that stay are remembered, for cursors that point into the page. */
static bool is_unwanted(void *data, const pgai_contact *contact)
{
    filter *found = data;
    pgai_walk *walk = found->walk;
    uint64_t hash = id_hash(contact);
    bool known = hash != 0 && pgaii_seen_add(&walk->seen, hash);

    if (contact->index < found->skip || contact->index >= found->stop)
        return true;
    found->duplicates += known;
    if (!known)
        walk->handed[walk->handed_count++] = (pgaii_handed){contact->index, hash};
    return known;
}

/* Leave in the page what was not returned before; false: no memory. */
static bool filter_page(pgai_walk *walk, pgai_page *page, size_t skip)
{
    int64_t left = walk->end - page_start(walk);
    filter found = {walk, skip, left < PTRDIFF_MAX ? (size_t)left : SIZE_MAX, 0};
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
    walk->useless_reads = promising && page->count == 0 ? walk->useless_reads + 1 : 0;
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

static bool is_complete(const pgai_walk *walk)
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
static bool absorb(pgai_walk *walk, pgai_page *page)
{
    bool fits = learn_limit(walk, page);
    int64_t behind = pgaii_add(page_start(walk), (int64_t)page->count);
    bool used = fits && page->count > 0;
    bool fell = page->total >= 0 && page->total < known_total(walk);

    if (fell && !used)
        note_sign(walk, PGAII_SIGN_FELL);
    learn_total(walk, page, page->count > 0 ? behind : 0);
    if (!fits)
        walk->useless_reads++;
    else if (used)
        absorb_contacts(walk, page, behind, fell);
    else if (!is_complete(walk))
        absorb_nothing(walk);
    if (walk->useless_reads >= MAX_USELESS_READS) {
        pgaii_fail(
            &walk->error, PGAI_DECODE,
            "page %" PRId64
            " and the one before had no new contact: the service seems to repeat pages",
            walk->page);
        end_inconsistent(walk);
    }
    return fits && page->count > 0 && walk->state == PGAII_WALK_GOING;
}

/* Requests that a service in trouble gets ahead are for nothing: after a page that was
 * asked for again, half as many, and one more after each that was not. */
static void adapt_window(pgai_walk *walk)
{
    if (walk->requests > 1)
        walk->open = (walk->open + 1) / 2;
    else if (walk->open < walk->window)
        walk->open++;
}

/* The next call is over: take its page in. */
static bool settle(pgai_walk *walk, const pgaii_asked *head, pgai_page **out)
{
    pgai_page *page = pgai_call_take_page(head->call);
    bool beyond;

    walk->page = head->page;
    walk->reads++;
    walk->requests = head->call->stats.requests;
    adapt_window(walk);
    beyond = !page && head->call->error.status == PGAI_NOT_FOUND && walk->page > 1 &&
             walk->total < 0;
    if (!page && !beyond)
        walk->error = head->call->error;
    pgaii_plan_shift(&walk->plan, &walk->stats);
    if (beyond) {
        absorb_nothing(walk);
    } else if (!page) {
        end_broken(walk);
    } else if (absorb(walk, page)) {
        *out = page;
        return true;
    }
    pgai_page_free(page);
    return false;
}

/* Calls that were planned by what was known before, and are not the next pages. */
static void drop_misplaced(pgai_walk *walk, int64_t now)
{
    const pgaii_asked *head = pgaii_plan_head(&walk->plan);

    if (head && (walk->state != PGAII_WALK_GOING || is_complete(walk) ||
                 head->page != next_page(walk) || head->limit != walk->limit))
        pgaii_plan_drop(&walk->plan, now, &walk->stats);
}

pgai_walk_step pgai_walk_next(pgai_walk *walk, int64_t now_ms, pgai_page **page)
{
    int64_t now = pgaii_time(now_ms);
    pgaii_asked *head;

    *page = NULL;
    if (!walk->started) {
        walk->started = true;
        walk->deadline_at =
            walk->deadline_ms > 0 ? pgaii_add(now, walk->deadline_ms) : INT64_MAX;
    }
    pgaii_plan_sweep(&walk->plan, &walk->stats);
    while (walk->state == PGAII_WALK_GOING && (head = pgaii_plan_head(&walk->plan)) &&
           head->call->told) {
        bool came = settle(walk, head, page);

        drop_misplaced(walk, now);
        if (came && !is_complete(walk))
            plan_ahead(walk, now);
        if (came)
            return PGAI_WALK_PAGE;
    }
    if (walk->state == PGAII_WALK_GOING && is_complete(walk))
        end_complete(walk);
    if (walk->state == PGAII_WALK_BROKEN)
        return PGAI_WALK_FAILED;
    return walk->state == PGAII_WALK_COMPLETE ? PGAI_WALK_DONE : plan(walk, now);
}

pgai_call *pgai_walk_call(pgai_walk *walk, size_t index)
{
    return pgaii_plan_call(&walk->plan, index);
}

const pgai_error *pgai_walk_error(const pgai_walk *walk)
{
    return &walk->error;
}

void pgai_walk_cursor(const pgai_walk *walk, size_t used, char out[PGAI_CURSOR_SIZE])
{
    int64_t total = known_total(walk);
    pgaii_cursor cursor = {.position = walk->position,
                           .limit = walk->limit,
                           .last = walk->last,
                           .total = total <= PGAII_MAX_POSITION ? total : -1,
                           .sign = (int)walk->sign,
                           .end = walk->end <= PGAII_MAX_POSITION ? walk->end : -1};

    if (used < walk->handed_count) {
        cursor.position = walk->handed_base + (int64_t)walk->handed[used].index;
        cursor.last = used > 0 ? walk->handed[used - 1].hash : walk->handed_last;
    }
    pgaii_cursor_write(&cursor, out);
}

/* Why not all contacts were returned, as far as is known; NULL: there is no sign of it.
 */
static const char *find_reason(const pgai_walk *walk)
{
    static const char *const signs[PGAII_SIGNS] = {
        [PGAII_SIGN_FELL] = "the total fell during the walk: contacts after deleted ones "
                            "moved forward, and may have been skipped",
        [PGAII_SIGN_BEYOND] = "a page had contacts beyond its own total",
        [PGAII_SIGN_PASSED] = "fewer contacts came than the service counts: pages were "
                              "short, or contacts came twice in place of others",
        [PGAII_SIGN_MOVED] =
            "the contact before the cursor has moved: others may have been skipped",
    };

    if (walk->sign != PGAII_SIGN_NONE)
        return signs[walk->sign];
    if (walk->state == PGAII_WALK_BROKEN)
        return "the walk ended with an error";
    if (walk->state == PGAII_WALK_GOING)
        return "the walk is not finished";
    return NULL;
}

void pgai_walk_stats_get(const pgai_walk *walk, pgai_walk_stats *out)
{
    pgai_walk_stats stats = walk->stats;

    pgaii_plan_spent(&walk->plan, &stats);
    stats.incomplete_reason = find_reason(walk);
    stats.complete = stats.incomplete_reason ? 0 : -1;
    pgaii_versioned_write(out, &stats, sizeof(stats));
}

void pgai_walk_free(pgai_walk *walk)
{
    if (!walk)
        return;
    pgaii_plan_clear(&walk->plan);
    pgaii_seen_clear(&walk->seen);
    free(walk->handed);
    free(walk);
}
