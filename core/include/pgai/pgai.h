#ifndef PGAI_PGAI_H
#define PGAI_PGAI_H

/** @file
 * All of the client library. `<pgai/protocol.h>` and `<pgai/sandbox.h>` stand apart, for
 * those who bring their own event loop, or test against the emulator.
 */

#include <pgai/client.h>
#include <pgai/contact.h>
#include <pgai/error.h>
#include <pgai/options.h>
#include <pgai/page.h>
#include <pgai/response.h>
#include <pgai/status.h>
#include <pgai/text.h>
#include <pgai/version.h>

#endif
