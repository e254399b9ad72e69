#ifndef PGAI_SANDBOX_EMULATOR_H
#define PGAI_SANDBOX_EMULATOR_H

#include <stdbool.h>
#include <stdint.h>

#include <pgai/error.h>
#include <pgai/sandbox.h>

#include "sandbox/exchange.h"
#include "sandbox/limiter.h"
#include "sandbox/log.h"
#include "sandbox/rule.h"
#include "sandbox/service.h"

/** The service with its clock, limiters, faults and log: everything except the network.
 * One thread at a time. */
typedef struct pgaii_emulator {
    pgaii_service service;
    pgaii_limiter limiters[PGAII_KEY_COUNT]; /**< one a key, as the service has it */
    pgaii_rules rules;
    pgaii_log log;
    pgaii_sandbox_exchange exchange; /**< the one in progress; its memory serves all */
    uint64_t seed;
    int64_t offset_ms; /**< of the service's clock to the machine's */
    uint64_t requests;
    uint64_t connections;
    bool log_stderr;
} pgaii_emulator;

/** Make an emulator.
 *
 * @param options Whole, of this version.
 * @return PGAI_OK; PGAI_USAGE; PGAI_NO_MEMORY. It is to be cleared in any case.
 */
pgai_status pgaii_emulator_init(pgaii_emulator *emulator,
                                const pgai_sandbox_options *options, pgai_error *error);

/** A connection was made.
 *
 * @param[out] delivery What happens to it: its ending.
 * @return The connection's number, from 1.
 */
uint64_t pgaii_emulator_accept(pgaii_emulator *emulator, pgaii_delivery *delivery);

/** Begin with a request, which pgaii_emulator_deliver() ends: the response of the
 * exchange in progress is filled in between. */
void pgaii_emulator_begin(pgaii_emulator *emulator, const pgaii_sandbox_request *request);

/** Deliver the response of the exchange in progress, like pgaii_emulator_request(). */
bool pgaii_emulator_deliver(pgaii_emulator *emulator, pgaii_buffer *out,
                            pgaii_delivery *delivery);

/** Answer a request as the service, with its faults and limiters, and log it.
 *
 * @param[out] out      The bytes of the response are appended.
 * @param[out] delivery How to send them.
 * @return false: there was no memory, and nothing can be answered.
 */
bool pgaii_emulator_request(pgaii_emulator *emulator,
                            const pgaii_sandbox_request *request, uint64_t connection,
                            pgaii_buffer *out, pgaii_delivery *delivery);

/** The service's clock, in milliseconds since 1970. */
int64_t pgaii_emulator_now_ms(const pgaii_emulator *emulator);

/** Move the service's clock forward, at most to PGAII_MAX_CLOCK_MS; what is not positive
 * does nothing. */
void pgaii_emulator_advance(pgaii_emulator *emulator, int64_t ms);

/** Contacts as seeded, no rules, an empty log, clock and limiters as at the start. */
void pgaii_emulator_reset(pgaii_emulator *emulator);

/** Free all it holds. */
void pgaii_emulator_clear(pgaii_emulator *emulator);

#endif
