#ifndef PGAI_TEXT_H
#define PGAI_TEXT_H

#include <stddef.h>

/** A borrowed piece of text: UTF-8, not NUL-terminated, and it may contain NUL bytes.
 *
 * @c data is NULL where there is no text at all; an empty text has data and length 0.
 */
typedef struct pgai_text {
    const char *data;
    size_t length; /**< bytes */
} pgai_text;

#endif
