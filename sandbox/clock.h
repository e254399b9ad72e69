#ifndef PGAI_SANDBOX_CLOCK_H
#define PGAI_SANDBOX_CLOCK_H

#include <stdint.h>

enum {
    PGAII_HTTP_DATE_SIZE = 30, /**< "Thu, 15 Jan 2026 09:00:00 GMT" and a NUL */
    PGAII_ISO_DATE_SIZE = 21   /**< "2026-01-15T09:00:00Z" and a NUL */
};

/** The latest time the service's clock can show, the end of the year 9999 in milliseconds
 * since 1970: dates on the wire have four digits for the year. */
#define PGAII_MAX_CLOCK_MS INT64_C(253402300799999)

/** Milliseconds since 1970, by the machine's clock. */
int64_t pgaii_clock_wall_ms(void);

/** Milliseconds of a clock that is never set, for waits. */
int64_t pgaii_clock_steady_ms(void);

/** The time @p seconds later, but not beyond what the service's clock can show. */
int64_t pgaii_clock_later_ms(int64_t ms, int64_t seconds);

/** Write a time, in milliseconds since 1970 from 0 to PGAII_MAX_CLOCK_MS, as the HTTP
 * Date header has it. */
void pgaii_clock_http_date(int64_t ms, char out[PGAII_HTTP_DATE_SIZE]);

/** Write such a time as ISO 8601 in UTC, to the second. */
void pgaii_clock_iso_date(int64_t ms, char out[PGAII_ISO_DATE_SIZE]);

#endif
