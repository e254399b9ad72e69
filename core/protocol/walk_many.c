/* Walks over contacts whose ids are given. */
#include "protocol/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/call.h"
#include "protocol/error.h"
#include "protocol/page.h"
#include "protocol/request.h"
#include "protocol/versioned.h"

static pgai_status check_ids(const char *const *ids, size_t count, pgai_error *error)
{
    pgai_status status = PGAI_OK;

    if (!ids && count > 0)
        return pgaii_fail(error, PGAI_USAGE, "ids is NULL, but count is %zu", count);
    for (size_t i = 0; status == PGAI_OK && i < count; i++) {
        char name[48];

        snprintf(name, sizeof(name), "id %zu of %zu", i + 1, count);
        status = pgaii_check_id(ids[i], name, error);
    }
    return status;
}

/* Copies, in one piece of memory; NULL: there is none. */
static char **copy_ids(const char *const *ids, size_t count)
{
    size_t size = (count + 1) * sizeof(char *);
    char **copies;
    char *text;

    for (size_t i = 0; i < count; i++)
        size += strlen(ids[i]) + 1;
    copies = malloc(size);
    text = (char *)(copies + count + 1);
    for (size_t i = 0; copies && i < count; i++) {
        copies[i] = text;
        text = stpcpy(text, ids[i]) + 1;
    }
    return copies;
}

static pgai_status
take_ids(pgai_walk *walk, const char *const *ids, size_t count, pgai_error *error)
{
    pgai_status status = check_ids(ids, count, error);

    if (status != PGAI_OK)
        return status;
    walk->ids = copy_ids(ids, count);
    walk->limit = 1;
    walk->end = walk->total = walk->stats.total = (int64_t)count;
    return walk->ids ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status
read_options(pgai_walk *walk, const pgai_get_many_options *options, pgai_error *error)
{
    pgai_get_many_options given = PGAI_GET_MANY_OPTIONS_INIT;
    pgai_status status = PGAI_OK;

    if (options)
        status = pgaii_versioned_read(&given, sizeof(given), options,
                                      PGAII_FIRST_SIZE(pgai_get_many_options, prefetch),
                                      "options", error);
    if (status == PGAI_OK)
        status = pgaii_walk_set_prefetch(walk, given.prefetch, error);
    if (status == PGAI_OK)
        status = pgaii_walk_set_deadline(walk, given.deadline_ms, error);
    return status;
}

pgai_status pgai_walk_new_get_many(pgai_session *session, const char *const *ids,
                                   size_t count, const pgai_get_many_options *options,
                                   const pgai_call_options *call_options, pgai_walk **out,
                                   pgai_error *error)
{
    pgai_status status = pgaii_walk_make(session, call_options, out, error);

    if (status == PGAI_OK)
        status = read_options(*out, options, error);
    if (status == PGAI_OK)
        status = take_ids(*out, ids, count, error);
    return pgaii_walk_keep(out, status);
}

pgai_page *pgaii_walk_take_many(pgai_walk *walk, pgai_call *call)
{
    pgai_contact *contact = pgai_call_take_contact(call);
    pgai_page *page = contact ? contact->page : NULL;

    if (!contact && call->error.status == PGAI_NOT_FOUND) {
        page = pgaii_page_new_take(&(pgaii_buffer){0});
        if (!page)
            pgaii_fail_memory(&call->error);
    }
    if (page)
        walk->position++;
    walk->stats.contacts += contact != NULL;
    walk->stats.gone += page && !contact;
    return page;
}
