#ifndef PGAI_TEXT_H
#define PGAI_TEXT_H

#include <stddef.h>

/** @file
 * Text that something else owns.
 */

/** A borrowed piece of text: UTF-8, not NUL-terminated, and it may contain NUL bytes.
 *
 * @c data is NULL if there is no text at all; an empty text has data and length 0.
 */
typedef struct pgai_text {
    const char *data; /**< NULL: there is no text */
    size_t length;    /**< bytes */
} pgai_text;

#endif
