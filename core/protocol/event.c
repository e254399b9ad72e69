/* What happens in a call, noted for those who listen. */
#include "protocol/event.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/operation.h"
#include "protocol/session.h"
#include "protocol/text.h"
#include "protocol/versioned.h"

/* A step of a call brings at most three. */
enum { MAX_NOTES = 8 };

/* A wait that becomes longer by less is the same wait. */
enum { SAME_WAIT_MS = 1000 };

typedef struct pgaii_notes {
    pgai_event events[MAX_NOTES]; /* a ring */
    size_t first;
    size_t count;
    uint64_t number; /* of the call */
    int64_t sent_at;
    int64_t wait_until; /* of the wait that was noted; -1: none since the last request */
} pgaii_notes;

int pgai_call_listen(pgai_call *call)
{
    if (call->notes)
        return 1;
    call->notes = pgaii_new(sizeof(*call->notes));
    if (!call->notes)
        return 0;
    call->notes->wait_until = -1;
    pgaii_session_lock(call->session);
    call->notes->number = ++call->session->listened;
    pgaii_session_unlock(call->session);
    return 1;
}

/* What stands between the base URL and the query. */
static pgai_text path_of(const pgai_call *call)
{
    pgai_text path = {call->request.view.url, 0};

    path.data += strlen(call->session->url.text);
    path.length = strcspn(path.data, "?");
    return path;
}

/* A new event; the oldest gives way to it, if nobody took it. */
static pgai_event *add(pgai_call *call, pgai_event_kind kind)
{
    pgaii_notes *notes = call->notes;
    pgai_event *event = &notes->events[(notes->first + notes->count) % MAX_NOTES];

    if (notes->count < MAX_NOTES)
        notes->count++;
    else
        notes->first = (notes->first + 1) % MAX_NOTES;
    *event = (pgai_event)PGAI_EVENT_INIT;
    event->kind = kind;
    event->call = notes->number;
    event->method = call->request.view.method;
    event->route = call->expected.operation->route;
    event->base_url = call->session->url.text;
    event->path = path_of(call);
    event->attempt = call->stats.requests;
    return event;
}

void pgaii_note_request(pgai_call *call, int64_t now)
{
    if (!call->notes)
        return;
    call->notes->sent_at = now;
    call->notes->wait_until = -1;
    add(call, PGAI_EVENT_REQUEST)->bytes = (int64_t)call->request.view.body.length;
}

void pgaii_note_response(pgai_call *call, int64_t now, const pgaii_headers *headers,
                         int http_status, size_t bytes, pgai_status status)
{
    pgai_event *event;

    if (!call->notes)
        return;
    event = add(call, PGAI_EVENT_RESPONSE);
    event->status = status;
    event->http_status = http_status;
    event->bytes = (int64_t)bytes;
    event->elapsed_ms = now - call->notes->sent_at;
    if (!headers)
        return;
    event->limit = headers->limit;
    event->remaining = headers->remaining;
    event->reset_ms = headers->reset_ms;
    pgaii_error_text(event->request_id, sizeof(event->request_id), headers->request_id,
                     call->session->key);
}

void pgaii_note_retry(pgai_call *call, int64_t wait, pgai_wait_cause cause)
{
    pgai_event *event;

    if (!call->notes)
        return;
    event = add(call, PGAI_EVENT_RETRY);
    event->status = call->error.status;
    event->http_status = call->error.http_status;
    event->cause = cause;
    event->wait_ms = wait;
}

void pgaii_note_wait(pgai_call *call, int64_t now, int64_t until, pgai_wait_cause cause)
{
    int64_t told = call->notes ? call->notes->wait_until : -1;
    pgai_event *event;

    if (!call->notes || (told >= 0 && until - told < SAME_WAIT_MS))
        return;
    call->notes->wait_until = until;
    event = add(call, PGAI_EVENT_WAIT);
    event->attempt++;
    event->cause = cause;
    event->wait_ms = until - now;
}

void pgaii_note_page(pgai_call *call)
{
    pgai_event *event;

    if (!call->notes)
        return;
    event = add(call, PGAI_EVENT_PAGE);
    event->page = pgai_page_number(call->page);
    event->contacts = (int64_t)pgai_page_count(call->page);
    event->total = pgai_page_total(call->page);
}

int pgai_call_event(pgai_call *call, pgai_event *out)
{
    pgaii_notes *notes = call->notes;

    if (!notes || notes->count == 0)
        return 0;
    pgaii_versioned_write(out, &notes->events[notes->first], sizeof(*out));
    notes->first = (notes->first + 1) % MAX_NOTES;
    notes->count--;
    return 1;
}

void pgaii_notes_free(pgaii_notes *notes)
{
    free(notes);
}
