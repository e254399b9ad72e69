/* A strict walk: what it asks for, and what came. */
#include "protocol/strict.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/cursor.h"
#include "protocol/memory.h"
#include "protocol/strict_internal.h"

/* Windows beyond those in flight that are kept while one before them is read. */
enum { SPARE_SLOTS = 2 };

/* A response that does not fit together may have been made while the list changed; so it
 * is asked for again. */
enum { MAX_ODD = 3 };

/* A walk asks about 1.2 times as often as a plain one; so many times, and some, means
 * that the list grows faster than it can be read. */
enum { REQUESTS_FACTOR = 4, REQUESTS_MARGIN = 200 };

void pgaii_strict_lose(pgaii_strict *strict, pgaii_strict_why why)
{
    if (strict->state != PGAII_STRICT_GOING)
        return;
    strict->state = PGAII_STRICT_LOST;
    strict->why = why;
}

static void free_slot(pgaii_strict *strict, pgaii_strict_slot *slot)
{
    strict->stats.dropped += slot->sent;
    free(slot->hashes);
}

void pgaii_strict_drop(pgaii_strict *strict, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_slot(strict, &strict->slots[i]);
    strict->slot_count -= count;
    memmove(strict->slots, &strict->slots[count],
            strict->slot_count * sizeof(*strict->slots));
}

void pgaii_strict_push(pgaii_strict *strict, size_t index, pgaii_window window)
{
    if (strict->slot_count == strict->slot_capacity)
        free_slot(strict, &strict->slots[--strict->slot_count]);
    memmove(&strict->slots[index + 1], &strict->slots[index],
            (strict->slot_count - index) * sizeof(*strict->slots));
    strict->slots[index] =
        (pgaii_strict_slot){.window = window, .key = ++strict->keys, .total = -1};
    strict->slot_count++;
}

static void resume(pgaii_strict *strict, const pgaii_strict_place *place)
{
    strict->at = strict->sure = place->position;
    strict->total_at = place->total;
    for (size_t i = PGAII_STRICT_SEAM; i > 0; i--) {
        uint64_t hash = place->seam[i - 1];

        if (hash != 0 && !pgaii_recent_find(&strict->recent, hash))
            pgaii_recent_add(&strict->recent, hash);
        if (i == PGAII_STRICT_SEAM)
            pgaii_recent_pass(&strict->recent, 0);
    }
    strict->forgot = strict->recent.count > 0 || place->position > 0;
}

pgai_status pgaii_strict_init(pgaii_strict *strict, int64_t limit, size_t flight,
                              size_t remembered, uint64_t random,
                              const pgaii_strict_place *place)
{
    memset(strict, 0, sizeof(*strict));
    strict->most = limit > 0 || !place ? limit : place->limit;
    strict->flight = strict->open = flight;
    strict->total = strict->total_at = strict->first_total = -1;
    if (!pgaii_grow((void **)&strict->slots, &strict->slot_capacity, flight + SPARE_SLOTS,
                    sizeof(*strict->slots), flight + SPARE_SLOTS) ||
        !pgaii_recent_init(&strict->recent, remembered, random)) {
        pgaii_strict_clear(strict);
        return PGAI_NO_MEMORY;
    }
    if (place)
        resume(strict, place);
    return PGAI_OK;
}

void pgaii_strict_clear(pgaii_strict *strict)
{
    for (size_t i = 0; i < strict->slot_count; i++)
        free(strict->slots[i].hashes);
    free(strict->slots);
    pgaii_recent_clear(&strict->recent);
    memset(strict, 0, sizeof(*strict));
}

/* ---- What to send ---------------------------------------------------------------- */

/* Plan the next window behind all others, if there is room and the list may go on there.
 * The first one is asked for alone, since it tells the total. */
static bool plan(pgaii_strict *strict)
{
    size_t count = strict->slot_count;
    int64_t end = strict->at;
    pgaii_window window;

    if (count >= strict->open || strict->probes > 0)
        return false;
    if (count > 0) {
        int64_t last = pgaii_window_end(strict->slots[count - 1].window);

        end = last > end ? last : end;
        if (end > strict->total)
            return false;
    }
    window = pgaii_window_forward(end, strict->most);
    if (pgaii_window_end(window) > end) {
        pgaii_strict_push(strict, count, window);
        return true;
    }
    if (count == 0)
        pgaii_strict_lose(strict, PGAII_STRICT_LIMITS);
    return false;
}

static bool may_ask(pgaii_strict *strict)
{
    int64_t pages = strict->first_total / strict->most;

    if (strict->first_total >= 0 &&
        strict->stats.requests >= REQUESTS_FACTOR * pages + REQUESTS_MARGIN)
        pgaii_strict_lose(strict, PGAII_STRICT_BUSY);
    return strict->state == PGAII_STRICT_GOING;
}

static pgaii_strict_slot *next_unsent(pgaii_strict *strict)
{
    for (size_t i = 0; i < strict->slot_count; i++) {
        if (!strict->slots[i].sent)
            return &strict->slots[i];
    }
    return NULL;
}

bool pgaii_strict_wanted(pgaii_strict *strict, pgaii_strict_request *out)
{
    pgaii_strict_slot *slot;

    if (strict->state != PGAII_STRICT_GOING)
        return false;
    slot = next_unsent(strict);
    if (!slot && plan(strict))
        slot = &strict->slots[strict->slot_count - 1];
    if (!slot || !may_ask(strict))
        return false;
    slot->sent = true;
    strict->stats.requests++;
    *out = (pgaii_strict_request){slot->key, slot->window.page, slot->window.limit};
    return true;
}

/* ---- What came ------------------------------------------------------------------- */

static pgaii_strict_slot *slot_of(const pgaii_strict *strict, uint64_t key)
{
    for (size_t i = 0; i < strict->slot_count; i++) {
        if (strict->slots[i].key == key)
            return &strict->slots[i];
    }
    return NULL;
}

bool pgaii_strict_needs(const pgaii_strict *strict, uint64_t key)
{
    return strict->state == PGAII_STRICT_GOING && slot_of(strict, key);
}

uint64_t pgaii_strict_front(const pgaii_strict *strict)
{
    bool is_sent = strict->slot_count > 0 && strict->slots[0].sent;

    return strict->state == PGAII_STRICT_GOING && is_sent ? strict->slots[0].key : 0;
}

/* Whether limit and total were told, in numbers that a service can mean. */
static bool is_told(const pgaii_strict_answer *answer)
{
    return answer->limit >= 1 && answer->limit <= PGAII_MAX_LIMIT && answer->total >= 0 &&
           answer->total <= PGAII_MAX_POSITION;
}

/* The service took another limit. A smaller one is its maximum; a larger one, told first
 * of all, its minimum. What was planned with others is dropped; only page 1 stands where
 * it stood.
 *
 * @return The slot of the response; NULL: it is of no use. */
static pgaii_strict_slot *
learn_limit(pgaii_strict *strict, pgaii_strict_slot *slot, int64_t limit)
{
    pgaii_strict_slot kept = *slot;

    if (limit > slot->window.limit && strict->started) {
        pgaii_strict_lose(strict, PGAII_STRICT_LIMITS);
        return NULL;
    }
    strict->most = limit;
    strict->probes = 0;
    slot->sent = kept.window.page != 1;
    pgaii_strict_drop(strict, strict->slot_count);
    if (kept.window.page != 1)
        return NULL;
    kept.window.limit = limit;
    strict->slots[0] = kept;
    strict->slot_count = 1;
    return strict->slots;
}

/* Whether page, limit, total and the number of contacts fit together. */
static bool
fits_together(const pgaii_strict_slot *slot, const pgaii_strict_answer *answer)
{
    int64_t left = answer->total - pgaii_window_start(slot->window);
    int64_t most = slot->window.limit;
    int64_t expected = left < 0 ? 0 : left < most ? left : most;

    return (answer->page < 0 || answer->page == slot->window.page) &&
           answer->count == (size_t)expected;
}

static void ask_again(pgaii_strict *strict, pgaii_strict_slot *slot)
{
    if (++slot->odd == MAX_ODD)
        pgaii_strict_lose(strict, PGAII_STRICT_SUMS);
    slot->key = ++strict->keys;
    slot->sent = false;
    strict->stats.dropped++;
}

static bool all_have_ids(const pgaii_strict_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        if (answer->hashes[i] == 0)
            return false;
    }
    return true;
}

/* A page beyond the end that the service does not have: the list ends before it. */
static void learn_end(pgaii_strict *strict, int64_t start)
{
    if (strict->total < 0 || strict->total > start)
        strict->total = start;
    strict->started = true;
}

/* Learn from a response how the service is.
 *
 * @return The slot of the response; NULL: it is of no use. */
static pgaii_strict_slot *
judge(pgaii_strict *strict, pgaii_strict_slot *slot, const pgaii_strict_answer *answer)
{
    if (!is_told(answer)) {
        if (answer->count == 0 && slot->window.page > 1) {
            learn_end(strict, pgaii_window_start(slot->window));
            return slot;
        }
        pgaii_strict_lose(strict, PGAII_STRICT_UNTOLD);
        return NULL;
    }
    strict->total = answer->total;
    if (strict->first_total < 0)
        strict->first_total = answer->total;
    if (answer->limit != slot->window.limit)
        slot = learn_limit(strict, slot, answer->limit);
    strict->started = true;
    if (!slot)
        return NULL;
    if (!fits_together(slot, answer)) {
        ask_again(strict, slot);
        return NULL;
    }
    if (!all_have_ids(answer)) {
        pgaii_strict_lose(strict, PGAII_STRICT_NO_ID);
        return NULL;
    }
    slot->total = answer->total;
    return slot;
}

pgai_status pgaii_strict_feed(pgaii_strict *strict, const pgaii_strict_answer *answer)
{
    pgaii_strict_slot *slot = slot_of(strict, answer->key);
    uint64_t *hashes = NULL;
    size_t capacity = 0;

    if (strict->state != PGAII_STRICT_GOING || !slot || !slot->sent || slot->answered)
        return PGAI_OK;
    if (answer->count > 0) {
        if (!pgaii_grow((void **)&hashes, &capacity, answer->count, sizeof(*hashes),
                        answer->count))
            return PGAI_NO_MEMORY;
        memcpy(hashes, answer->hashes, answer->count * sizeof(*hashes));
    }
    slot = judge(strict, slot, answer);
    if (slot) {
        slot->hashes = hashes;
        slot->count = answer->count;
        slot->answered = true;
    } else {
        free(hashes);
    }
    return PGAI_OK;
}

/* ---- Where it stands ------------------------------------------------------------- */

/* The last id of the seam is the newest one that may stand behind the others, if there is
 * one; it would come again if it were not known. */
void pgaii_strict_save(const pgaii_strict *strict, size_t used, pgaii_strict_place *out)
{
    const pgaii_recent *recent = &strict->recent;
    size_t unused = used < strict->batch ? strict->batch - used : 0;
    int64_t newest = recent->newest - (int64_t)unused;
    int64_t passed = pgaii_recent_last_passed(recent, newest);
    int64_t last = newest - (PGAII_STRICT_SEAM - 1);

    memset(out, 0, sizeof(*out));
    out->position = strict->at - (int64_t)unused;
    out->limit = strict->most;
    out->total = strict->total;
    for (size_t i = 0; i < PGAII_STRICT_SEAM - 1; i++)
        out->seam[i] = pgaii_recent_hash(recent, newest - (int64_t)i);
    out->seam[PGAII_STRICT_SEAM - 1] =
        pgaii_recent_hash(recent, passed > 0 && passed < last ? passed : last);
}
