/* The strict way of a walk: its calls and pages, for windows that overlap. */
#include "protocol/walk_strict.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/call.h"
#include "protocol/error.h"
#include "protocol/page.h"

static pgaii_asked *find(pgaii_plan *plan, uint64_t key)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->asked[i].dropped && plan->asked[i].number == (int64_t)key)
            return &plan->asked[i];
    }
    return NULL;
}

/* What the walk waits for; NULL: nothing. */
static pgaii_asked *find_front(pgai_walk *walk)
{
    uint64_t key = pgaii_strict_front(&walk->strict);

    return key ? find(&walk->plan, key) : NULL;
}

/* The hashes of the ids of a page, owned by the caller; NULL: it is empty, or there is no
 * memory. */
static uint64_t *hashes_of(const pgai_page *page)
{
    uint64_t *hashes = page->count ? calloc(page->count, sizeof(*hashes)) : NULL;

    for (size_t i = 0; hashes && i < page->count; i++)
        hashes[i] = pgaii_page_id_hash(&page->contacts[i]);
    return hashes;
}

static pgai_status feed_page(pgai_walk *walk, uint64_t key, const pgai_page *page)
{
    uint64_t *hashes = hashes_of(page);
    pgaii_strict_answer answer = {key,         page->number, page->limit,
                                  page->total, hashes,       page->count};
    pgai_status status = PGAI_NO_MEMORY;

    if (hashes || page->count == 0)
        status = pgaii_strict_feed(&walk->strict, &answer);
    if (page->total >= 0)
        walk->stats.total = page->total;
    free(hashes);
    return status == PGAI_OK ? PGAI_OK : pgaii_fail_memory(&walk->error);
}

/* A page behind the end, which the service does not have. */
static pgai_status feed_nothing(pgai_walk *walk, uint64_t key)
{
    pgaii_strict_answer answer = {.key = key, .page = -1, .limit = -1, .total = -1};

    return pgaii_strict_feed(&walk->strict, &answer);
}

/* Take in the response of a call that is over. */
static pgai_status feed(pgai_walk *walk, pgaii_asked *asked)
{
    const pgai_call *call = asked->call;
    uint64_t key = (uint64_t)asked->number;

    asked->fed = true;
    if (call->stats.requests > 1)
        walk->strict.open = (walk->strict.open + 1) / 2;
    if (call->page)
        return feed_page(walk, key, call->page);
    if (call->error.status == PGAI_NOT_FOUND && call->expected.page > 1)
        return feed_nothing(walk, key);
    walk->error = call->error;
    walk->response = pgai_call_take_response(asked->call);
    return walk->error.status;
}

/* Take in what is over. A failure counts when the walk waits for just that. */
static pgai_status feed_all(pgai_walk *walk)
{
    pgai_status status = walk->error.status;
    pgaii_asked *front;

    for (size_t i = 0; status == PGAI_OK && i < walk->plan.count; i++) {
        pgaii_asked *asked = &walk->plan.asked[i];

        if (!asked->dropped && !asked->fed && asked->call->told && asked->call->page)
            status = feed(walk, asked);
    }
    while (status == PGAI_OK && (front = find_front(walk)) && !front->fed &&
           front->call->told)
        status = feed(walk, front);
    return status;
}

/* Leave in a page what the batch has of it. */
static void trim(pgai_page *page, const pgaii_strict_batch *batch)
{
    page->count = batch->count;
    for (size_t i = 0; i < batch->count; i++)
        page->contacts[i] = page->contacts[batch->first + i];
}

static pgai_page *take_page(pgai_walk *walk)
{
    pgaii_strict_batch batch = {0};
    pgaii_asked *asked;
    pgai_page *page;

    if (!pgaii_strict_take(&walk->strict, &batch))
        return NULL;
    asked = find(&walk->plan, batch.key);
    page = pgai_call_take_page(asked->call);
    pgaii_plan_forget(&walk->plan, asked, &walk->stats);
    trim(page, &batch);
    return page;
}

/* Calls whose windows are not needed any more. */
static void drop_unneeded(pgai_walk *walk, int64_t now)
{
    for (size_t i = walk->plan.count; i > 0; i--) {
        pgaii_asked *asked = &walk->plan.asked[i - 1];

        if (!asked->dropped &&
            !pgaii_strict_needs(&walk->strict, (uint64_t)asked->number))
            pgaii_plan_drop(&walk->plan, asked, now, &walk->stats);
    }
}

const char *pgaii_walk_strict_reason(const pgai_walk *walk)
{
    switch (walk->strict.why) {
    case PGAII_STRICT_UNTOLD:
        return "a response does not tell its limit and its total";
    case PGAII_STRICT_SUMS:
        return "page, limit, total and number of contacts of a response contradict each "
               "other, as if contacts were hidden";
    case PGAII_STRICT_LIMITS:
        return "pages cannot overlap: the limit is too small, or the service takes "
               "other limits than those asked for";
    case PGAII_STRICT_NO_ID:
        return "a contact has no id";
    case PGAII_STRICT_ORDER:
        return "contacts came in another order than before";
    case PGAII_STRICT_GAP:
        return "none of the contacts that were returned last was found again";
    case PGAII_STRICT_BUSY:
        return "the list changes faster than it can be read";
    case PGAII_STRICT_PROVEN:
    default:
        return "the walk is not finished";
    }
}

void pgaii_walk_strict_end(pgai_walk *walk)
{
    if (walk->strict.state == PGAII_STRICT_COMPLETE) {
        walk->state = PGAII_WALK_COMPLETE;
        return;
    }
    pgaii_fail(&walk->error, PGAI_INCOMPLETE,
               "%s, so nothing proves that no contact is missing; go on from the cursor "
               "without strict, or walk again later",
               pgaii_walk_strict_reason(walk));
    walk->state = PGAII_WALK_BROKEN;
}

pgai_page *pgaii_walk_strict_take(pgai_walk *walk, int64_t now)
{
    pgai_page *page;
    bool failed = feed_all(walk) != PGAI_OK;

    /* What came before a failure is returned first. */
    page = take_page(walk);
    drop_unneeded(walk, now);
    if (!page && failed)
        walk->state = PGAII_WALK_BROKEN;
    else if (!page && walk->strict.state != PGAII_STRICT_GOING)
        pgaii_walk_strict_end(walk);
    return page;
}

static bool is_gone(void *data, const pgai_contact *contact)
{
    (void)data;
    return contact->gone;
}

bool pgaii_walk_strict_count(pgai_walk *walk, pgai_page *page)
{
    walk->stats.gone += (int64_t)pgaii_page_drop(page, is_gone, NULL);
    walk->stats.contacts += (int64_t)page->count;
    walk->stats.pages += page->count > 0;
    return page->count > 0;
}

pgai_call *pgaii_walk_strict_first(pgai_walk *walk)
{
    const pgaii_asked *front = find_front(walk);

    return front ? front->call : NULL;
}

void pgaii_walk_strict_cursor(const pgai_walk *walk, size_t used, pgaii_cursor *out)
{
    pgaii_strict_place place;

    pgaii_strict_save(&walk->strict, used, &place);
    *out = (pgaii_cursor){.position = place.position,
                          .limit = place.limit,
                          .total = place.total,
                          .sign = PGAII_SIGN_PROVEN,
                          .end = -1};
    memcpy(out->seam, place.seam, sizeof(place.seam));
}
