#include "protocol/headers.h"

#include "protocol/date.h"
#include "protocol/text.h"

/* Larger waits mean the same, never, and smaller ones cannot overflow. About 300 years.
 */
static const int64_t LONGEST_SECONDS = 9999999999;

static pgai_text find(const pgai_header *headers, size_t count, const char *name)
{
    pgai_text wanted = pgaii_text(name);

    for (size_t i = 0; i < count; i++) {
        if (pgaii_text_equal_nocase(headers[i].name, wanted))
            return pgaii_text_trim(headers[i].value);
    }
    return (pgai_text){NULL, 0};
}

static pgai_text
find_any(const pgai_header *headers, size_t count, const char *const *names)
{
    pgai_text found = {NULL, 0};

    for (; *names && !found.data; names++)
        found = find(headers, count, *names);
    return found;
}

static int64_t requests_or_unknown(pgai_text text)
{
    int64_t number;

    if (!pgaii_text_number(text, &number))
        return -1;
    return number < PGAII_MOST_REQUESTS ? number : PGAII_MOST_REQUESTS;
}

/* From the answer's own Date to @p seconds; -1: it has none to compare with. */
static int64_t milliseconds_until(int64_t seconds, pgai_text date)
{
    int64_t now;

    if (!pgaii_date_parse(date, &now))
        return -1;
    return seconds > now ? (seconds - now) * 1000 : 0;
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
    if (!pgaii_text_number(text, &seconds) || seconds > LONGEST_SECONDS)
        return LONGEST_SECONDS;
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

/* The documentation says "Unix timestamp" and no more; the size of the number tells
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
    static const char *const request_ids[] = {"x-request-id",     "request-id",
                                              "x-amzn-requestid", "x-correlation-id",
                                              "cf-ray",           NULL};
    pgai_text date = find(headers, count, "date");

    out->retry_after_ms = read_retry_after(find(headers, count, "retry-after"), date);
    out->limit = requests_or_unknown(find(headers, count, "x-ratelimit-limit"));
    out->remaining = requests_or_unknown(find(headers, count, "x-ratelimit-remaining"));
    out->reset_ms = read_reset(find(headers, count, "x-ratelimit-reset"), date);
    out->request_id = find_any(headers, count, request_ids);
    out->location = find(headers, count, "location");
    out->content_type = find(headers, count, "content-type");
}
