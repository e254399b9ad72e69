/* A walk over all pages, which blocks until the next is there. */
#include <stdlib.h>

#include <pgai/client.h>
#include <pgai/protocol.h>

#include "client/client.h"
#include "client/driver.h"
#include "engine/clock.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/response.h"

struct pgai_pager {
    pgai_client *client;
    pgai_walk *walk;
    pgaii_drive drive; /* of the walk's calls */
};

/* Make a pager, which has no walk yet. */
static pgai_status make(pgai_client *client, pgai_pager **out, pgai_error *error)
{
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_client_check(client, out, error);
    if (status != PGAI_OK)
        return status;
    *out = pgaii_new(sizeof(**out));
    if (!*out)
        return pgaii_fail_memory(error);
    (*out)->client = client;
    (*out)->drive.observed = pgaii_observer_listens(&client->observer);
    return PGAI_OK;
}

/* Keep the pager if its walk could be made. */
static pgai_status keep(pgai_pager **out, pgai_status status)
{
    if (status != PGAI_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}

pgai_status pgai_contacts_pages(pgai_client *client, const pgai_pages_options *options,
                                pgai_pager **out, pgai_error *error)
{
    pgai_status status = make(client, out, error);

    if (status != PGAI_OK)
        return status;
    return keep(out, pgai_walk_new(client->session, options, &client->call_options,
                                   &(*out)->walk, error));
}

pgai_status pgai_contacts_get_many(pgai_client *client, const char *const *ids,
                                   size_t count, const pgai_get_many_options *options,
                                   pgai_pager **out, pgai_error *error)
{
    pgai_status status = make(client, out, error);

    if (status != PGAI_OK)
        return status;
    return keep(out, pgai_walk_new_get_many(client->session, ids, count, options,
                                            &client->call_options, &(*out)->walk, error));
}

/* The walk decides what the outcome of each call means: it may still go on. */
static pgai_status drive_calls(pgai_pager *pager, pgai_error *error)
{
    for (size_t i = 0; pgai_walk_call(pager->walk, i); i++) {
        if (!pgaii_drive_start(&pager->drive, pgai_walk_call(pager->walk, i)))
            return pgaii_fail_memory(error);
    }
    pgaii_driver_wait(pager->client, &pager->drive);
    return PGAI_OK;
}

/* Each time that it is asked, since a walk that failed gives the same failure again. */
static pgai_status fail(const pgai_walk *walk, pgai_error *error)
{
    const pgai_response *last = pgai_walk_response(walk);

    pgaii_error_copy(error, pgai_walk_error(walk));
    if (last)
        pgaii_error_put_response(error, pgaii_response_copy(last, last->body, ""));
    return pgai_walk_error(walk)->status;
}

pgai_status pgai_pager_next(pgai_pager *pager, pgai_page **out, pgai_error *error)
{
    pgai_status status = PGAI_OK;

    if (out)
        *out = NULL;
    if (!pager)
        return pgaii_fail(error, PGAI_USAGE, "pager is NULL");
    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    while (status == PGAI_OK) {
        switch (pgai_walk_next(pager->walk, pgaii_clock_now_ms(), out)) {
        case PGAI_WALK_PAGE:
            return PGAI_OK;
        case PGAI_WALK_DONE:
            return PGAI_DONE;
        case PGAI_WALK_CALLS:
            status = pgaii_client_check(pager->client, out, error);
            if (status == PGAI_OK)
                status = drive_calls(pager, error);
            break;
        case PGAI_WALK_FAILED:
        default:
            return fail(pager->walk, error);
        }
    }
    return status;
}

void pgai_pager_cursor(const pgai_pager *pager, size_t used, char out[PGAI_CURSOR_SIZE])
{
    if (!out)
        return;
    if (pager)
        pgai_walk_cursor(pager->walk, used, out);
    else
        out[0] = '\0';
}

void pgai_pager_stats(const pgai_pager *pager, pgai_walk_stats *out)
{
    if (pager && out)
        pgai_walk_stats_get(pager->walk, pgaii_clock_now_ms(), out);
}

void pgai_pager_free(pgai_pager *pager)
{
    if (!pager)
        return;
    pgaii_driver_end(pager->client, &pager->drive);
    pgai_walk_free(pager->walk);
    free(pager);
}
