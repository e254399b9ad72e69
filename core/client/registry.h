#ifndef PGAI_CLIENT_REGISTRY_H
#define PGAI_CLIENT_REGISTRY_H

#include <pgai/protocol.h>

/** @file
 * The sessions of the process. The service counts requests by key, so all clients of one
 * key and base URL pace themselves by one session. Those with another share of the rate
 * limit have another one: the shares add up.
 */

/** Share a session.
 *
 * @param fresh  Taken over, also on failure.
 * @return the session of the process with the key, base URL and share of @p fresh, which
 * is @p fresh itself when there was none; NULL: no memory. Given back with
 * pgaii_registry_release().
 */
pgai_session *pgaii_registry_share(pgai_session *fresh);

/** Share one that was shared already; each is given back on its own. */
void pgaii_registry_keep(pgai_session *session);

/** Give a session back; the last one to do so frees it. NULL is allowed. */
void pgaii_registry_release(pgai_session *session);

#endif
