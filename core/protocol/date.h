#ifndef PGAI_PROTOCOL_DATE_H
#define PGAI_PROTOCOL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/text.h>

/** Read a date of HTTP (RFC 9110, section 5.6.7: all three forms) or of ISO 8601 with a
 * zone
 * (`2026-01-15T09:00:00Z`, fractions dropped) as seconds since 1970; false: it is none.
 */
bool pgaii_date_parse(pgai_text text, int64_t *seconds);

#endif
