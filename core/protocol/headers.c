/* What the headers of a response say to a call. */
#include "protocol/headers.h"

#include <string.h>

#include "protocol/date.h"
#include "protocol/text.h"

/* Larger waits mean the same, never, and smaller ones cannot overflow. About 300 years.
 */
static const int64_t MAX_SECONDS = 9999999999;

/* The headers that matter. Those from REQUEST_ID on name the request, best first. */
enum {
    DATE,
    RETRY_AFTER,
    LIMIT,
    REMAINING,
    RESET,
    LOCATION,
    CONTENT_TYPE,
    REQUEST_ID,
    NAME_COUNT = REQUEST_ID + 5
};

#define NAME(text)                                                                       \
    {                                                                                    \
        text, sizeof(text) - 1                                                           \
    }

static const pgai_text names[NAME_COUNT] = {
    [DATE] = NAME("date"),
    [RETRY_AFTER] = NAME("retry-after"),
    [LIMIT] = NAME("x-ratelimit-limit"),
    [REMAINING] = NAME("x-ratelimit-remaining"),
    [RESET] = NAME("x-ratelimit-reset"),
    [LOCATION] = NAME("location"),
    [CONTENT_TYPE] = NAME("content-type"),
    [REQUEST_ID] = NAME("x-request-id"),
    NAME("request-id"),
    NAME("x-amzn-requestid"),
    NAME("x-correlation-id"),
    NAME("cf-ray"),
};

/* Which of the names it is; NAME_COUNT: none. */
static int find_name(pgai_text name)
{
    int i = 0;

    while (i < NAME_COUNT && !pgaii_text_equal_nocase(names[i], name))
        i++;
    return i;
}

/* The values of the headers that matter; the first one counts where there are several. */
static void
find_values(const pgai_header *headers, size_t count, pgai_text values[NAME_COUNT])
{
    memset(values, 0, NAME_COUNT * sizeof(*values));
    for (size_t i = 0; i < count; i++) {
        int name = find_name(headers[i].name);

        if (name < NAME_COUNT && !values[name].data)
            values[name] = pgaii_text_trim(headers[i].value);
    }
}

static pgai_text find_request_id(const pgai_text values[NAME_COUNT])
{
    int i = REQUEST_ID;

    while (i < NAME_COUNT - 1 && !values[i].data)
        i++;
    return values[i];
}

static int64_t requests_or_unknown(pgai_text text)
{
    int64_t number;

    if (!pgaii_text_number(text, &number))
        return -1;
    return number < PGAII_MOST_REQUESTS ? number : PGAII_MOST_REQUESTS;
}

/* From the response's own Date to @p seconds; -1: it has none to compare with. */
static int64_t milliseconds_until(int64_t seconds, pgai_text date)
{
    int64_t now;

    if (!pgaii_date_parse(date, &now))
        return -1;
    if (seconds <= now)
        return 0;
    return (seconds - now < MAX_SECONDS ? seconds - now : MAX_SECONDS) * 1000;
}

static bool is_digits(pgai_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.length > 0;
}

/* Whole seconds, rounded up from a fraction such as some services send; -1: not a number.
 */
static int64_t delay_seconds(pgai_text text)
{
    pgai_text fraction = {NULL, 0};
    int64_t seconds;
    size_t point = 0;

    while (point < text.length && text.data[point] != '.')
        point++;
    if (point < text.length)
        fraction = (pgai_text){text.data + point + 1, text.length - point - 1};
    text.length = point;
    if (!is_digits(text) || (fraction.data && !is_digits(fraction)))
        return -1;
    if (!pgaii_text_number(text, &seconds) || seconds > MAX_SECONDS)
        return MAX_SECONDS;
    return seconds + (fraction.data != NULL);
}

static int64_t read_retry_after(pgai_text text, pgai_text date)
{
    int64_t seconds;

    if (text.length > 1 && text.data[0] == '-') {
        pgai_text digits = {text.data + 1, text.length - 1};

        return delay_seconds(digits) < 0 ? -1 : 0;
    }
    seconds = delay_seconds(text);
    if (seconds >= 0)
        return seconds * 1000;
    return pgaii_date_parse(text, &seconds) ? milliseconds_until(seconds, date) : -1;
}

/* The documentation says "Unix timestamp" and no more; the size of the number shows
 * which. */
static int64_t read_reset(pgai_text text, pgai_text date)
{
    int64_t value;
    int64_t until;

    if (!pgaii_text_number(text, &value))
        return pgaii_date_parse(text, &value) ? milliseconds_until(value, date) : -1;
    if (value <= 1000000000)
        return value * 1000;
    if (value <= 1000000000000)
        return milliseconds_until(value, date);
    until = milliseconds_until(value / 1000, date);
    return until > 0 ? until + value % 1000 : until;
}

void pgaii_headers_read(pgaii_headers *out, const pgai_header *headers, size_t count)
{
    pgai_text values[NAME_COUNT];

    find_values(headers, count, values);
    out->retry_after_ms = read_retry_after(values[RETRY_AFTER], values[DATE]);
    out->limit = requests_or_unknown(values[LIMIT]);
    out->remaining = requests_or_unknown(values[REMAINING]);
    out->reset_ms = read_reset(values[RESET], values[DATE]);
    out->request_id = find_request_id(values);
    out->location = values[LOCATION];
    out->content_type = values[CONTENT_TYPE];
}
