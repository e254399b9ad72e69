/* A service in memory, which a walk reads without a network. */
#include "support/paged_service.h"

#include <stdlib.h>

#include "protocol/buffer.h"
#include "support/session.h"
#include "support/unit.h"

void service_fill(service *s, int count)
{
    memset(s, 0, sizeof(*s));
    for (s->count = 0; s->count < count; s->count++)
        s->ids[s->count] = 100 + s->count;
}

static void shift(service *s)
{
    s->requests++;
    if (s->requests == s->missing_at)
        memmove(s->ids, s->ids + 1, (size_t)--s->count * sizeof(int));
    if (s->requests == s->inserted_at) {
        memmove(s->ids + 1, s->ids, (size_t)s->count++ * sizeof(int));
        s->ids[0] = 99;
    }
}

void service_respond(service *s, pgai_call *call)
{
    pgaii_buffer body;
    int page = 0;
    int limit = 0;
    int first;

    assert_int_equal(
        sscanf(session_target(call), "/contacts?page=%d&limit=%d", &page, &limit), 2);
    shift(s);
    limit = s->clamp && limit > s->clamp ? s->clamp : limit;
    first =
        (s->repeat_page && page > s->repeat_page ? s->repeat_page - 1 : page - 1) * limit;
    pgaii_buffer_init(&body, 1 << 20);
    pgaii_buffer_add_string(&body, "{\"data\":[");
    for (int i = first; page != s->empty_page && i < first + limit && i < s->count; i++)
        pgaii_buffer_printf(&body, "%s{\"id\":\"%d\"}", i > first ? "," : "", s->ids[i]);
    pgaii_buffer_printf(&body, "],\"pagination\":{\"page\":%d,\"limit\":%d", page, limit);
    if (!s->silent_total)
        pgaii_buffer_printf(&body, ",\"total\":%d", s->count);
    pgaii_buffer_add_string(&body, "}}");
    session_response(call, 0, 200, body.data, NULL);
    pgaii_buffer_clear(&body);
    assert_true(pgai_call_next(call, 0) >= PGAI_STEP_DONE);
}

void service_refuse(pgai_call *call)
{
    session_response(call, 0, 401, "{\"error\":\"revoked\"}", NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_FAILED);
}

pgai_walk *service_walk(pgai_session *session, int64_t limit, const char *cursor)
{
    return service_walk_ahead(session, limit, 1, cursor);
}

pgai_walk *service_walk_ahead(pgai_session *session, int64_t limit, int64_t prefetch,
                              const char *cursor)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_walk *walk = NULL;

    options.limit = limit;
    options.prefetch = prefetch;
    options.cursor = cursor;
    assert_int_equal(pgai_walk_new(session, &options, NULL, &walk, NULL), PGAI_OK);
    return walk;
}

void service_drive(service *s, pgai_walk *walk, int64_t now)
{
    size_t waiting = 0;
    pgai_call *call;

    while ((call = pgai_walk_call(walk, waiting))) {
        pgai_step step = pgai_call_next(call, now);

        if (step == PGAI_STEP_SEND)
            service_respond(s, call);
        else if (step < PGAI_STEP_DONE)
            waiting++;
    }
}

pgai_walk_step service_next(service *s, pgai_walk *walk, pgai_page **page)
{
    pgai_walk_step step;

    while ((step = pgai_walk_next(walk, 0, page)) == PGAI_WALK_CALLS) {
        service_drive(s, walk, 0);
    }
    return step;
}

int service_id(const pgai_page *page, size_t index)
{
    return (int)strtol(pgai_contact_text(pgai_page_contact(page, index), PGAI_ID).data,
                       NULL, 10);
}
