#ifndef PGAI_PROTOCOL_REQUEST_H
#define PGAI_PROTOCOL_REQUEST_H

#include <stdint.h>

#include <pgai/protocol.h>

#include "protocol/buffer.h"

enum { PGAII_MAX_REQUEST_HEADERS = 4 };

/** Contacts a page where all pages are wanted: the documented maximum, since requests are
 * scarce. */
enum { PGAII_DEFAULT_LIMIT = 50 };

/** A request with its memory. What it borrows from the session (key, user agent) must
 * outlive it. */
typedef struct pgaii_request {
    pgai_request view;
    pgai_header headers[PGAII_MAX_REQUEST_HEADERS];
    pgaii_buffer url;
    pgaii_buffer body;
} pgaii_request;

/** Build a request; the arguments are checked. On failure nothing is left to clear.
 *
 * @return PGAI_OK; PGAI_USAGE: the message names the argument; PGAI_NO_MEMORY.
 */
pgai_status pgaii_request_list(pgaii_request *out, const pgai_session *session,
                               const pgai_list_options *options, pgai_error *error);
pgai_status pgaii_request_get(pgaii_request *out, const pgai_session *session,
                              const char *id, pgai_error *error);
pgai_status pgaii_request_create(pgaii_request *out, const pgai_session *session,
                                 const pgai_contact_fields *fields, pgai_error *error);
pgai_status pgaii_request_endpoint(pgaii_request *out, const pgai_session *session,
                                   const pgai_request_options *options,
                                   pgai_error *error);

/** Free what the request owns. */
void pgaii_request_clear(pgaii_request *request);

/** Refuse a page number or limit that is given and below 1. */
pgai_status pgaii_check_count(int64_t value, const char *name, pgai_error *error);

/** Refuse what cannot be the id of a contact. */
pgai_status pgaii_check_id(const char *id, const char *name, pgai_error *error);

#endif
