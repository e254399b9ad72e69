#ifndef PGAI_HTTP1_H
#define PGAI_HTTP1_H

#include <stddef.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/protocol.h>
#include <pgai/status.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * HTTP/1.1 without I/O (RFC 9112), for programs that drive the calls of
 * `<pgai/protocol.h>` over sockets of their own: which bytes a request is, and when the
 * bytes that came are a response.
 *
 *     bytes = pgai_http1_begin(http, pgai_call_request(call));
 *     write_all(socket, bytes.data, bytes.length);
 *     do {
 *         got = read(socket, data, sizeof(data));
 *         step = got ? pgai_http1_receive(http, data, got) : pgai_http1_end(http, NULL);
 *     } while (step == PGAI_HTTP1_MORE);
 *     if (step == PGAI_HTTP1_WHOLE)
 *         pgai_call_feed(call, now(), pgai_http1_response(http));
 *     else
 *         pgai_call_fail(call, now(), pgai_http1_failure(http));
 *
 * A response is whole, or it is none: one that was cut anywhere has failed. Its headers,
 * with those of interim responses and trailers, have at most 64 KiB in 256 lines, its
 * body 8 MiB. What others on the way may read in another way is refused: two lengths, a
 * body that was compressed unasked, a transfer encoding other than chunked, and a header
 * line or trailer without a name and a colon, or with a NUL, a CR that does not end it,
 * or a blank in its name. A line that begins with a blank goes on with the one before.
 */

/** One exchange after the other; it holds no socket. For one thread at a time. */
typedef struct pgai_http1 pgai_http1;

/** How far a response is. */
typedef enum pgai_http1_step {
    PGAI_HTTP1_MORE,  /**< more bytes are needed: pgai_http1_receive(), _end() */
    PGAI_HTTP1_WHOLE, /**< pgai_http1_response() has all of the response */
    PGAI_HTTP1_FAILED /**< pgai_http1_failure() tells why there is none */
} pgai_http1_step;

/** Make one.
 *
 * @param[out] out Owned by the caller, pgai_http1_free(); NULL on failure.
 * @return PGAI_OK; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_http1_new(pgai_http1 **out, pgai_error *error);

/** Begin an exchange; what was of the one before is gone.
 *
 * @param request  Copied.
 * @return its bytes, to be sent as they are, valid until the next exchange begins. They
 * hold the key, and are overwritten before their memory is freed. Without data: the
 * request cannot be sent, since there is no memory, or since a part of it has a line end
 * in it; pgai_http1_failure() tells, and nothing is to be sent.
 */
PGAI_API pgai_text pgai_http1_begin(pgai_http1 *http, const pgai_request *request);

/** Take bytes that came, in pieces of any size; they are copied. Once a response is whole
 * or has failed it stays so, and further bytes make its connection one that cannot be
 * used again. */
PGAI_API pgai_http1_step pgai_http1_receive(pgai_http1 *http, const void *data,
                                            size_t length);

/** Report that no more bytes will come.
 *
 * @param reason  NULL: the other side closed the connection in good order, which is how a
 * body without a length ends. Else words for people, copied: why nothing can be read.
 * @return PGAI_HTTP1_WHOLE, or PGAI_HTTP1_FAILED with PGAI_CONNECTION_LOST.
 */
PGAI_API pgai_http1_step pgai_http1_end(pgai_http1 *http, const char *reason);

/** The response, with PGAI_HTTP1_WHOLE; borrowed until the next exchange begins. */
PGAI_API const pgai_response *pgai_http1_response(const pgai_http1 *http);

/** Why there is no response, with PGAI_HTTP1_FAILED; borrowed alike. */
PGAI_API const pgai_failure *pgai_http1_failure(const pgai_http1 *http);

/** Whether any byte of a response came. If none did on a connection that was used before,
 * the other side probably closed it, and a request that is not @c once may be sent again
 * at once on a new one. */
PGAI_API int pgai_http1_began(const pgai_http1 *http);

/** Whether the connection can carry another request, with PGAI_HTTP1_WHOLE: the response
 * ended where it said it would, no bytes came after it, and the connection is to stay. */
PGAI_API int pgai_http1_reusable(const pgai_http1 *http);

/** Free it; NULL is allowed. */
PGAI_API void pgai_http1_free(pgai_http1 *http);

PGAI_END_DECLS

#endif
