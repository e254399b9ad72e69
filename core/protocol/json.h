#ifndef PGAI_PROTOCOL_JSON_H
#define PGAI_PROTOCOL_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/error.h>
#include <pgai/text.h>

#include "protocol/buffer.h"

/** Say in words why @p body is not JSON, with line and column; empty when it is. */
void pgaii_json_explain(pgai_text body, char *out, size_t size);

/** Append well-formed UTF-8 as a JSON string, quotes included; false: no memory, or not
 * UTF-8. */
bool pgaii_json_add_string(pgaii_buffer *out, pgai_text text);

/** Take message, code and details from an error body in any of the documented shapes.
 *
 * Only members that the body has are set; @p key is kept out of all of them.
 * @return false when the body is not JSON.
 */
bool pgaii_json_read_error(pgai_text body, const char *key, pgai_error *error);

#endif
