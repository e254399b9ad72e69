#ifndef PGAI_PROTOCOL_SCAN_H
#define PGAI_PROTOCOL_SCAN_H

#include <pgai/page.h>

/** How a scan ended. */
typedef enum pgaii_scan {
    PGAII_SCAN_OK,
    PGAII_SCAN_NO_MEMORY,
    PGAII_SCAN_SYNTAX, /* not JSON: jansson words the error */
    PGAII_SCAN_SHAPE   /* JSON, but not what was asked: @c reason says why */
} pgaii_scan;

/** Read the body of a page that holds no contact yet: `{"data": [contact...],
 * "pagination":
 * {"page", "limit", "total"}}`, in one pass and without an allocation a field.
 *
 * Pagination, or parts of it, may be missing or odd: they stay -1. Other members are
 * checked and left out. @param[out] reason Static text, set with PGAII_SCAN_SHAPE.
 */
pgaii_scan pgaii_scan_page(pgai_page *page, const char **reason);

/** Read the body of a single contact, bare or under `data`; the page then holds just it.
 * An object without any documented field is no contact. */
pgaii_scan pgaii_scan_contact(pgai_page *page, const char **reason);

/** Read @p text as one JSON object and nothing else; used to check what a caller gives.
 * The page must own the text, and gets a contact that holds its members. */
pgaii_scan pgaii_scan_object(pgai_page *page, pgai_text text, const char **reason);

#endif
