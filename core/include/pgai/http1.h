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
 * `<pgai/protocol.h>` over sockets of their own: it writes requests as bytes, and reads
 * responses from bytes.
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
 * A response that was cut anywhere is a failure. Its headers, with those of interim
 * responses and trailers, have at most 64 KiB in 256 lines; its body has at most 8 MiB.
 * What other readers may read differently is refused: two lengths; compression that was
 * not requested; a transfer encoding other than chunked; a header line or trailer without
 * a name and a colon, or with a NUL, with a CR that does not end it, or with a blank in
 * its name. A line that begins with a blank continues the line before.
 */

/** It handles one exchange after another, and holds no socket. For one thread at a time.
 */
typedef struct pgai_http1 pgai_http1;

/** The state of a response. */
typedef enum pgai_http1_step {
    PGAI_HTTP1_MORE,  /**< more bytes are needed: pgai_http1_receive(), _end() */
    PGAI_HTTP1_WHOLE, /**< pgai_http1_response() has all of the response */
    PGAI_HTTP1_FAILED /**< pgai_http1_failure() says why there is none */
} pgai_http1_step;

/** Make a reader of responses and writer of requests.
 *
 * @param[out] out Owned by the caller, pgai_http1_free(); NULL on failure.
 * @return PGAI_OK; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_http1_new(pgai_http1 **out, pgai_error *error);

/** Begin an exchange; what belonged to the one before is freed.
 *
 * @param request  Copied.
 * @return its bytes, to be sent as they are, valid until the next exchange begins. They
 * contain the key, and are overwritten before their memory is freed. Without data the
 * request cannot be sent, because there is no memory, or because a part of it contains a
 * line end; then send nothing, and see pgai_http1_failure().
 */
PGAI_API pgai_text pgai_http1_begin(pgai_http1 *http, const pgai_request *request);

/** Take bytes that came, in pieces of any size; they are copied. A response that is whole
 * or failed does not change any more; further bytes only mean that the connection cannot
 * be used again. */
PGAI_API pgai_http1_step pgai_http1_receive(pgai_http1 *http, const void *data,
                                            size_t length);

/** Report that no more bytes will come.
 *
 * @param reason  NULL: the other side closed the connection properly, as at the end of a
 * body without a length. Otherwise text for people, copied: why nothing can be read.
 * @return PGAI_HTTP1_WHOLE, or PGAI_HTTP1_FAILED with PGAI_CONNECTION_LOST.
 */
PGAI_API pgai_http1_step pgai_http1_end(pgai_http1 *http, const char *reason);

/** The response, with PGAI_HTTP1_WHOLE; borrowed until the next exchange begins. */
PGAI_API const pgai_response *pgai_http1_response(const pgai_http1 *http);

/** Why there is no response, with PGAI_HTTP1_FAILED; borrowed in the same way. */
PGAI_API const pgai_failure *pgai_http1_failure(const pgai_http1 *http);

/** Whether any byte of a response came. If none came on a connection that was used
 * before, the other side probably closed it. Then a request that is not @c once may be
 * sent again at once on a new connection. */
PGAI_API int pgai_http1_began(const pgai_http1 *http);

/** Whether the connection can carry another request, with PGAI_HTTP1_WHOLE: the response
 * ended where it said it would, no bytes came after it, and the connection stays open. */
PGAI_API int pgai_http1_reusable(const pgai_http1 *http);

/** Free it; NULL is allowed. */
PGAI_API void pgai_http1_free(pgai_http1 *http);

PGAI_END_DECLS

#endif
