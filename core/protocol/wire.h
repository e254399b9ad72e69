#ifndef PGAI_PROTOCOL_WIRE_H
#define PGAI_PROTOCOL_WIRE_H

#include <stdbool.h>

#include <pgai/protocol.h>

#include "protocol/buffer.h"

/** Write the bytes of a request as HTTP/1.1 has them (RFC 9112, sections 3 and 5).
 *
 * They hold the key: the buffer is grown once, so that no copy is left in memory that was
 * given back, and is to be wiped.
 *
 * @param out  Empty, with a maximum that no request reaches. What it holds on failure is
 * not to be sent.
 * @return false: out->failed for lack of memory; or a line contains a control byte, such
 * as a line end, after which an attacker could place a header or a request.
 */
bool pgaii_wire_write(const pgai_request *request, pgaii_buffer *out);

#endif
