#ifndef PGAI_PGAI_H
#define PGAI_PGAI_H

/** @file
 * All of the client library. Two headers are not included: `<pgai/protocol.h>`,
 * for programs with their own event loop, and `<pgai/sandbox.h>`, for tests with the
 * emulator.
 */

#include <pgai/arrow.h>
#include <pgai/client.h>
#include <pgai/contact.h>
#include <pgai/error.h>
#include <pgai/event.h>
#include <pgai/options.h>
#include <pgai/page.h>
#include <pgai/response.h>
#include <pgai/status.h>
#include <pgai/text.h>
#include <pgai/version.h>
#include <pgai/writer.h>

#endif
