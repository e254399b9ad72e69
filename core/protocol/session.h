#ifndef PGAI_PROTOCOL_SESSION_H
#define PGAI_PROTOCOL_SESSION_H

#include <pgai/protocol.h>

#include "protocol/pacer.h"
#include "protocol/retry.h"
#include "protocol/url.h"

struct pgai_session {
    char *key;
    char *user_agent;
    pgaii_url url;
    void (*lock)(void *data);
    void (*unlock)(void *data);
    void *lock_data;
    /* What follows is shared between calls: only under the lock. */
    pgaii_pacer pacer;
    pgaii_budget budget;
    pgaii_random random;
    uint64_t listened; /* calls that somebody listens to */
};

/** The service's own address, and "pgai/VERSION". */
extern const char pgaii_session_base_url[];
extern const char pgaii_session_user_agent[];

/** Whether text can be sent as a User-Agent; NULL can. @return PGAI_OK; PGAI_USAGE. */
pgai_status pgaii_session_check_user_agent(const char *user_agent, pgai_error *error);

/** pgai_session_save() and _load(), by who has the lock. @return whether it is such a
 * state; otherwise the session is unchanged. */
size_t pgaii_session_write(const pgai_session *session,
                           unsigned char out[PGAI_SESSION_STATE_SIZE]);
bool pgaii_session_read(pgai_session *session, const unsigned char *state, size_t length);

/** Take and give back what makes the shared part safe between threads. */
void pgaii_session_lock(const pgai_session *session);
void pgaii_session_unlock(const pgai_session *session);

#endif
