#ifndef PGAI_CLIENT_SHARED_SESSION_H
#define PGAI_CLIENT_SHARED_SESSION_H

#include <stdbool.h>

#include <pgai/protocol.h>

/** @file
 * Sessions whose pacing other processes of the host share, by a file. Each use of what
 * the calls of such a session share is one step under the lock of the file.
 */

/** Make a session, which nobody uses yet, share its pacing.
 *
 * @return PGAI_OK; PGAI_USAGE: the file cannot be used; PGAI_NO_MEMORY. The session is
 * then as it was.
 */
pgai_status pgaii_shared_session_open(pgai_session *session, pgai_error *error);

/** Whether it does. */
bool pgaii_shared_session_is(const pgai_session *session);

/** Free a session, shared or not; NULL is allowed. */
void pgaii_shared_session_free(pgai_session *session);

#endif
