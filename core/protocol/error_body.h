#ifndef PGAI_PROTOCOL_ERROR_BODY_H
#define PGAI_PROTOCOL_ERROR_BODY_H

#include <stdbool.h>

#include <pgai/error.h>
#include <pgai/text.h>

/** Take message, code and details from an error body in any of the documented shapes.
 *
 * Only members that the body has are set; @p key is kept out of all of them. What there
 * is no memory for is left out.
 *
 * @param body  Followed by a NUL, or without data.
 * @return false when the body is not JSON, or longer than 64 KiB.
 */
bool pgaii_error_body_read(pgai_text body, const char *key, pgai_error *error);

#endif
