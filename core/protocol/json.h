#ifndef PGAI_PROTOCOL_JSON_H
#define PGAI_PROTOCOL_JSON_H

#include <stdbool.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** Append well-formed UTF-8 as a JSON string, quotes included; false: no memory, or not
 * UTF-8. */
bool pgaii_json_add_string(pgaii_buffer *out, pgai_text text);

/** Append a member of an object, behind its brace or a comma.
 *
 * @param name  As above; @p value is JSON text.
 * @return false: no memory, or the name is not UTF-8. */
bool pgaii_json_add_member(pgaii_buffer *out, bool first, pgai_text name,
                           pgai_text value);

#endif
