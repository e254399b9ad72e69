/* Faults of rate limits: refusals, and headers that tell them wrongly. */
#include <inttypes.h>
#include <stdio.h>

#include "sandbox/clock.h"
#include "sandbox/fault.h"

enum { AFTER_SECONDS, AFTER_NONE, AFTER_DATE, AFTER_GARBAGE, AFTER_NEGATIVE, AFTER_HUGE };
enum { RESET_EPOCH, RESET_MS, RESET_DELTA, RESET_ISO, RESET_MISSING, RESET_PAST };

enum {
    MAX_SECONDS = 86400,
    PAST_SECONDS = 3600,
    USUAL_LIMIT = 60 /* reported when no limiter is on */
};

static void
add_retry_after(pgaii_sandbox_exchange *exchange, int64_t form, int64_t seconds)
{
    char date[PGAII_HTTP_DATE_SIZE];
    char digits[24];
    const char *value = digits;

    snprintf(digits, sizeof(digits), "%" PRId64, seconds);
    pgaii_clock_http_date(pgaii_clock_later_ms(exchange->now_ms, seconds), date);
    switch (form) {
    case AFTER_NONE:
        return;
    case AFTER_DATE:
        value = date;
        break;
    case AFTER_GARBAGE:
        value = "soon";
        break;
    case AFTER_NEGATIVE:
        value = "-1";
        break;
    case AFTER_HUGE:
        value = "99999999999999999999";
        break;
    default:
        break;
    }
    pgaii_sandbox_response_header(&exchange->response, "Retry-After", value);
}

static void
write_reset(pgaii_rate_headers *rate, int64_t now_ms, int64_t form, int64_t seconds)
{
    int64_t at_ms = pgaii_clock_later_ms(now_ms, seconds);
    char date[PGAII_ISO_DATE_SIZE];
    int64_t number = at_ms / 1000;

    rate->reset[0] = '\0';
    pgaii_clock_iso_date(at_ms, date);
    if (form == RESET_MISSING)
        return;
    if (form == RESET_ISO) {
        snprintf(rate->reset, sizeof(rate->reset), "%s", date);
        return;
    }
    if (form == RESET_MS)
        number = at_ms;
    if (form == RESET_DELTA)
        number = seconds;
    if (form == RESET_PAST)
        number = now_ms / 1000 - PAST_SECONDS;
    snprintf(rate->reset, sizeof(rate->reset), "%" PRId64, number);
}

static void
apply_rate_limited(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_rate_headers *rate = &exchange->response.rate;
    int64_t seconds = call->values[2];

    pgaii_sandbox_response_error(&exchange->response, 429, "Rate limit exceeded");
    if (!rate->sent)
        rate->limit = USUAL_LIMIT;
    rate->sent = true;
    rate->remaining = 0;
    write_reset(rate, exchange->now_ms, call->values[1], seconds);
    add_retry_after(exchange, call->values[0], seconds);
    exchange->answered = true;
}

static void apply_limit_headers_missing(pgaii_sandbox_exchange *exchange,
                                        const pgaii_fault_call *call)
{
    (void)call;
    exchange->response.rate.sent = false;
}

static void apply_skew(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_sandbox_response *response = &exchange->response;

    response->date_ms = pgaii_clock_later_ms(response->date_ms, call->values[0]);
}

const pgaii_fault pgaii_faults_rate_limits[] = {
    {"rate_limited",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_CHOICE("retry_after", "seconds|none|date|garbage|negative|huge"),
      PGAII_CHOICE("reset", "epoch|ms|delta|iso|missing|past"),
      PGAII_NUMBER("seconds", 0, MAX_SECONDS, 1)},
     apply_rate_limited},
    {"limit_headers_missing",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {{0}},
     apply_limit_headers_missing},
    {"skew",
     PGAII_AT_RESPONSE,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("seconds", -MAX_SECONDS, MAX_SECONDS)},
     apply_skew},
    {0},
};
