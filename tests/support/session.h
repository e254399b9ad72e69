#ifndef PGAI_TESTS_SUPPORT_SESSION_H
#define PGAI_TESTS_SUPPORT_SESSION_H

#include <pgai/protocol.h>

/** The key of all sessions made here. */
extern const char session_key[];

/** A session for http://127.0.0.1:8080/v1; fails the test when it cannot be made. */
pgai_session *session_make(void);

/** One that uses that part of the rate limit. */
pgai_session *session_make_sharing(double share);

/** The path and query behind "/v1" of the request that a call wants to send. */
const char *session_target(pgai_call *call);

/** Answer a call with a status, a body and perhaps headers: name and value in turn, then
 * NULL. */
void session_response(pgai_call *call, int64_t now_ms, int status, const char *body, ...)
    __attribute__((sentinel));

/** Report a failure to a call. */
void session_fail(pgai_call *call, int64_t now_ms, pgai_status status, int sent);

#endif
