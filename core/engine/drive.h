#ifndef PGAI_ENGINE_DRIVE_H
#define PGAI_ENGINE_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/protocol.h>

#include "engine/multi.h"

/** A call, and its request that is out. */
typedef struct pgaii_driven {
    pgai_call *call;
    pgaii_exchange *exchange; /* NULL: none is out */
    bool over;                /* its owner will be told by pgaii_drive_next() */
} pgaii_driven;

/** Calls that are driven together over one multi: any number, none of which waits for
 * another. All zero is a drive without calls. One thread at a time.
 */
typedef struct pgaii_drive {
    pgaii_multi *multi;  /* borrowed, and set by the owner; NULL: nothing is out */
    pgaii_driven *calls; /* in the order in which they were started */
    size_t count;
    size_t capacity;
    bool observed;    /* by the owner: note events, for pgaii_drive_tell() */
    size_t most_out;  /* requests at once, set by the owner; other calls wait for room,
                         while their deadlines count. 0: no maximum */
    size_t most_told; /* responses that calls are told of in a turn, set by the owner; the
                         rest have to wait for the next. 0: no maximum */
    size_t out;       /* how many requests are out */
    bool crowded;     /* a call waits for room */
    int64_t wake_at;  /* when there is work even if nothing comes: a call that waits wants
                         its turn. INT64_MAX: by none; 0: at once */
} pgaii_drive;

/** Begin to drive a call; nothing is sent yet. One that is driven already stays so.
 *
 * @param call     Borrowed until pgaii_drive_next() gives it back.
 * @return false: no memory.
 */
bool pgaii_drive_start(pgaii_drive *drive, pgai_call *call);

/** Go on with a call that is driven: send its request, if it may be sent now. */
void pgaii_drive_send(pgaii_drive *drive, const pgai_call *call);

/** Send and receive what can be without waiting, and tell the calls. */
void pgaii_drive_work(pgaii_drive *drive);

/** Wait until there is work, at most one slice of a multi's.
 *
 * @return false: nothing came; the slice is over, or a signal cut it short.
 */
bool pgaii_drive_poll(pgaii_drive *drive);

/** Tell what happened in all calls since the last time. Foreign code runs, which may
 * fork. */
void pgaii_drive_tell(pgaii_drive *drive,
                      void (*tell)(void *data, const pgai_event *event), void *data);

/** A call that is over, which is driven no more; NULL: none is. */
pgai_call *pgaii_drive_next(pgaii_drive *drive);

/** Give up one call, as pgaii_drive_cancel() does; it is driven no more.
 *
 * @return false: it was not driven. */
bool pgaii_drive_stop(pgaii_drive *drive, pgai_call *call);

/** Give up all calls: requests that are out end as PGAI_CANCELLED, or are of unknown
 * outcome; calls that wait get @p status. All are over then. */
void pgaii_drive_cancel(pgaii_drive *drive, pgai_status status);

/** In a forked child: leave the multi, which is the parent's. What was out is lost, and
 * the calls go on over the multi that is set next. */
void pgaii_drive_leave(pgaii_drive *drive);

/** Free what a drive without calls owns. */
void pgaii_drive_clear(pgaii_drive *drive);

#endif
