/* The ids of the last pages of a walk. */
#include "protocol/seen.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"

/* For pages of the documented maximum. */
enum { FIRST_CAPACITY = 128 };

void pgaii_seen_init(pgaii_seen *seen, uint64_t random)
{
    memset(seen, 0, sizeof(*seen));
    seen->multiplier = random | 1;
}

bool pgaii_seen_begin(pgaii_seen *seen, size_t count)
{
    pgaii_seen_page *page;

    seen->newest = (seen->newest + 1) % PGAII_SEEN_PAGES;
    page = &seen->pages[seen->newest];
    if (!pgaii_grow((void **)&page->hashes, &page->capacity, 2 * count + 1,
                    sizeof(*page->hashes), FIRST_CAPACITY))
        return false;
    memset(page->hashes, 0, page->capacity * sizeof(*page->hashes));
    page->shift = 64 - (unsigned)__builtin_ctzll(page->capacity);
    return true;
}

/* The place of the hash, or the free place for it. */
static uint64_t *
place_of(const pgaii_seen *seen, const pgaii_seen_page *page, uint64_t hash)
{
    size_t at = (size_t)(hash * seen->multiplier >> page->shift);

    while (page->hashes[at] != 0 && page->hashes[at] != hash)
        at = (at + 1) & (page->capacity - 1);
    return &page->hashes[at];
}

bool pgaii_seen_add(pgaii_seen *seen, uint64_t hash)
{
    bool known = false;

    for (size_t i = 0; i < PGAII_SEEN_PAGES; i++) {
        const pgaii_seen_page *page = &seen->pages[i];

        known = known || (page->capacity > 0 && *place_of(seen, page, hash) != 0);
    }
    *place_of(seen, &seen->pages[seen->newest], hash) = hash;
    return known;
}

void pgaii_seen_clear(pgaii_seen *seen)
{
    for (size_t i = 0; i < PGAII_SEEN_PAGES; i++)
        free(seen->pages[i].hashes);
    memset(seen, 0, sizeof(*seen));
}
