#ifndef PGAI_TESTS_SUPPORT_PAGES_H
#define PGAI_TESTS_SUPPORT_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/buffer.h"

/** How the contacts of a made-up page look. */
typedef enum page_style {
    PAGE_PLAIN, /* eleven text fields, 5 % of the values not ASCII */
    PAGE_MIXED, /* the same, but a third of the fields unknown or escaped */
    PAGE_NEWER  /* the newer documented shape: nested objects and lists */
} page_style;

/** Append the body of a page; equal arguments give equal bytes. */
void pages_write(pgaii_buffer *out, page_style style, uint64_t seed, int contacts);

#endif
