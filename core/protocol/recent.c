/* The ids that a walk handed out last, in their order. */
#include "protocol/recent.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"

static void *new_array(size_t count, size_t size)
{
    size_t bytes;

    return pgaii_multiply(count, size, &bytes) ? pgaii_new(bytes) : NULL;
}

bool pgaii_recent_init(pgaii_recent *recent, size_t size, uint64_t random)
{
    unsigned bits = 2;

    memset(recent, 0, sizeof(*recent));
    while ((size_t)1 << bits < 2 * size)
        bits++;
    recent->size = size;
    recent->multiplier = random | 1;
    recent->shift = 64 - bits;
    recent->mask = (uint32_t)(((size_t)1 << bits) - 1);
    recent->hashes = new_array(size, sizeof(*recent->hashes));
    recent->passed = new_array(size, sizeof(*recent->passed));
    recent->places = new_array((size_t)recent->mask + 1, sizeof(*recent->places));
    return recent->hashes && recent->passed && recent->places;
}

static size_t slot_of(const pgaii_recent *recent, int64_t number)
{
    return (size_t)number % recent->size;
}

static bool is_remembered(const pgaii_recent *recent, int64_t number)
{
    return number <= recent->newest && number > recent->newest - (int64_t)recent->count;
}

/* Where a hash belongs in the table when nothing stands in its way. */
static uint32_t home_of(const pgaii_recent *recent, uint64_t hash)
{
    return (uint32_t)(hash * recent->multiplier >> recent->shift);
}

/* The place of the hash in the table, or the free place for it. */
static uint32_t place_of(const pgaii_recent *recent, uint64_t hash)
{
    uint32_t at = home_of(recent, hash);

    while (recent->places[at] != 0 && recent->hashes[recent->places[at] - 1] != hash)
        at = (at + 1) & recent->mask;
    return at;
}

int64_t pgaii_recent_find(const pgaii_recent *recent, uint64_t hash)
{
    uint32_t place = recent->places[place_of(recent, hash)];
    size_t behind;

    if (place == 0)
        return 0;
    behind =
        (slot_of(recent, recent->newest) + recent->size - (place - 1)) % recent->size;
    return recent->newest - (int64_t)behind;
}

/* Take a hash out of the table. Those behind it that stood in its way move up. */
static void take_out(pgaii_recent *recent, uint64_t hash)
{
    uint32_t free_place = place_of(recent, hash);
    uint32_t at = free_place;

    for (;;) {
        uint32_t home;

        at = (at + 1) & recent->mask;
        if (recent->places[at] == 0)
            break;
        home = home_of(recent, recent->hashes[recent->places[at] - 1]);
        if (((at - home) & recent->mask) >= ((at - free_place) & recent->mask)) {
            recent->places[free_place] = recent->places[at];
            free_place = at;
        }
    }
    recent->places[free_place] = 0;
}

void pgaii_recent_add(pgaii_recent *recent, uint64_t hash)
{
    size_t slot = slot_of(recent, recent->newest + 1);

    if (recent->count == recent->size)
        take_out(recent, recent->hashes[slot]);
    else
        recent->count++;
    recent->newest++;
    recent->hashes[slot] = hash;
    recent->passed[slot] = false;
    recent->places[place_of(recent, hash)] = (uint32_t)slot + 1;
}

uint64_t pgaii_recent_hash(const pgaii_recent *recent, int64_t number)
{
    return is_remembered(recent, number) ? recent->hashes[slot_of(recent, number)] : 0;
}

void pgaii_recent_pass(pgaii_recent *recent, int64_t number)
{
    for (int64_t at = recent->newest; at > number && is_remembered(recent, at); at--)
        recent->passed[slot_of(recent, at)] = true;
}

bool pgaii_recent_passed(const pgaii_recent *recent, int64_t number)
{
    return recent->passed[slot_of(recent, number)];
}

int64_t pgaii_recent_last_passed(const pgaii_recent *recent, int64_t newest)
{
    while (is_remembered(recent, newest) && !pgaii_recent_passed(recent, newest))
        newest--;
    return is_remembered(recent, newest) ? newest : 0;
}

void pgaii_recent_clear(pgaii_recent *recent)
{
    free(recent->hashes);
    free(recent->passed);
    free(recent->places);
    memset(recent, 0, sizeof(*recent));
}
