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
};

/** Take and give back what makes the shared part safe between threads. */
void pgaii_session_lock(const pgai_session *session);
void pgaii_session_unlock(const pgai_session *session);

#endif
