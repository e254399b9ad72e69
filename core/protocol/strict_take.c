/* A strict walk: what of the responses is handed out, and what is read when the place is
 * lost. */
#include "protocol/strict_internal.h"

#include <stdlib.h>

/* A search reads two windows with all others kept, then drops them; it reads so many in
 * all. */
enum { PROBES_KEEPING = 2, MAX_PROBES = 100 };

/* Whether what stands behind the known ids of a window can be handed out: it shows one
 * that is remembered; or it begins where the walk does; or at the head, and all that was
 * handed out is remembered, or there is nothing to hand out. */
static bool is_anchored(const pgaii_strict *strict, const pgaii_strict_slot *slot)
{
    if (strict->recent.count == 0)
        return true;
    for (size_t i = 0; i < slot->count; i++) {
        if (pgaii_recent_find(&strict->recent, slot->hashes[i]) != 0)
            return true;
    }
    return pgaii_window_start(slot->window) == 0 && (!strict->forgot || slot->count == 0);
}

/* The index behind the last known id of an anchored window. An order that is fixed shows
 * ids in the order in which they were handed out. */
static size_t
find_new(pgaii_strict *strict, const pgaii_strict_slot *slot, int64_t *last_number)
{
    int64_t skipped = strict->at - pgaii_window_start(slot->window);
    int64_t before = 0;
    size_t first = 0;

    *last_number = 0;
    if (strict->recent.count == 0) /* the first window shows where the walk begins */
        return skipped <= 0                     ? 0
               : skipped < (int64_t)slot->count ? (size_t)skipped
                                                : slot->count;
    for (size_t i = 0; i < slot->count; i++) {
        int64_t number = pgaii_recent_find(&strict->recent, slot->hashes[i]);

        if (number == 0)
            continue;
        if (!pgaii_recent_passed(&strict->recent, number)) {
            if (number <= before)
                pgaii_strict_lose(strict, PGAII_STRICT_ORDER);
            before = number;
        }
        *last_number = number;
        first = i + 1;
    }
    return first;
}

/* Remember what stands behind @p first. @return How many there are: an id that comes
 * again at once is the last. */
static size_t hand_out(pgaii_strict *strict, const pgaii_strict_slot *slot, size_t first)
{
    for (size_t i = first; i < slot->count; i++) {
        if (pgaii_recent_find(&strict->recent, slot->hashes[i]) != 0) {
            pgaii_strict_lose(strict, PGAII_STRICT_ORDER);
            return i - first;
        }
        strict->forgot |= strict->recent.count == strict->recent.size;
        pgaii_recent_add(&strict->recent, slot->hashes[i]);
    }
    return slot->count - first;
}

/* A window showed nothing new: the newest ids should follow it. Windows that should show
 * them, and do not, were answered before they were there. */
static void catch_up(pgaii_strict *strict, int64_t last_number)
{
    strict->open = (strict->open + 1) / 2;
    strict->at = strict->sure + strict->recent.newest - last_number;
    while (strict->slot_count > 0 && strict->slots[0].answered &&
           pgaii_window_start(strict->slots[0].window) < strict->at &&
           !is_anchored(strict, &strict->slots[0]))
        pgaii_strict_drop(strict, 1);
}

/* Take in an anchored window, and hand out what it has that is new. */
static void
absorb(pgaii_strict *strict, const pgaii_strict_slot *slot, pgaii_strict_batch *out)
{
    int64_t start = pgaii_window_start(slot->window);
    int64_t last_number;
    size_t first = find_new(strict, slot, &last_number);

    strict->batch = 0;
    if (strict->state != PGAII_STRICT_GOING)
        return;
    if (first < slot->count)
        pgaii_recent_pass(&strict->recent, last_number);
    strict->batch = hand_out(strict, slot, first);
    *out = (pgaii_strict_batch){slot->key, first, strict->batch};
    strict->sure = start + (int64_t)(first + strict->batch);
    strict->total_at = slot->total;
    strict->probes = 0;
    if (strict->state == PGAII_STRICT_GOING && (int64_t)slot->count < slot->window.limit)
        strict->state = PGAII_STRICT_COMPLETE;
    strict->at = strict->sure;
    if (strict->batch > 0)
        strict->open += strict->open < strict->flight;
    else if (strict->state == PGAII_STRICT_GOING)
        catch_up(strict, last_number);
}

/* ---- The place is lost ----------------------------------------------------------- */

/* By how many places the newest id should have moved. Contacts are added at one end of
 * most lists, and deleted anywhere. */
static int64_t likely_shift(const pgaii_strict *strict)
{
    int64_t change = strict->total - strict->total_at;

    if (strict->total < 0 || strict->total_at <= 0)
        return 0;
    if (change > 0 || strict->at >= strict->total_at)
        return change;
    return (int64_t)((double)change * (double)strict->at / (double)strict->total_at);
}

/* Begin a search with a window around the place. The window in front was read, too. */
static void begin_search(pgaii_strict *strict, pgaii_window front)
{
    pgaii_window window =
        pgaii_window_forward(strict->at - strict->most / 2, strict->most);

    strict->low = pgaii_window_start(window);
    strict->high = pgaii_window_end(front);
    strict->up_next = likely_shift(strict) > 0;
    strict->open = (strict->open + 1) / 2;
    strict->probes = 1;
    strict->stats.probes++;
    pgaii_strict_push(strict, 0, window);
}

/* The place is not near: drop all windows, and read around where the newest id should be
 * by the total. */
static void widen_search(pgaii_strict *strict)
{
    int64_t shift = likely_shift(strict);

    pgaii_strict_drop(strict, strict->slot_count);
    if (shift > strict->most || shift < -strict->most)
        strict->low = strict->high = strict->at + shift;
}

static void probe_up(pgaii_strict *strict, int64_t skip)
{
    pgaii_window window = pgaii_window_forward(strict->high + skip, strict->most);

    strict->high = pgaii_window_end(window);
    strict->up_next = false;
    pgaii_strict_push(strict, 0, window);
}

static void probe_down(pgaii_strict *strict, int64_t skip)
{
    int64_t start = strict->low > skip ? strict->low - skip : 1;
    pgaii_window window = pgaii_window_back(start, strict->most);

    strict->low = pgaii_window_start(window);
    strict->up_next = true;
    pgaii_strict_push(strict, 0, window);
}

/* Read on from the place where the walk stands, before all that was planned. */
static void read_on(pgaii_strict *strict)
{
    pgaii_window next = pgaii_window_forward(strict->at, strict->most);

    if (pgaii_window_end(next) > strict->at)
        pgaii_strict_push(strict, 0, next);
    else
        pgaii_strict_lose(strict, PGAII_STRICT_LIMITS);
}

/* The newest ids do not follow the last one that is known: most are gone. */
static void go_back(pgaii_strict *strict)
{
    strict->at = strict->sure;
    strict->probes = 0;
    read_on(strict);
}

/* Read next to what the search has read, now below, now above. What is remembered stands
 * together, so a part of that many places may be left out later. */
static void probe(pgaii_strict *strict)
{
    int64_t skip = (int64_t)(strict->recent.count / 2) - strict->most;
    bool can_go_up;

    if (strict->probes == PROBES_KEEPING && strict->sure < strict->at) {
        go_back(strict);
        return;
    }
    if (strict->probes == PROBES_KEEPING)
        widen_search(strict);
    if (strict->probes < PROBES_KEEPING || skip < 0)
        skip = 0;
    if (strict->total >= 0 && strict->low >= strict->total)
        strict->low = strict->total > 0 ? strict->total : 1;
    can_go_up = strict->total > strict->high;
    if (strict->probes == MAX_PROBES || (strict->low <= 0 && !can_go_up)) {
        pgaii_strict_lose(strict, PGAII_STRICT_GAP);
        return;
    }
    strict->probes++;
    strict->stats.probes++;
    if (can_go_up && (strict->up_next || strict->low <= 0))
        probe_up(strict, skip);
    else
        probe_down(strict, skip);
}

/* No window that was answered is anchored. Either the walk does not stand where the first
 * one was planned for, since contacts moved between two responses; or the place is to be
 * searched. */
static void look(pgaii_strict *strict)
{
    pgaii_window front = strict->slots[0].window;

    if (strict->probes > 0) {
        probe(strict);
    } else if (strict->sure < strict->at && strict->at - strict->sure <= strict->most) {
        go_back(strict);
    } else if (pgaii_window_start(front) >= strict->at) {
        read_on(strict);
    } else {
        begin_search(strict, front);
    }
}

bool pgaii_strict_take(pgaii_strict *strict, pgaii_strict_batch *out)
{
    while (strict->state == PGAII_STRICT_GOING && strict->slot_count > 0 &&
           strict->slots[0].answered) {
        size_t found = 0;
        pgaii_strict_slot slot;

        while (found < strict->slot_count && strict->slots[found].answered &&
               !is_anchored(strict, &strict->slots[found]))
            found++;
        if (found == strict->slot_count || !strict->slots[found].answered) {
            look(strict);
            continue;
        }
        pgaii_strict_drop(strict, found);
        slot = strict->slots[0];
        strict->slots[0] = (pgaii_strict_slot){.window = slot.window};
        pgaii_strict_drop(strict, 1);
        absorb(strict, &slot, out);
        free(slot.hashes);
        if (strict->batch > 0)
            return true;
    }
    return false;
}
