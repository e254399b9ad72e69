#ifndef PGAI_CLIENT_CLIENT_H
#define PGAI_CLIENT_CLIENT_H

#include <pgai/client.h>

#include "client/observer.h"
#include "client/pool.h"

/** A client is a session and call options over a pool that others may share; it does not
 * change.
 */
struct pgai_client {
    pgaii_pool *pool;
    pgai_session *session;          /* of the registry */
    pgai_call_options call_options; /* as given: 0 is the default of the operation */
    pgai_interrupt interrupt;
    void *interrupt_data;
    pgaii_observer observer;
};

/** Whether calls of the client may begin: PGAI_OK; PGAI_USAGE: a NULL, which the message
 * names; PGAI_CLOSED. */
pgai_status
pgaii_client_check(const pgai_client *client, const void *out, pgai_error *error);

#endif
