#ifndef PGAI_PROTOCOL_CALL_H
#define PGAI_PROTOCOL_CALL_H

#include <stdbool.h>

#include <pgai/protocol.h>

#include "protocol/buffer.h"
#include "protocol/request.h"
#include "protocol/response.h"

/** Waits by cause, and how often. */
typedef struct pgaii_call_stats {
    int requests;
    int64_t waited_ms[PGAI_WAIT_BACKOFF + 1]; /* by pgai_wait_cause */
} pgaii_call_stats;

typedef enum pgaii_call_state {
    PGAII_CALL_READY, /* to be sent as soon as the pacer allows */
    PGAII_CALL_OUT,   /* a request is out */
    PGAII_CALL_DONE,
    PGAII_CALL_FAILED
} pgaii_call_state;

struct pgai_call {
    pgai_session *session;
    pgaii_request request;
    pgaii_expectation expected;
    char *id;      /* of a get; expected.id borrows it */
    int64_t parts; /* of a plan; 0: it is none */
    int64_t limit; /* of a plan, as asked */
    pgai_call_options options;

    pgaii_call_state state;
    bool started;
    bool told;       /* that it is over: by its last step */
    bool taken;      /* the request that is out was asked for, so it may have left */
    bool ahead;      /* nobody needs its result yet: see pgaii_call_lead() */
    bool held;       /* it failed ahead, and its next attempt waits for its turn */
    int64_t sent_at; /* of the request that is out, or was last */
    int64_t deadline_at;
    int64_t end_at;        /* no deadline is later; INT64_MAX: none */
    int64_t not_before;    /* the end of a backoff, or of a wait after a 429 */
    int64_t waiting_since; /* -1: not waiting */
    int64_t wait_until;
    pgai_wait_cause wait_cause;
    int64_t backoff_ms; /* the last one, for decorrelated jitter; 0: none yet */
    int attempts;       /* that count against max_attempts: 429s do not */
    int limited;        /* 429s in a row */
    pgaii_call_stats stats;
    struct pgaii_notes *notes; /* what happened; NULL: nobody listens */

    pgai_page *page;         /* of a call for contacts that is done */
    pgai_response *response; /* of any other; of one that failed: the last one, bare */
    pgai_error first;        /* of the first attempt that failed */
    pgai_response *first_response;
    pgai_error error; /* of the last one; the outcome when the call has failed */
};

/** Somebody needs the result of a call that was made ahead. Until then it is only a guess
 * that somebody will, so it cannot end badly for reasons that a call made now would not
 * have: no deadline and no max_wait end its waits, which are not counted; and after a
 * failure it waits for its turn instead of trying again. Its first attempt after that
 * takes nothing from the retry budget.
 */
void pgaii_call_lead(pgai_call *call, int64_t now);

/** Let the deadline count from now on, unless it does already. */
void pgaii_call_begin(pgai_call *call, int64_t now_ms);

/** pgai_call_feed(), but the body is taken over from @p body, which is left empty,
 * instead of copied; response->body is ignored. */
void pgaii_call_feed_take(pgai_call *call, int64_t now_ms, const pgai_response *response,
                          pgaii_buffer *body);

#endif
