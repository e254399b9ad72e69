/* Events in words, and how much they matter. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pgai/event.h>

#include "protocol/error.h"
#include "protocol/text.h"

/* A wait that people notice. */
enum { LONG_WAIT_MS = 1000 };

/* Of a path; a longer one is cut. */
enum { MAX_PATH = 200 };

static const char *const level_names[] = {
    [PGAI_LEVEL_DEBUG] = "debug",
    [PGAI_LEVEL_INFO] = "info",
    [PGAI_LEVEL_WARNING] = "warning",
};

static const char *const kind_names[] = {
    [PGAI_EVENT_REQUEST] = "request", [PGAI_EVENT_RESPONSE] = "response",
    [PGAI_EVENT_RETRY] = "retry",     [PGAI_EVENT_WAIT] = "wait",
    [PGAI_EVENT_PAGE] = "page",
};

enum { LEVELS = sizeof(level_names) / sizeof(*level_names) };
enum { KINDS = sizeof(kind_names) / sizeof(*kind_names) };

const char *pgai_event_name(pgai_event_kind kind)
{
    return (unsigned)kind < KINDS ? kind_names[kind] : NULL;
}

const char *pgai_level_name(pgai_level level)
{
    return (unsigned)level < LEVELS ? level_names[level] : NULL;
}

pgai_status pgai_level_read(const char *name, pgai_level *out, pgai_error *error)
{
    char shown[64];

    for (int i = 0; i < LEVELS; i++) {
        if (name &&
            pgaii_text_equal_nocase(pgaii_text(name), pgaii_text(level_names[i]))) {
            *out = (pgai_level)i;
            return PGAI_OK;
        }
    }
    pgaii_error_text(shown, sizeof(shown), pgaii_text(name), NULL);
    return pgaii_fail(
        error, PGAI_USAGE,
        "PGAI_LOG is \"%s\", which is no level, so nothing is logged: set it "
        "to debug, info or warning",
        shown);
}

pgai_level pgai_event_level(const pgai_event *event)
{
    if (event->kind == PGAI_EVENT_RETRY)
        return PGAI_LEVEL_WARNING;
    return event->kind == PGAI_EVENT_WAIT && event->wait_ms >= LONG_WAIT_MS
               ? PGAI_LEVEL_INFO
               : PGAI_LEVEL_DEBUG;
}

/* What came of a request: "503", or "connection_lost". */
static void word_outcome(const pgai_event *event, char *out, size_t size)
{
    if (event->http_status == 0)
        snprintf(out, size, "%s", pgai_status_name(event->status));
    else if (event->status == PGAI_DECODE || event->status == PGAI_PROTOCOL)
        snprintf(out, size, "%d, %s", event->http_status,
                 pgai_status_name(event->status));
    else
        snprintf(out, size, "%d", event->http_status);
}

static void word_rate_limit(const pgai_event *event, char *out, size_t size)
{
    if (event->remaining >= 0 && event->limit >= 0)
        snprintf(out, size, ", %" PRId64 " of %" PRId64 " requests left",
                 event->remaining, event->limit);
}

static void word_total(const pgai_event *event, char *out, size_t size)
{
    if (event->total >= 0)
        snprintf(out, size, " of %" PRId64, event->total);
}

void pgai_event_text(const pgai_event *event, char out[PGAI_EVENT_TEXT_SIZE])
{
    static const char *const causes[] = {
        [PGAI_WAIT_PACING] = "to keep to the rate limit",
        [PGAI_WAIT_LIMITED] = "since the rate limit was exceeded",
        [PGAI_WAIT_BACKOFF] = "before it is tried again",
    };
    int cut = event->path.length < MAX_PATH ? (int)event->path.length : MAX_PATH;
    double seconds = (double)event->wait_ms / 1000;
    char more[80] = "";
    char outcome[64] = "";
    size_t used;

    used =
        (size_t)snprintf(out, PGAI_EVENT_TEXT_SIZE, "#%" PRIu64 " %s %.*s: ", event->call,
                         event->method, cut, event->path.data);
    switch (event->kind) {
    case PGAI_EVENT_REQUEST:
        snprintf(out + used, PGAI_EVENT_TEXT_SIZE - used, "request %d", event->attempt);
        break;
    case PGAI_EVENT_RESPONSE:
        word_outcome(event, outcome, sizeof(outcome));
        word_rate_limit(event, more, sizeof(more));
        snprintf(out + used, PGAI_EVENT_TEXT_SIZE - used,
                 "%s after %" PRId64 " ms, %" PRId64 " bytes%s", outcome,
                 event->elapsed_ms, event->bytes, more);
        break;
    case PGAI_EVENT_RETRY:
        word_outcome(event, outcome, sizeof(outcome));
        snprintf(out + used, PGAI_EVENT_TEXT_SIZE - used,
                 "%s; request %d follows in %.3f s", outcome, event->attempt + 1,
                 seconds);
        break;
    case PGAI_EVENT_WAIT:
        snprintf(out + used, PGAI_EVENT_TEXT_SIZE - used, "waits %.3f s %s", seconds,
                 causes[event->cause]);
        break;
    case PGAI_EVENT_PAGE:
        word_total(event, more, sizeof(more));
        snprintf(out + used, PGAI_EVENT_TEXT_SIZE - used,
                 "page %" PRId64 ", %" PRId64 " contacts%s", event->page, event->contacts,
                 more);
        break;
    }
}
