#ifndef PGAI_CLIENT_DRIVER_H
#define PGAI_CLIENT_DRIVER_H

#include <pgai/protocol.h>

#include "client/client.h"
#include "engine/drive.h"

/** Wait until a call is over, and then for the requests that are out, but not for long.
 * Calls that are over are driven no more. Something that ends the wait, such as an
 * interrupt or a cancel, ends all calls.
 *
 * @param drive    With one call or more. It borrows a multi of the client's pool while it
 * has any.
 */
void pgaii_driver_wait(const pgai_client *client, pgaii_drive *drive);

/** Give up what is still driven, and free what the drive owns. */
void pgaii_driver_end(const pgai_client *client, pgaii_drive *drive);

/** Drive one call to its end.
 *
 * @return PGAI_OK: the result can be taken from the call; else why it failed.
 */
pgai_status
pgaii_driver_run(const pgai_client *client, pgai_call *call, pgai_error *error);

#endif
