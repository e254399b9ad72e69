#ifndef PGAI_PROTOCOL_EVENT_H
#define PGAI_PROTOCOL_EVENT_H

#include <pgai/event.h>

#include "protocol/call.h"
#include "protocol/headers.h"

/** @file
 * What a call notes while somebody listens (pgai_call_listen()); otherwise each of these
 * does nothing.
 */

/** A request is to be sent now. */
void pgaii_note_request(pgai_call *call, int64_t now);

/** It is over.
 *
 * @param headers  Of the response; NULL: none came.
 * @param bytes    Of its body.
 * @param status   Why it failed; PGAI_OK: it did not.
 */
void pgaii_note_response(pgai_call *call, int64_t now, const pgaii_headers *headers,
                         int http_status, size_t bytes, pgai_status status);

/** After the failure that is in the call's error, it is tried again. */
void pgaii_note_retry(pgai_call *call, int64_t wait, pgai_wait_cause cause);

/** The call waits; the same wait is noted once. */
void pgaii_note_wait(pgai_call *call, int64_t now, int64_t until, pgai_wait_cause cause);

/** The page of the call was read. */
void pgaii_note_page(pgai_call *call);

/** Free the notes of a call; NULL is allowed. */
void pgaii_notes_free(struct pgaii_notes *notes);

#endif
