#ifndef PGAI_SANDBOX_JSON_TEXT_H
#define PGAI_SANDBOX_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** @file
 * JSON changed as text, since what a broken service sends is often nothing a tree can
 * hold.
 */

/** Where something stands in a text. */
typedef struct pgaii_span {
    size_t start;
    size_t length; /**< 0: it is not there */
} pgaii_span;

/** The value of member @p name of the object that begins at @p object. Names are compared
 * unescaped bytes for bytes; the text is well-formed JSON. */
pgaii_span pgaii_json_member(pgai_text json, size_t object, const char *name);

/** Give member @p name of the object at @p object the value @p value, which need not be
 * JSON. A member that is not there is added at the end; where there is no object, nothing
 * happens.
 *
 * @return false when there is no memory, which the buffer remembers.
 */
bool pgaii_json_set(pgaii_buffer *json, size_t object, const char *name, pgai_text value);

/** Add a member at the end of the object at @p object, whether or not there is one of
 * that name. Where there is no object, nothing happens. */
bool pgaii_json_add(pgaii_buffer *json, size_t object, const char *name, pgai_text value);

/** Replace a span of the buffer. */
bool pgaii_json_replace(pgaii_buffer *json, pgaii_span span, pgai_text with);

#endif
