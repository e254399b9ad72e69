#ifndef PGAI_SANDBOX_CONTROL_H
#define PGAI_SANDBOX_CONTROL_H

#include <stdbool.h>

#include "sandbox/emulator.h"

/** @file
 * How other languages and processes control the sandbox: requests below `/__sandbox/`.
 * They need no key, no fault or limiter applies to them, and they are not logged. Those
 * that a web page of another origin may have caused are refused.
 */

/** Whether a request is for the sandbox itself. */
bool pgaii_control_is_for(const pgaii_sandbox_request *request);

/** Answer such a request, like pgaii_emulator_request(). */
bool pgaii_control_request(pgaii_emulator *emulator, const pgaii_sandbox_request *request,
                           pgaii_buffer *out, pgaii_delivery *delivery);

#endif
