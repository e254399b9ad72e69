#ifndef PGAI_STATUS_H
#define PGAI_STATUS_H

#include <pgai/api.h>

PGAI_BEGIN_DECLS

/** @file
 * The outcomes of calls.
 */

/** Every outcome of the library, in one place.
 *
 * X(NAME, value, word, python, text): the enumerator PGAI_NAME and its value; the
 * lower-case word, which is also the `kind` of a Lua error; the Python exception; a short
 * reason, used if there is nothing more exact to say. Values are part of the ABI and
 * never change.
 */
#define PGAI_STATUS_LIST(X)                                                              \
    X(OK, 0, ok, "", "success")                                                          \
    X(DONE, 1, done, "", "there are no more pages")                                      \
    X(USAGE, 2, usage, "UsageError", "an argument is not acceptable")                    \
    X(NO_MEMORY, 3, no_memory, "MemoryError", "out of memory")                           \
    X(CONNECT, 4, connect, "ConnectError", "could not connect to the service")           \
    X(TLS, 5, tls, "TLSError", "no secure connection to the service")                    \
    X(TIMEOUT, 6, timeout, "TimeoutError", "the service did not answer in time")         \
    X(CONNECTION_LOST, 7, connection_lost, "ConnectionLostError",                        \
      "the connection was lost before the response was complete")                        \
    X(PROTOCOL, 8, protocol, "TransportError", "the response is not valid HTTP")         \
    X(TOO_LARGE, 9, too_large, "TransportError", "the response is larger than allowed")  \
    X(DECODE, 10, decode, "DecodeError",                                                 \
      "the response is not what the service documents")                                  \
    X(REDIRECT, 11, redirect, "TransportError",                                          \
      "the service redirects, and redirects are not followed")                           \
    X(BAD_REQUEST, 12, bad_request, "BadRequestError", "bad request")                    \
    X(AUTHENTICATION, 13, authentication, "AuthenticationError",                         \
      "the API key is missing or not valid")                                             \
    X(INSUFFICIENT_CREDITS, 14, insufficient_credits, "InsufficientCreditsError",        \
      "insufficient credits")                                                            \
    X(PERMISSION_DENIED, 15, permission_denied, "PermissionDeniedError",                 \
      "the API key lacks a permission")                                                  \
    X(NOT_FOUND, 16, not_found, "NotFoundError", "not found")                            \
    X(CONFLICT, 17, conflict, "ConflictError", "conflict")                               \
    X(UNPROCESSABLE, 18, unprocessable, "UnprocessableEntityError",                      \
      "unprocessable entity")                                                            \
    X(RATE_LIMITED, 19, rate_limited, "RateLimitError", "rate limit exceeded")           \
    X(API_ERROR, 20, api, "APIError", "the service refused the request")                 \
    X(SERVER, 21, server, "ServerError", "the service failed")                           \
    X(OUTCOME_UNKNOWN, 22, outcome_unknown, "OutcomeUnknownError",                       \
      "the request may or may not have been carried out")                                \
    X(CANCELLED, 23, cancelled, "CancelledError", "the call was cancelled")              \
    X(CLOSED, 24, closed, "ClosedError", "the client is closed")                         \
    X(NOT_YIELDABLE, 25, not_yieldable, "TransportError", "a wait is not possible here") \
    X(EXITING, 26, exiting, "TransportError", "the worker process is exiting")           \
    X(OVERLOADED, 27, overloaded, "TransportError", "too many calls are waiting")        \
    X(INCOMPLETE, 28, incomplete, "IncompleteError",                                     \
      "nothing proves that the walk returned all contacts")

/** The outcome of a call: PGAI_OK, PGAI_DONE and so on, see #PGAI_STATUS_LIST. */
typedef enum pgai_status {
#define X(name, value, word, python, text) PGAI_##name = (value),
    PGAI_STATUS_LIST(X)
#undef X
} pgai_status;

/** The lower-case word of a status, such as "not_found"; "unknown" for any other number.
 * Static storage. */
PGAI_API const char *pgai_status_name(pgai_status status);

/** A short English reason for a status; static storage. */
PGAI_API const char *pgai_status_text(pgai_status status);

PGAI_END_DECLS

#endif
