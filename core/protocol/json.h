#ifndef PGAI_PROTOCOL_JSON_H
#define PGAI_PROTOCOL_JSON_H

#include <stdbool.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** Append well-formed UTF-8 as a JSON string, quotes included; false: no memory, or not
 * UTF-8. */
bool pgaii_json_add_string(pgaii_buffer *out, pgai_text text);

#endif
