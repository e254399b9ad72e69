#ifndef PGAI_PROTOCOL_SCAN_H
#define PGAI_PROTOCOL_SCAN_H

#include <pgai/page.h>

/** How a scan ended. */
typedef enum pgaii_scan {
    PGAII_SCAN_OK,
    PGAII_SCAN_NO_MEMORY,
    PGAII_SCAN_SYNTAX, /* not JSON */
    PGAII_SCAN_SHAPE   /* JSON, but not what was asked */
} pgaii_scan;

/** What is wrong with a text. */
typedef struct pgaii_scan_fault {
    const char *reason; /* static text, with PGAII_SCAN_SHAPE */
    size_t at;          /* the first byte that is wrong, with PGAII_SCAN_SYNTAX */
} pgaii_scan_fault;

/** Read the body of a page that holds no contact yet: `{"data": [contact...],
 * "pagination":
 * {"page", "limit", "total"}}`, in one pass and without an allocation a field.
 *
 * Pagination, or parts of it, may be missing or odd: they stay -1. Other members are
 * checked and left out. @param[out] fault Set where the scan does not end
 * well.
 */
pgaii_scan pgaii_scan_page(pgai_page *page, pgaii_scan_fault *fault);

/** Read the body of a single contact, bare or under `data`; the page then holds just it.
 * An object without any documented field is no contact. */
pgaii_scan pgaii_scan_contact(pgai_page *page, pgaii_scan_fault *fault);

/** Read @p text as one JSON object and nothing else; used to check what a caller gives.
 * The page must own the text, and gets a contact that holds its members. */
pgaii_scan pgaii_scan_object(pgai_page *page, pgai_text text, pgaii_scan_fault *fault);

/** Check that @p text, which ends with a NUL, is one JSON value of any kind and nothing
 * else. */
pgaii_scan pgaii_scan_value(pgai_text text, pgaii_scan_fault *fault);

/** Say in words what a fault in @p text is, with line and column; none of the text is in
 * them. */
void pgaii_scan_explain(pgaii_scan result, const pgaii_scan_fault *fault, pgai_text text,
                        char *out, size_t size);

#endif
