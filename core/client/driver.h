#ifndef PGAI_CLIENT_DRIVER_H
#define PGAI_CLIENT_DRIVER_H

#include <pgai/protocol.h>

#include "client/client.h"

/** Drive a call to its end: send and wait as it says.
 *
 * @return PGAI_OK: the result can be taken from the call; else why it failed.
 */
pgai_status pgaii_drive(const pgai_client *client, pgai_call *call, pgai_error *error);

#endif
