#ifndef PGAI_PROTOCOL_PAGE_H
#define PGAI_PROTOCOL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/contact.h>
#include <pgai/page.h>
#include <pgai/response.h>

#include "protocol/buffer.h"

/** An undocumented field of a contact. */
typedef struct pgaii_extra {
    pgai_text name;  /* unescaped */
    pgai_text value; /* exact JSON text */
} pgaii_extra;

/** A view into the bytes of its page; it owns nothing. */
struct pgai_contact {
    pgai_page *page;
    pgai_text
        field[PGAI_FIELD_COUNT]; /* by presence: text, or exact JSON text; else unset */
    unsigned char presence[PGAI_FIELD_COUNT];
    pgai_text json;
    size_t extra_first; /* in page->extras */
    size_t extra_count;
    size_t index;  /* in the page as the service sent it */
    bool in_order; /* documented fields came once each, in the order of the table */
    bool gone;     /* it was listed, and was not there any more when it was asked for */
};

/** A page owns the body of its response, and all that its contacts point to. A single
 * contact is the only contact of a page of its own. */
struct pgai_page {
    char *body; /* NUL-terminated */
    size_t body_length;
    char *decoded; /* NULL until a text needs unescaping; then as large as the body, which
                      unescaped text never exceeds, so that it never moves */
    size_t decoded_length;
    pgai_contact *contacts;
    size_t count;
    size_t capacity;
    pgaii_extra *extras;
    size_t extra_count;
    size_t extra_capacity;
    int64_t number; /* these three: -1 if not reported */
    int64_t limit;
    int64_t total;
    pgai_page *parts;     /* pages of contacts that were fetched one by one; NULL: none */
    pgai_page *next_part; /* of the page that owns this one */
    pgai_response *response; /* without its body; NULL: taken, or of a single contact */
    int requests;            /* that it took */
};

/** A page without contacts that takes over the bytes of @p body, leaving it empty; NULL,
 * with
 * @p body as it was, when there is no memory. */
pgai_page *pgaii_page_new_take(pgaii_buffer *body);

/** Add an empty contact; NULL when there is no memory. Valid until the next is added. */
pgai_contact *pgaii_page_add(pgai_page *page);

/** Forget all contacts, as before the first was added. */
void pgaii_page_empty(pgai_page *page);

/** Unescape the inside of a JSON string into the page's own memory; false: no memory. */
bool pgaii_page_unescape(pgai_page *page, pgai_text raw, pgai_text *out);

/** Add an undocumented field to the newest contact; false: no memory. */
bool pgaii_page_add_extra(pgai_page *page, pgai_text name, pgai_text value);

/** Of extras of the newest contact with one name, keep the last only. */
void pgaii_page_settle_extras(pgai_page *page);

/** The hash of a contact's id; 0: it has none. */
uint64_t pgaii_page_id_hash(const pgai_contact *contact);

/** Remove contacts for which @p drop holds; the others keep their order and index.
 * @return how many were removed. */
size_t pgaii_page_drop(pgai_page *page,
                       bool (*drop)(void *data, const pgai_contact *contact), void *data);

#endif
