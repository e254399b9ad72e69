/* Sessions whose pacing other processes of the host share, by a file. */
#include "client/shared_session.h"

#include <stdlib.h>
#include <string.h>

#include <pgai/shared_pace.h>

#include "client/observer.h"
#include "engine/clock.h"
#include "engine/process.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/session.h"

/* A clock that is read before the lock is taken may be a little behind that of another
 * process. Far ahead: the state is of another clock. */
enum { MAX_AHEAD_MS = 10000 };

typedef struct shared {
    pgai_shared_pace *pace;
    pgai_session *session;
    bool locked;
    unsigned char state[PGAI_SESSION_STATE_SIZE];
    int64_t flying; /* requests in flight before a step without the file */
    int64_t owed;   /* sent, less those answered, in such steps: others do not know */
} shared;

static int64_t count_flying(const pgaii_pacer *pacer)
{
    return pacer->in_flight + pacer->in_flight_before;
}

/* What the file has not heard of. */
static void tell_owed(shared *it, int64_t now)
{
    pgaii_pacer *pacer = &it->session->pacer;

    for (; it->owed > 0; it->owed--)
        pgaii_pacer_sent(pacer, now);
    for (; it->owed < 0; it->owed++)
        pgaii_pacer_failed(pacer, now, now, true);
}

static void read_state(shared *it, size_t length)
{
    int64_t now = pgaii_clock_now_ms();
    pgaii_pacer own = it->session->pacer;

    if (length > 0 && pgaii_session_read(it->session, it->state, length) &&
        it->session->pacer.last_sent > now + MAX_AHEAD_MS)
        it->session->pacer = own;
    tell_owed(it, now);
}

static void lock(void *data)
{
    shared *it = data;
    const char *trouble;
    int length;

    pgaii_process_lock_pace();
    length = pgai_shared_pace_lock(it->pace, it->state);
    it->locked = length >= 0;
    if (it->locked)
        read_state(it, (size_t)length);
    else
        it->flying = count_flying(&it->session->pacer);
    trouble = pgai_shared_pace_trouble(it->pace);
    if (trouble)
        pgaii_observer_warn(trouble);
}

static void unlock(void *data)
{
    shared *it = data;
    unsigned char state[PGAI_SESSION_STATE_SIZE];

    if (it->locked)
        pgai_shared_pace_unlock(it->pace, state, pgaii_session_write(it->session, state));
    else
        it->owed += count_flying(&it->session->pacer) - it->flying;
    pgaii_process_unlock_pace();
}

pgai_status pgaii_shared_session_open(pgai_session *session, pgai_error *error)
{
    shared *it = pgaii_new(sizeof(*it));
    pgai_status status;

    if (!it)
        return pgaii_fail_memory(error);
    it->session = session;
    status = pgai_shared_pace_open(session->url.text, session->key, session->pacer.share,
                                   &it->pace, error);
    if (status != PGAI_OK) {
        free(it);
        return status;
    }
    session->lock = lock;
    session->unlock = unlock;
    session->lock_data = it;
    return PGAI_OK;
}

bool pgaii_shared_session_is(const pgai_session *session)
{
    return session->lock == lock;
}

void pgaii_shared_session_free(pgai_session *session)
{
    shared *it = session && pgaii_shared_session_is(session) ? session->lock_data : NULL;

    pgai_session_free(session);
    if (it)
        pgai_shared_pace_free(it->pace);
    free(it);
}
