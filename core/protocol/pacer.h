#ifndef PGAI_PROTOCOL_PACER_H
#define PGAI_PROTOCOL_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/headers.h"

/** Receipts that are remembered one by one; with a larger limit, each stands for several.
 */
enum { PGAII_PACER_SLOTS = 128 };

/** When may the next request leave without meeting a 429? Invariants and the reasons for
 * them are in docs/design/pacing.md. All times are milliseconds of one clock, passed in.
 */
typedef struct pgaii_pacer {
    double share; /* of the limit that is ours, above 0, at most 1; others use the rest */
    int64_t limit; /* requests a window; 0: never reported, then nothing is held back */
    int64_t remaining;        /* as last reported; -1: not reported */
    int64_t reset_at;         /* when that is outdated */
    int64_t in_flight;        /* sent in the period of last_sent, not yet answered */
    int64_t in_flight_before; /* in the period before */
    int64_t hold_until;       /* a 429 said so */
    int64_t reserve_until; /* another program uses the key: keep some requests unused */

    int64_t receipts[PGAII_PACER_SLOTS]; /* a ring, oldest first from `first` */
    size_t first;
    size_t used;
    int64_t newest_count; /* receipts in the newest slot; all others are full */

    int64_t last_sent;     /* these for even spacing; -1: never */
    int64_t waiting_since; /* -1: no caller had to wait since the last request was sent */
    int64_t demand_since;  /* callers have come without a pause since */
    int64_t demand_waited; /* so long of that time they had to wait */
    int64_t since_exhausted; /* responses since nothing was left; -1: that never was so */
    bool spaced;
    bool fresh; /* what was sent last had no other in flight, and none was answered since:
                   its response tells what is left later than all before */
} pgaii_pacer;

/** A pacer that knows nothing, and may use the whole limit. */
void pgaii_pacer_init(pgaii_pacer *pacer);

/** When the next request may leave: @p now or later. Telling a wait is remembered,
 * because even spacing depends on whether callers had to wait. */
int64_t pgaii_pacer_ready_at(pgaii_pacer *pacer, int64_t now);

/** The same, as a mere question. */
int64_t pgaii_pacer_peek(const pgaii_pacer *pacer, int64_t now);

/** When the last of @p count more requests, from 1, may leave, if responses take no time:
 * @p now or later; INT64_MAX where that is beyond. */
int64_t pgaii_pacer_peek_last(const pgaii_pacer *pacer, int64_t now, int64_t count);

/** A request leaves. */
void pgaii_pacer_sent(pgaii_pacer *pacer, int64_t now);

/** The response to the request that was sent at @p sent_at has come. @p hold_ms: after a
 * 429, how long to send nothing; -1: it was none. */
void pgaii_pacer_answered(pgaii_pacer *pacer, int64_t sent_at, int64_t now,
                          const pgaii_headers *headers, int64_t hold_ms);

/** No response to it came; @p counted: the service may have seen the request. */
void pgaii_pacer_failed(pgaii_pacer *pacer, int64_t sent_at, int64_t now, bool counted);

/** Bytes of a saved pacer at most. */
enum { PGAII_PACER_STATE_SIZE = 120 + 4 * PGAII_PACER_SLOTS };

/** Write the state, in a form that does not depend on the machine (pacer_state.c).
 * @return bytes used. */
size_t
pgaii_pacer_save(const pgaii_pacer *pacer, unsigned char out[PGAII_PACER_STATE_SIZE]);

/** Read it back; false: it is not such a state, and the pacer is unchanged. The share is
 * no part of it. */
bool pgaii_pacer_load(pgaii_pacer *pacer, const unsigned char *state, size_t length);

#endif
