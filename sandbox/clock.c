/* The clocks of the sandbox, and dates as the service writes them. */
#include "sandbox/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pgaii_clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t pgaii_clock_steady_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t pgaii_clock_later_ms(int64_t ms, int64_t seconds)
{
    int64_t later;

    if (__builtin_mul_overflow(seconds, 1000, &later) ||
        __builtin_add_overflow(ms, later, &later))
        return seconds < 0 ? 0 : PGAII_MAX_CLOCK_MS;
    return later < 0 ? 0 : later < PGAII_MAX_CLOCK_MS ? later : PGAII_MAX_CLOCK_MS;
}

static struct tm split(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    return parts;
}

/* strftime() would write the names of days and months in the program's locale. */
void pgaii_clock_http_date(int64_t ms, char out[PGAII_HTTP_DATE_SIZE])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm parts = split(ms);

    snprintf(out, PGAII_HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT",
             days[parts.tm_wday], (unsigned)parts.tm_mday % 100, months[parts.tm_mon],
             (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)parts.tm_hour % 100,
             (unsigned)parts.tm_min % 100, (unsigned)parts.tm_sec % 100);
}

void pgaii_clock_iso_date(int64_t ms, char out[PGAII_ISO_DATE_SIZE])
{
    struct tm parts = split(ms);

    snprintf(out, PGAII_ISO_DATE_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
             (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)(parts.tm_mon + 1) % 100,
             (unsigned)parts.tm_mday % 100, (unsigned)parts.tm_hour % 100,
             (unsigned)parts.tm_min % 100, (unsigned)parts.tm_sec % 100);
}
