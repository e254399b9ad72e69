/* The contacts of a listed page, each fetched whole. */
#include "protocol/details.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/call.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/page.h"

void pgaii_details_begin(pgaii_details *details, pgai_page *page, size_t first)
{
    details->page = page;
    details->next = first;
}

/* Put a contact in the place of the one that was listed. */
static void put_whole(pgai_page *page, size_t index, pgai_page *whole)
{
    page->contacts[index] = whole->contacts[0];
    page->contacts[index].index = index;
    whole->next_part = page->parts;
    page->parts = whole;
}

static bool take_one(pgaii_details *details, const pgaii_asked *head, pgai_error *error)
{
    pgai_contact *contact = pgai_call_take_contact(head->call);

    if (contact)
        put_whole(details->page, (size_t)head->number, contact->page);
    else if (head->call->error.status == PGAI_NOT_FOUND)
        details->page->contacts[head->number].gone = true;
    else
        *error = head->call->error;
    return contact || head->call->error.status == PGAI_NOT_FOUND;
}

pgaii_details_step
pgaii_details_take(pgaii_details *details, pgai_walk_stats *stats, pgai_error *error)
{
    const pgaii_asked *head;

    while ((head = pgaii_plan_head(&details->gets)) && head->call->told) {
        if (!take_one(details, head, error))
            return PGAII_DETAILS_FAILED;
        pgaii_plan_shift(&details->gets, stats);
    }
    return head || details->next < details->page->count ? PGAII_DETAILS_CALLS
                                                        : PGAII_DETAILS_WHOLE;
}

/* The call for a contact. NULL with PGAI_USAGE: it has no id that can be asked for. */
static pgai_status new_get(pgai_session *session, const pgai_contact *contact,
                           const pgai_call_options *call_options, pgai_call **out,
                           pgai_error *error)
{
    pgai_text id = pgai_contact_text(contact, PGAI_ID);
    pgai_status status;
    char *copy;

    *out = NULL;
    if (!id.data || memchr(id.data, '\0', id.length))
        return PGAI_USAGE;
    copy = pgaii_copy(id.data, id.length);
    if (!copy)
        return pgaii_fail_memory(error);
    status = pgai_call_new_get(session, copy, call_options, out, error);
    free(copy);
    return status;
}

pgai_status pgaii_details_ask(pgaii_details *details, size_t most, pgai_session *session,
                              const pgai_call_options *call_options, int64_t end_at,
                              pgai_error *error)
{
    const pgai_page *page = details->page;

    while (details->next < page->count && pgaii_plan_wanted(&details->gets) < most) {
        pgai_call *call;
        pgai_status status =
            new_get(session, &page->contacts[details->next], call_options, &call, error);

        if (status == PGAI_OK)
            status = pgaii_plan_add(&details->gets, call, (int64_t)details->next, end_at,
                                    error);
        if (status == PGAI_NO_MEMORY)
            return status;
        details->next++;
    }
    return PGAI_OK;
}

pgai_page *pgaii_details_give(pgaii_details *details)
{
    pgai_page *page = details->page;

    details->page = NULL;
    return page;
}

void pgaii_details_clear(pgaii_details *details)
{
    pgaii_plan_clear(&details->gets);
    pgai_page_free(details->page);
}
