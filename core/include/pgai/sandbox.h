#ifndef PGAI_SANDBOX_H
#define PGAI_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/** @file
 * An emulator of the service, to try the library and to test programs.
 *
 * It runs in a thread of its own, and listens only on a loopback address. The same seed
 * gives the same contacts. It can misbehave on command. Link with `pgai-sandbox`.
 */

/** A running sandbox. */
typedef struct pgai_sandbox pgai_sandbox;

/** The contacts of a sandbox, and how it behaves. */
typedef struct pgai_sandbox_options {
    size_t struct_size;  /**< set by its _INIT */
    int port;            /**< 0: any free one */
    int64_t contacts;    /**< at the start */
    uint64_t seed;       /**< of the contacts and of random faults */
    int64_t page_limit;  /**< contacts a page if a request has no limit; 0: 50 */
    int64_t max_limit;   /**< most contacts a page; larger limits are clamped; 0: 50 */
    const char *limiter; /**< "fixed", "fixed_first", "sliding", "counter" or "bucket";
                              NULL: none */
    int64_t rate_limit;  /**< requests a minute of the limiter; 0: 60 */
    const char *faults;  /**< a fault rule or an array of them, as JSON; NULL: none */
    int log_stderr;      /**< 1: a line a request on stderr */
} pgai_sandbox_options;

/** How each pgai_sandbox_options begins. */
#define PGAI_SANDBOX_OPTIONS_INIT                                                        \
    {                                                                                    \
        sizeof(pgai_sandbox_options), 0, 1000, 1, 0, 0, NULL, 0, NULL, 0                 \
    }

/** Start a sandbox.
 *
 * @param options  Copied; NULL: 1,000 contacts.
 * @param[out] out Owned by the caller, pgai_sandbox_stop(); NULL on failure.
 * @param[out] error May be NULL.
 * @return PGAI_OK; PGAI_USAGE: an option or fault rule is not acceptable; PGAI_CONNECT:
 * the port is not free; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_sandbox_start(
    const pgai_sandbox_options *options, pgai_sandbox **out, pgai_error *error);

/** The base URL to give to a client, such as "http://127.0.0.1:40123/v1". Borrowed. */
PGAI_API const char *pgai_sandbox_url(const pgai_sandbox *sandbox);

/** A key with all permissions, "sandbox_key". Static. */
PGAI_API const char *pgai_sandbox_key(const pgai_sandbox *sandbox);

/** Add a fault rule, or an array of them, as JSON; see docs/design/sandbox.md.
 *
 * @return PGAI_OK; PGAI_USAGE: the rule is not acceptable, and none was added;
 *         PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_sandbox_fault(pgai_sandbox *sandbox,
                                                       const char *rules,
                                                       pgai_error *error);

/** What the service did so far, as a JSON object: `{"requests": [{"method", "target",
 * "status", ...}], "created": [{"id", ...}], "counts": {"requests", "created",
 * "connections"}}`.
 *
 * It has the last 65,536 requests and counts all of them. `created` has all contacts that
 * were created, even if their clients got no response. It contains no key.
 *
 * @param[out] out NUL-terminated; owned by the caller, free(). NULL on failure.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_sandbox_log(pgai_sandbox *sandbox, char **out,
                                                     pgai_error *error);

/** Back to the state at the start: contacts as seeded, no faults, an empty log, clock and
 * limiter reset. Connections stay open. */
PGAI_API PGAI_NODISCARD pgai_status pgai_sandbox_reset(pgai_sandbox *sandbox,
                                                       pgai_error *error);

/** Move the sandbox's clock forward, which Date headers and the limiter use. @p ms must
 * not be negative. */
PGAI_API void pgai_sandbox_advance(pgai_sandbox *sandbox, int64_t ms);

/** End the sandbox, its connections and its thread; NULL is allowed. */
PGAI_API void pgai_sandbox_stop(pgai_sandbox *sandbox);

PGAI_END_DECLS

#endif
