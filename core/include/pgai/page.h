#ifndef PGAI_PAGE_H
#define PGAI_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>
#include <pgai/response.h>

PGAI_BEGIN_DECLS

/** @file
 * A page of contacts.
 */

/** One page of contacts; immutable. It owns its contacts and their bytes. */
typedef struct pgai_page pgai_page;

/** How many contacts the page has; it may be fewer than its limit, or 0. */
PGAI_API size_t pgai_page_count(const pgai_page *page);

/** Contact number @p index, from 0; NULL when there is none. Borrowed from the page. */
PGAI_API const pgai_contact *pgai_page_contact(const pgai_page *page, size_t index);

/** The number of the page, from 1, as the service sent it; -1: it did not. */
PGAI_API int64_t pgai_page_number(const pgai_page *page);

/** Contacts a page, as the service sent it; -1: it did not. It may be less than was
 * requested. */
PGAI_API int64_t pgai_page_limit(const pgai_page *page);

/** Contacts in all, as the service sent it; -1: it did not. */
PGAI_API int64_t pgai_page_total(const pgai_page *page);

/** The response that the page came in, without its body; borrowed from the page. NULL: it
 * was taken. */
PGAI_API const pgai_response *pgai_page_response(const pgai_page *page);

/** The same, owned by the caller, pgai_response_free(): to keep it longer than the page.
 */
PGAI_API pgai_response *pgai_page_take_response(pgai_page *page);

/** How many requests the page took, retries included. */
PGAI_API int pgai_page_requests(const pgai_page *page);

/** Free a page and its contacts; NULL is allowed. */
PGAI_API void pgai_page_free(pgai_page *page);

PGAI_END_DECLS

#endif
