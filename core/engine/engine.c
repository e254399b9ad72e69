/* Calls that go on inside a program's own event loop: a drive over a multi with a watch.
 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/drive.h"
#include "engine/process.h"
#include "engine/watch.h"
#include "protocol/error.h"
#include "protocol/memory.h"

/* Requests at once, each with a connection. The header and docs/design/engine.md have the
 * number, too. */
enum { MOST_OUT = 64 };

struct pgai_engine {
    pgaii_route route;
    pgaii_watch watch;
    pgaii_drive drive;
    unsigned generation; /* of the process that all of it belongs to */
};

pgai_status pgaii_engine_open(pgaii_route *route, pgai_engine **out, pgai_error *error)
{
    pgai_engine *engine = pgaii_new(sizeof(*engine));
    bool opened;

    *out = engine;
    if (!engine) {
        pgaii_route_clear(route);
        return pgaii_fail_memory(error);
    }
    engine->route = *route;
    memset(route, 0, sizeof(*route));
    engine->drive.most_out = MOST_OUT;
    engine->drive.most_told = PGAII_WATCH_MOST;
    engine->generation = pgaii_process_generation();
    opened = pgaii_watch_open(&engine->watch);
    if (opened)
        return PGAI_OK;
    pgai_engine_free(engine);
    *out = NULL;
    return pgaii_fail(error, PGAI_CONNECT, "%s", pgaii_sockets_none_left);
}

pgai_status pgai_engine_new(const pgai_transport_options *options, pgai_engine **out,
                            pgai_error *error)
{
    pgaii_route route;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    status = pgaii_route_read(options, &route, error);
    return status == PGAI_OK ? pgaii_engine_open(&route, out, error) : status;
}

/* In a forked child: leave what is the parent's. Its calls have lost their requests, and
 * go on over connections of this process. */
static void leave_parent(pgai_engine *engine)
{
    pgaii_multi *multi = engine->drive.multi;

    if (engine->generation == pgaii_process_generation())
        return;
    engine->generation = pgaii_process_generation();
    pgaii_watch_close(&engine->watch);
    if (!multi)
        return;
    pgaii_drive_leave(&engine->drive);
    pgaii_process_lock(NULL);
    pgaii_multi_abandon(multi);
    pgaii_process_unlock(NULL);
}

/* In a forked child, the calls wait for their next turn on a watch that does not know of
 * them. */
static bool open_watch(pgai_engine *engine)
{
    leave_parent(engine);
    if (engine->watch.fd >= 0)
        return true;
    if (!pgaii_watch_open(&engine->watch))
        return false;
    if (engine->drive.count > 0)
        pgaii_watch_until(&engine->watch, 0);
    return true;
}

/* Whether requests can be sent. */
static bool prepare(pgai_engine *engine, pgai_failure *failure)
{
    *failure = (pgai_failure){.status = PGAI_CONNECT};
    if (open_watch(engine) && !engine->drive.multi)
        engine->drive.multi = pgaii_multi_new(&engine->route, &engine->watch, failure);
    return engine->drive.multi != NULL;
}

/* libcurl wants something by time only for requests, and nobody does without calls. */
static void arm(pgai_engine *engine)
{
    const pgaii_drive *drive = &engine->drive;
    int64_t at = drive->count > 0 ? drive->wake_at : INT64_MAX;

    if (drive->out > 0 && pgaii_multi_due_at(drive->multi) < at)
        at = pgaii_multi_due_at(drive->multi);
    pgaii_watch_until(&engine->watch, at);
}

int pgai_engine_fd(pgai_engine *engine)
{
    open_watch(engine);
    return engine->watch.fd;
}

int64_t pgai_engine_wake_at(const pgai_engine *engine)
{
    return engine->watch.armed_at;
}

pgai_status pgai_engine_start(pgai_engine *engine, pgai_call *call, pgai_error *error)
{
    pgai_failure failure;

    if (!engine)
        return pgaii_fail(error, PGAI_USAGE, "engine is NULL");
    if (!call)
        return pgaii_fail(error, PGAI_USAGE, "call is NULL");
    if (!pgaii_drive_start(&engine->drive, call))
        return pgaii_fail_memory(error);
    if (prepare(engine, &failure))
        pgaii_drive_send(&engine->drive, call);
    else
        pgaii_drive_cancel(&engine->drive, failure.status);
    arm(engine);
    return PGAI_OK;
}

/* The drive looks at what happened only while requests are out. */
static void work(pgai_engine *engine)
{
    pgai_failure failure;

    if (!prepare(engine, &failure)) {
        pgaii_drive_cancel(&engine->drive, failure.status);
        return;
    }
    if (engine->drive.out == 0)
        pgaii_multi_work(engine->drive.multi);
    pgaii_drive_work(&engine->drive);
    arm(engine);
}

void pgai_engine_work(pgai_engine *engine)
{
    work(engine);
    engine->watch.woken = false;
}

pgai_call *pgai_engine_next(pgai_engine *engine)
{
    pgai_call *call = pgaii_drive_next(&engine->drive);

    if (engine->drive.count == 0)
        arm(engine);
    return call;
}

pgai_call *pgai_engine_wait(pgai_engine *engine, int64_t until_ms)
{
    pgai_call *call = pgai_engine_next(engine);
    bool goes_on = !call;

    while (goes_on) {
        work(engine);
        call = pgai_engine_next(engine);
        goes_on = !call && !engine->watch.woken && pgaii_clock_now_ms() < until_ms &&
                  pgaii_watch_wait(&engine->watch, until_ms);
    }
    engine->watch.woken = false;
    return call;
}

void pgai_engine_cancel(pgai_engine *engine, pgai_call *call)
{
    leave_parent(engine);
    if (pgaii_drive_stop(&engine->drive, call))
        arm(engine);
}

void pgai_engine_wake(pgai_engine *engine)
{
    pgaii_watch_wake(&engine->watch);
}

void pgai_engine_free(pgai_engine *engine)
{
    if (!engine)
        return;
    leave_parent(engine);
    pgaii_drive_cancel(&engine->drive, PGAI_CANCELLED);
    while (pgaii_drive_next(&engine->drive))
        ;
    pgaii_drive_clear(&engine->drive);
    pgaii_multi_free(engine->drive.multi);
    pgaii_watch_close(&engine->watch);
    pgaii_route_clear(&engine->route);
    free(engine);
}
