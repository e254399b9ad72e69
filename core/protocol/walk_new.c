/* Walks, made from their options. */
#include "protocol/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/call_options.h"
#include "protocol/cursor.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/request.h"
#include "protocol/session.h"
#include "protocol/versioned.h"

enum { DEFAULT_PREFETCH = 4, MAX_PREFETCH = 32 };

/* A page of a walk gets more time and attempts than a single call: one failure would end
 * the walk. */
static const pgai_call_options page_options = {
    .struct_size = sizeof(pgai_call_options),
    .max_attempts = 8,
    .timeout_ms = PGAI_DEFAULT_TIMEOUT_MS,
    .connect_timeout_ms = PGAI_DEFAULT_CONNECT_TIMEOUT_MS,
    .deadline_ms = 600000,
    .max_wait_ms = PGAI_DEFAULT_MAX_WAIT_MS,
};

static pgai_status check_numbers(const pgai_pages_options *given, pgai_error *error)
{
    pgai_status status = pgaii_check_count(given->start, "start", error);

    if (status == PGAI_OK)
        status = pgaii_check_count(given->count, "count", error);
    if (status == PGAI_OK)
        status = pgaii_check_count(given->limit, "limit", error);
    return status;
}

pgai_status pgaii_walk_set_prefetch(pgai_walk *walk, int64_t prefetch, pgai_error *error)
{
    if (prefetch == PGAI_UNSET)
        prefetch = DEFAULT_PREFETCH;
    if (prefetch < 1 || prefetch > MAX_PREFETCH)
        return pgaii_fail(error, PGAI_USAGE,
                          "prefetch is %" PRId64
                          ", but must be from 1 to %d: it is how many requests are in "
                          "flight at once",
                          prefetch, MAX_PREFETCH);
    walk->window = walk->open = (size_t)prefetch;
    return PGAI_OK;
}

pgai_status
pgaii_walk_set_deadline(pgai_walk *walk, int64_t deadline_ms, pgai_error *error)
{
    if (deadline_ms < 0)
        return pgaii_fail(error, PGAI_USAGE,
                          "deadline_ms is %" PRId64
                          ", but must not be negative; 0 means none",
                          deadline_ms);
    walk->deadline_ms = deadline_ms;
    return PGAI_OK;
}

static pgai_status check_alone(const pgai_pages_options *given, int64_t value,
                               const char *name, const char *what, pgai_error *error)
{
    if (!given->cursor || value == PGAI_UNSET)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_USAGE,
                      "%s and cursor are both given: give only one, since a cursor says "
                      "where to %s",
                      name, what);
}

/* The positions of the first contact and behind the last one. */
static pgai_status
read_range(pgai_walk *walk, const pgai_pages_options *given, pgai_error *error)
{
    int64_t before = given->start != PGAI_UNSET ? given->start - 1 : 0;
    int64_t most = PGAII_MAX_POSITION / walk->limit;

    if (before > most)
        return pgaii_fail(error, PGAI_USAGE,
                          "start is %" PRId64 ", which is larger than any page number",
                          given->start);
    walk->position = before * walk->limit;
    if (given->count == PGAI_UNSET)
        return PGAI_OK;
    if (given->count > most - before)
        return pgaii_fail(error, PGAI_USAGE,
                          "count is %" PRId64
                          ", which is larger than any number of pages; leave it out to "
                          "walk to the end",
                          given->count);
    walk->end = (before + given->count) * walk->limit;
    return PGAI_OK;
}

static void resume(pgai_walk *walk, const pgaii_cursor *cursor)
{
    walk->resumed = true;
    walk->position = cursor->position;
    walk->last = cursor->seam[0];
    walk->least_total = cursor->total;
    walk->sign = cursor->sign > 0 ? (pgaii_sign)cursor->sign : PGAII_SIGN_NONE;
    if (cursor->end >= 0)
        walk->end = cursor->end;
}

static uint64_t draw_multiplier(pgai_session *session)
{
    uint64_t drawn;

    pgaii_session_lock(session);
    drawn = pgaii_random_bits(&session->random);
    pgaii_session_unlock(session);
    return drawn;
}

/* What a strict walk proves is about all contacts. */
static pgai_status check_strict(const pgai_pages_options *given,
                                const pgaii_cursor *cursor, pgai_error *error)
{
    if (given->strict && (given->start != PGAI_UNSET || given->count != PGAI_UNSET))
        return pgaii_fail(error, PGAI_USAGE,
                          "strict walks over all contacts: leave out start and count");
    if (given->strict && given->cursor && cursor->sign != PGAII_SIGN_PROVEN)
        return pgaii_fail(error, PGAI_USAGE,
                          "cursor is of a walk that was not strict, so contacts may be "
                          "missing before it: leave out strict, or the cursor");
    return PGAI_OK;
}

static pgai_status start_strict(pgai_walk *walk, const pgai_pages_options *given,
                                const pgaii_cursor *cursor, pgai_error *error)
{
    pgaii_strict_place place = {cursor->position, cursor->limit, cursor->total, {0}};
    pgai_status status;

    memcpy(place.seam, cursor->seam, sizeof(place.seam));
    status = pgaii_strict_init(
        &walk->strict, given->limit != PGAI_UNSET ? given->limit : cursor->limit,
        walk->window, PGAII_STRICT_REMEMBERED, draw_multiplier(walk->session),
        given->cursor ? &place : NULL);
    walk->proves = status == PGAI_OK;
    return walk->proves ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status
read_options(pgai_walk *walk, const pgai_pages_options *options, pgai_error *error)
{
    pgai_pages_options given = PGAI_PAGES_OPTIONS_INIT;
    pgaii_cursor cursor = {.limit = PGAII_DEFAULT_LIMIT};
    pgai_status status = PGAI_OK;

    if (options)
        status = pgaii_versioned_read(&given, sizeof(given), options,
                                      PGAII_FIRST_SIZE(pgai_pages_options, deadline_ms),
                                      "options", error);
    if (status == PGAI_OK)
        status = check_numbers(&given, error);
    if (status == PGAI_OK)
        status = pgaii_walk_set_prefetch(walk, given.prefetch, error);
    if (status == PGAI_OK)
        status = pgaii_walk_set_deadline(walk, given.deadline_ms, error);
    if (status == PGAI_OK)
        status = check_alone(&given, given.start, "start", "start", error);
    if (status == PGAI_OK)
        status = check_alone(&given, given.count, "count", "end", error);
    if (status == PGAI_OK && given.cursor)
        status = pgaii_cursor_read(&cursor, given.cursor, error);
    if (status == PGAI_OK)
        status = check_strict(&given, &cursor, error);
    if (status != PGAI_OK)
        return status;
    walk->whole = given.details != 0;
    walk->limit = given.limit != PGAI_UNSET ? given.limit : cursor.limit;
    if (given.cursor)
        resume(walk, &cursor);
    else
        status = read_range(walk, &given, error);
    if (status == PGAI_OK && given.strict)
        status = start_strict(walk, &given, &cursor, error);
    walk->first = walk->position;
    return status;
}

pgai_status pgaii_walk_make(pgai_session *session, const pgai_call_options *call_options,
                            pgai_walk **out, pgai_error *error)
{
    pgai_walk *walk;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    if (!session)
        return pgaii_fail(error, PGAI_USAGE, "session is NULL");
    walk = pgaii_new(sizeof(*walk));
    if (!walk)
        return pgaii_fail_memory(error);
    walk->session = session;
    walk->total = -1;
    walk->least_total = -1;
    walk->end = INT64_MAX;
    walk->over_at = INT64_MAX;
    walk->error.struct_size = sizeof(walk->error);
    pgaii_seen_init(&walk->seen, draw_multiplier(session));
    walk->stats = (pgai_walk_stats)PGAI_WALK_STATS_INIT;
    *out = walk;
    return pgaii_call_options_merge(&walk->call_options, call_options, &page_options,
                                    error);
}

pgai_status pgaii_walk_keep(pgai_walk **out, pgai_status status)
{
    if (status != PGAI_OK && out) {
        pgai_walk_free(*out);
        *out = NULL;
    }
    return status;
}

pgai_status pgai_walk_new(pgai_session *session, const pgai_pages_options *options,
                          const pgai_call_options *call_options, pgai_walk **out,
                          pgai_error *error)
{
    pgai_status status = pgaii_walk_make(session, call_options, out, error);

    if (status == PGAI_OK)
        status = read_options(*out, options, error);
    if (status == PGAI_OK && (*out)->last != 0) {
        if (pgaii_seen_begin(&(*out)->seen, 1))
            pgaii_seen_add(&(*out)->seen, (*out)->last);
        else
            status = pgaii_fail_memory(error);
    }
    return pgaii_walk_keep(out, status);
}
