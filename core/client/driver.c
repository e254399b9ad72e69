/* Calls that block: they are driven until one is over, or something ends the wait. */
#include "client/driver.h"

#include "engine/clock.h"
#include "protocol/error.h"

/* How long a call that is over waits for requests that are out. What is out while the
 * program works on a page makes no progress, and its timeout goes on; so nothing should
 * be. But a response that does not come must not hold back one that is there. */
enum { PATIENCE_MS = PGAII_MULTI_SLICE_MS };

/* What may end a wait before its time. */
typedef struct watcher {
    pgai_interrupt interrupt; /* NULL: none */
    void *data;
    const atomic_bool *closed; /* set by pgai_client_cancel() */
    int64_t asked_ms;          /* when the interrupt was last called */
} watcher;

static bool is_interrupted(watcher *watch, bool quiet)
{
    int64_t now = pgaii_clock_now_ms();

    if (!quiet && now - watch->asked_ms < PGAII_MULTI_SLICE_MS)
        return false;
    watch->asked_ms = now;
    return watch->interrupt(watch->data) != 0;
}

/* The interrupt is called when nothing came: the slice is over, or a signal cut it short;
 * otherwise only once a slice. It runs foreign code, which may fork. */
static bool stops(watcher *watch, bool quiet)
{
    return atomic_load(watch->closed) ||
           (watch->interrupt && is_interrupted(watch, quiet));
}

static bool
take_multi(const pgai_client *client, pgaii_drive *drive, pgai_failure *failure)
{
    if (!drive->multi)
        drive->multi = pgaii_pool_take(client->pool, failure);
    return drive->multi != NULL;
}

static void give_multi(const pgai_client *client, pgaii_drive *drive)
{
    if (drive->multi)
        pgaii_pool_give(client->pool, drive->multi);
    drive->multi = NULL;
}

/* In a forked child, the pool abandons what was the parent's. */
static void leave_inherited(const pgai_client *client, pgaii_drive *drive)
{
    pgaii_multi *multi = drive->multi;

    if (!multi || !pgaii_multi_inherited(multi))
        return;
    pgaii_drive_leave(drive);
    pgaii_pool_give(client->pool, multi);
}

/* Whether a call became over, which is driven no more. */
static bool take_over(pgaii_drive *drive)
{
    bool over = false;

    while (pgaii_drive_next(drive))
        over = true;
    return over;
}

/* The observer may fork: in the child, the calls go on over another multi. */
static void tell(const pgai_client *client, pgaii_drive *drive)
{
    pgaii_observer observer = client->observer;

    if (!drive->observed)
        return;
    pgaii_drive_tell(drive, pgaii_observer_tell, &observer);
    leave_inherited(client, drive);
}

void pgaii_driver_wait(const pgai_client *client, pgaii_drive *drive)
{
    watcher watch = {client->interrupt, client->interrupt_data,
                     pgaii_pool_closed(client->pool), pgaii_clock_now_ms()};
    int64_t until = INT64_MAX; /* from when a call is over */
    bool quiet = false;

    for (;;) {
        pgai_failure failure = {.status = PGAI_CANCELLED};
        bool stopped = stops(&watch, quiet);

        leave_inherited(client, drive);
        if (!stopped && take_multi(client, drive, &failure))
            pgaii_drive_work(drive);
        else
            pgaii_drive_cancel(drive, failure.status);
        tell(client, drive);
        if (take_over(drive) && until == INT64_MAX)
            until = pgaii_clock_now_ms() + PATIENCE_MS;
        if (until < INT64_MAX && (drive->out == 0 || pgaii_clock_now_ms() >= until))
            break;
        if (until < drive->wake_at)
            drive->wake_at = until;
        quiet = drive->multi && !pgaii_drive_poll(drive);
    }
    if (drive->count == 0)
        give_multi(client, drive);
}

void pgaii_driver_end(const pgai_client *client, pgaii_drive *drive)
{
    leave_inherited(client, drive);
    pgaii_drive_cancel(drive, PGAI_CANCELLED);
    give_multi(client, drive);
    tell(client, drive);
    pgaii_drive_clear(drive);
}

pgai_status
pgaii_driver_run(const pgai_client *client, pgai_call *call, pgai_error *error)
{
    pgaii_drive drive = {.observed = pgaii_observer_listens(&client->observer)};

    if (!pgaii_drive_start(&drive, call))
        return pgaii_fail_memory(error);
    pgaii_driver_wait(client, &drive);
    pgaii_driver_end(client, &drive);
    if (pgai_call_next(call, pgaii_clock_now_ms()) == PGAI_STEP_DONE)
        return PGAI_OK;
    pgaii_error_copy(error, pgai_call_error(call));
    pgaii_error_put_response(error, pgai_call_take_response(call));
    return pgai_call_error(call)->status;
}
