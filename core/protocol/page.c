/* A page of contacts, over the body that it came in. */
#include "protocol/page.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/lexer.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* A contact has at least 300 bytes. So neither a single contact nor a page of the
 * documented maximum needs a second allocation, or gets one that is far too large. */
enum { BYTES_A_CONTACT = 300, MAX_FIRST_CONTACTS = 50, FIRST_EXTRAS = 64 };

/* Up to here, comparing each name with each other is faster than sorting. */
enum { FEW_EXTRAS = 16 };

pgai_page *pgaii_page_new_take(pgaii_buffer *body)
{
    pgai_page *page = pgaii_new(sizeof(*page));

    if (!page)
        return NULL;
    if (!pgaii_buffer_reserve(body, body->length)) {
        free(page);
        return NULL;
    }
    page->body_length = body->length;
    page->body = pgaii_buffer_take(body);
    page->number = page->limit = page->total = -1;
    return page;
}

static size_t first_capacity(const pgai_page *page)
{
    size_t guess = page->body_length / BYTES_A_CONTACT + 1;

    return guess < MAX_FIRST_CONTACTS ? guess : MAX_FIRST_CONTACTS;
}

pgai_contact *pgaii_page_add(pgai_page *page)
{
    pgai_contact *contact;

    if (!pgaii_grow((void **)&page->contacts, &page->capacity, page->count + 1,
                    sizeof(*page->contacts), first_capacity(page)))
        return NULL;
    contact = &page->contacts[page->count];
    contact->page = page;
    memset(contact->presence, PGAI_PRESENCE_ABSENT, sizeof(contact->presence));
    contact->json = (pgai_text){NULL, 0};
    contact->extra_first = page->extra_count;
    contact->extra_count = 0;
    contact->index = page->count++;
    contact->in_order = true;
    contact->gone = false;
    return contact;
}

void pgaii_page_empty(pgai_page *page)
{
    page->count = 0;
    page->extra_count = 0;
    page->decoded_length = 0;
}

bool pgaii_page_unescape(pgai_page *page, pgai_text raw, pgai_text *out)
{
    if (!page->decoded)
        page->decoded = malloc(page->body_length);
    if (!page->decoded)
        return false;
    out->data = page->decoded + page->decoded_length;
    out->length = pgaii_unescape(raw, page->decoded + page->decoded_length);
    page->decoded_length += out->length;
    return true;
}

bool pgaii_page_add_extra(pgai_page *page, pgai_text name, pgai_text value)
{
    if (!pgaii_grow((void **)&page->extras, &page->extra_capacity, page->extra_count + 1,
                    sizeof(*page->extras), FIRST_EXTRAS))
        return false;
    page->extras[page->extra_count++] = (pgaii_extra){name, value};
    page->contacts[page->count - 1].extra_count++;
    return true;
}

static int compare_text(pgai_text a, pgai_text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

    return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* By name, and the newest of a name first: it is the last one in the body. */
static int compare_names(const void *a, const void *b)
{
    const pgaii_extra *first = a;
    const pgaii_extra *second = b;
    int order = compare_text(first->name, second->name);

    if (order)
        return order;
    return (first->value.data < second->value.data) -
           (first->value.data > second->value.data);
}

static int compare_places(const void *a, const void *b)
{
    const pgaii_extra *first = a;
    const pgaii_extra *second = b;

    return (first->value.data > second->value.data) -
           (first->value.data < second->value.data);
}

static size_t settle_many(pgaii_extra *extras, size_t count)
{
    size_t kept = 0;

    qsort(extras, count, sizeof(*extras), compare_names);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !pgaii_text_equal(extras[kept - 1].name, extras[i].name))
            extras[kept++] = extras[i];
    }
    qsort(extras, kept, sizeof(*extras), compare_places);
    return kept;
}

static bool comes_again(const pgaii_extra *extras, size_t at, size_t count)
{
    for (size_t i = at + 1; i < count; i++) {
        if (pgaii_text_equal(extras[at].name, extras[i].name))
            return true;
    }
    return false;
}

static size_t settle_few(pgaii_extra *extras, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (!comes_again(extras, i, count))
            extras[kept++] = extras[i];
    }
    return kept;
}

void pgaii_page_settle_extras(pgai_page *page)
{
    pgai_contact *contact = &page->contacts[page->count - 1];
    pgaii_extra *extras;

    if (contact->extra_count < 2)
        return;
    extras = page->extras + contact->extra_first;
    contact->extra_count = contact->extra_count > FEW_EXTRAS
                               ? settle_many(extras, contact->extra_count)
                               : settle_few(extras, contact->extra_count);
    page->extra_count = contact->extra_first + contact->extra_count;
}

uint64_t pgaii_page_id_hash(const pgai_contact *contact)
{
    bool has_id = contact->presence[PGAI_ID] == PGAI_PRESENCE_TEXT;

    return has_id ? pgaii_text_hash(contact->field[PGAI_ID]) : 0;
}

size_t pgaii_page_drop(pgai_page *page,
                       bool (*drop)(void *data, const pgai_contact *contact), void *data)
{
    size_t kept = 0;
    size_t dropped;

    for (size_t i = 0; i < page->count; i++) {
        if (drop(data, &page->contacts[i]))
            continue;
        if (kept != i)
            page->contacts[kept] = page->contacts[i];
        kept++;
    }
    dropped = page->count - kept;
    page->count = kept;
    return dropped;
}

size_t pgai_page_count(const pgai_page *page)
{
    return page ? page->count : 0;
}

const pgai_contact *pgai_page_contact(const pgai_page *page, size_t index)
{
    return index < pgai_page_count(page) ? &page->contacts[index] : NULL;
}

int64_t pgai_page_number(const pgai_page *page)
{
    return page ? page->number : -1;
}

int64_t pgai_page_limit(const pgai_page *page)
{
    return page ? page->limit : -1;
}

int64_t pgai_page_total(const pgai_page *page)
{
    return page ? page->total : -1;
}

const pgai_response *pgai_page_response(const pgai_page *page)
{
    return page ? page->response : NULL;
}

pgai_response *pgai_page_take_response(pgai_page *page)
{
    pgai_response *response = page ? page->response : NULL;

    if (page)
        page->response = NULL;
    return response;
}

int pgai_page_requests(const pgai_page *page)
{
    return page ? page->requests : 0;
}

void pgai_page_free(pgai_page *page)
{
    if (!page)
        return;
    while (page->parts) {
        pgai_page *part = page->parts;

        page->parts = part->next_part;
        pgai_page_free(part);
    }
    pgai_response_free(page->response);
    free(page->body);
    free(page->decoded);
    free(page->contacts);
    free(page->extras);
    free(page);
}
