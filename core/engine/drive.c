/* The loop that drives calls: it sends, waits and feeds as they say. */
#include "engine/drive.h"

#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "protocol/call.h"
#include "protocol/memory.h"

/* Most drive one call at a time. */
enum { FIRST_CALLS = 1 };

/* The next step of a call. Whoever owns one may free it once it was told that it is over,
 * so that this has to wait until it is given back. */
static pgai_step ask(pgaii_driven *at, int64_t now)
{
    pgai_step step = pgai_call_next(at->call, now);

    at->over = step >= PGAI_STEP_DONE;
    at->call->told = false;
    return step;
}

/* Where a call is among those that are driven; their count: it is not. */
static size_t place_of(const pgaii_drive *drive, const pgai_call *call)
{
    size_t i = 0;

    while (i < drive->count && drive->calls[i].call != call)
        i++;
    return i;
}

/* Those behind it move up, so that calls that wait for room get it in their order. */
static void take_out(pgaii_drive *drive, size_t place)
{
    drive->count--;
    memmove(&drive->calls[place], &drive->calls[place + 1],
            (drive->count - place) * sizeof(*drive->calls));
}

bool pgaii_drive_start(pgaii_drive *drive, pgai_call *call)
{
    if (place_of(drive, call) < drive->count)
        return true;
    if (!pgaii_grow((void **)&drive->calls, &drive->capacity, drive->count + 1,
                    sizeof(*drive->calls), FIRST_CALLS) ||
        (drive->observed && !pgai_call_listen(call)))
        return false;
    if (drive->count == 0)
        drive->wake_at = INT64_MAX;
    drive->calls[drive->count++] = (pgaii_driven){call, NULL, false};
    pgaii_call_begin(call, pgaii_clock_now_ms());
    return true;
}

static bool has_room(const pgaii_drive *drive)
{
    return drive->most_out == 0 || drive->out < drive->most_out;
}

static void wake_by(pgaii_drive *drive, int64_t at_ms)
{
    if (at_ms < drive->wake_at)
        drive->wake_at = at_ms;
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

/* Whether a call could send now, but for the maximum of requests at once. No deadline
 * ends the wait of one that was made ahead. */
static bool lacks_room(const pgaii_drive *drive, const pgai_call *call, int64_t now)
{
    return !has_room(drive) && call->state == PGAII_CALL_READY &&
           (call->ahead || now < call->deadline_at);
}

/* Do what a call wants, until it waits for the network, for its turn or for room, or is
 * over. Its owner may have cancelled a call whose request is in flight.
 *
 * @return whether a request was begun.
 */
static bool advance(pgaii_drive *drive, pgaii_driven *at)
{
    bool begun = false;

    while (!at->over) {
        int64_t now = pgaii_clock_now_ms();

        if (at->exchange && at->exchange->ending == PGAII_UNDER_WAY &&
            at->call->state == PGAII_CALL_OUT)
            return begun;
        if (at->exchange)
            settle(drive, at);
        if (lacks_room(drive, at->call, now)) {
            drive->crowded = true;
            if (!at->call->ahead)
                wake_by(drive, at->call->deadline_at);
            return begun;
        }
        switch (ask(at, now)) {
        case PGAI_STEP_SEND:
            send_request(drive, at);
            begun = true;
            break;
        case PGAI_STEP_WAIT:
            wake_by(drive, pgai_call_wait_until(at->call));
            return begun;
        case PGAI_STEP_RESPONSE: /* Never: a request in flight has an exchange. */
        case PGAI_STEP_DONE:
        case PGAI_STEP_FAILED:
        default:
            return begun;
        }
    }
    return begun;
}

/* What was begun is sent. An exchange that ends meanwhile is looked at in the next turn.
 */
static void send_begun(pgaii_drive *drive)
{
    if (pgaii_multi_kick(drive->multi))
        drive->wake_at = 0;
}

void pgaii_drive_send(pgaii_drive *drive, const pgai_call *call)
{
    pgaii_driven *at = &drive->calls[place_of(drive, call)];

    if (advance(drive, at))
        send_begun(drive);
    if (at->over)
        drive->wake_at = 0;
}

/* Calls that wait for room have their turn, if there is some again. */
static void use_room(pgaii_drive *drive)
{
    if (drive->crowded && has_room(drive))
        drive->wake_at = 0;
}

void pgaii_drive_work(pgaii_drive *drive)
{
    bool begun = false;
    size_t told = 0;

    if (drive->out > 0)
        pgaii_multi_work(drive->multi);
    drive->wake_at = INT64_MAX;
    drive->crowded = false;
    for (size_t i = 0; i < drive->count; i++) {
        pgaii_driven *at = &drive->calls[i];
        bool ended = at->exchange && at->exchange->ending != PGAII_UNDER_WAY;

        if (ended && drive->most_told > 0 && told == drive->most_told) {
            drive->wake_at = 0;
            continue;
        }
        told += ended;
        begun = advance(drive, at) || begun;
    }
    use_room(drive);
    if (begun)
        send_begun(drive);
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

        if (drive->calls[i].over) {
            take_out(drive, i);
            call->told = true;
            return call;
        }
    }
    return NULL;
}

static void give_up(pgaii_drive *drive, pgaii_driven *at, pgai_status status)
{
    if (at->exchange)
        settle(drive, at);
    pgai_call_cancel(at->call, pgaii_clock_now_ms(), status);
    ask(at, pgaii_clock_now_ms());
}

bool pgaii_drive_stop(pgaii_drive *drive, pgai_call *call)
{
    size_t place = place_of(drive, call);

    if (place == drive->count)
        return false;
    give_up(drive, &drive->calls[place], PGAI_CANCELLED);
    take_out(drive, place);
    call->told = true;
    use_room(drive);
    return true;
}

void pgaii_drive_cancel(pgaii_drive *drive, pgai_status status)
{
    for (size_t i = 0; i < drive->count; i++)
        give_up(drive, &drive->calls[i], status);
    drive->wake_at = 0;
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
