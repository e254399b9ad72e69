#ifndef PGAI_PROTOCOL_ENDPOINT_H
#define PGAI_PROTOCOL_ENDPOINT_H

#include <pgai/error.h>
#include <pgai/options.h>

#include "protocol/buffer.h"
#include "protocol/operation.h"

/** Refuse what is no request to an endpoint below the base URL.
 *
 * @param[out] method  Of the request.
 * @return PGAI_OK; PGAI_USAGE: the message names the argument.
 */
pgai_status pgaii_endpoint_check(const pgai_request_options *options,
                                 const pgaii_method **method, pgai_error *error);

/** Append the path and the query of a request that was checked. */
void pgaii_endpoint_write(const pgai_request_options *options, pgaii_buffer *url);

#endif
