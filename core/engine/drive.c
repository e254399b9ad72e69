/* The loop that drives calls: it sends, waits and feeds as they say. */
#include "engine/drive.h"

#include <stdlib.h>

#include "engine/clock.h"
#include "protocol/call.h"
#include "protocol/memory.h"

/* Most drive one call at a time. */
enum { FIRST_CALLS = 1 };

/* A call is over once it said so; its owner expects that it was asked. */
static bool is_over(const pgaii_driven *at)
{
    return at->call->told && !at->exchange;
}

bool pgaii_drive_start(pgaii_drive *drive, pgai_call *call)
{
    for (size_t i = 0; i < drive->count; i++) {
        if (drive->calls[i].call == call)
            return true;
    }
    if (!pgaii_grow((void **)&drive->calls, &drive->capacity, drive->count + 1,
                    sizeof(*drive->calls), FIRST_CALLS) ||
        (drive->observed && !pgai_call_listen(call)))
        return false;
    drive->calls[drive->count++] = (pgaii_driven){call, NULL};
    return true;
}

static void send_request(pgaii_drive *drive, pgaii_driven *at)
{
    pgai_failure failure;

    at->exchange = pgaii_multi_begin(drive->multi, pgai_call_request(at->call), &failure);
    if (at->exchange)
        drive->out++;
    else
        pgai_call_fail(at->call, pgaii_clock_now_ms(), &failure);
}

/* Tell a call what came of its request; one that is in progress is abandoned. */
static void settle(pgaii_drive *drive, pgaii_driven *at)
{
    pgaii_exchange *exchange = at->exchange;
    pgai_response response;
    pgai_failure failure;

    pgaii_multi_end(drive->multi, exchange);
    if (pgaii_exchange_result(exchange, &response, &failure))
        pgaii_call_feed_take(at->call, pgaii_clock_now_ms(), &response,
                             &exchange->incoming.body);
    else
        pgai_call_fail(at->call, pgaii_clock_now_ms(), &failure);
    at->exchange = NULL;
    drive->out--;
}

/* Do what a call wants, until it waits for the network or for its turn, or is over. Its
 * owner may have cancelled a call whose request is in flight.
 *
 * @return whether a request was begun.
 */
static bool advance(pgaii_drive *drive, pgaii_driven *at)
{
    bool begun = false;

    for (;;) {
        if (at->exchange && at->exchange->ending == PGAII_UNDER_WAY &&
            at->call->state == PGAII_CALL_OUT)
            return begun;
        if (at->exchange)
            settle(drive, at);
        switch (pgai_call_next(at->call, pgaii_clock_now_ms())) {
        case PGAI_STEP_SEND:
            send_request(drive, at);
            begun = true;
            break;
        case PGAI_STEP_WAIT:
            if (pgai_call_wait_until(at->call) < drive->wake_at)
                drive->wake_at = pgai_call_wait_until(at->call);
            return begun;
        case PGAI_STEP_RESPONSE: /* Never: a request in flight has an exchange. */
        case PGAI_STEP_DONE:
        case PGAI_STEP_FAILED:
        default:
            return begun;
        }
    }
}

void pgaii_drive_work(pgaii_drive *drive)
{
    bool begun;

    do {
        begun = false;
        if (drive->out > 0)
            pgaii_multi_work(drive->multi);
        drive->wake_at = INT64_MAX;
        for (size_t i = 0; i < drive->count; i++)
            begun = advance(drive, &drive->calls[i]) || begun;
    } while (begun);
}

bool pgaii_drive_poll(pgaii_drive *drive)
{
    int64_t left = drive->wake_at - pgaii_clock_now_ms();

    return left <= 0 || pgaii_multi_poll(drive->multi, left);
}

void pgaii_drive_tell(pgaii_drive *drive,
                      void (*tell)(void *data, const pgai_event *event), void *data)
{
    pgai_event event = PGAI_EVENT_INIT;

    for (size_t i = 0; drive->observed && i < drive->count; i++) {
        while (pgai_call_event(drive->calls[i].call, &event))
            tell(data, &event);
    }
}

pgai_call *pgaii_drive_next(pgaii_drive *drive)
{
    for (size_t i = 0; i < drive->count; i++) {
        pgai_call *call = drive->calls[i].call;

        if (is_over(&drive->calls[i])) {
            drive->calls[i] = drive->calls[--drive->count];
            return call;
        }
    }
    return NULL;
}

void pgaii_drive_cancel(pgaii_drive *drive, pgai_status status)
{
    for (size_t i = 0; i < drive->count; i++) {
        pgaii_driven *at = &drive->calls[i];

        if (at->exchange)
            settle(drive, at);
        pgai_call_cancel(at->call, pgaii_clock_now_ms(), status);
        pgai_call_next(at->call, pgaii_clock_now_ms());
    }
}

void pgaii_drive_leave(pgaii_drive *drive)
{
    for (size_t i = 0; i < drive->count; i++) {
        pgaii_driven *at = &drive->calls[i];

        if (!at->exchange)
            continue;
        if (at->exchange->ending == PGAII_UNDER_WAY)
            at->exchange->ending = PGAII_FORKED;
        settle(drive, at);
    }
    drive->multi = NULL;
}

void pgaii_drive_clear(pgaii_drive *drive)
{
    free(drive->calls);
}
