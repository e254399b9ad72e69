#ifndef PGAI_SANDBOX_LOG_H
#define PGAI_SANDBOX_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/buffer.h"
#include "sandbox/contacts.h"
#include "sandbox/exchange.h"
#include "sandbox/fault.h"
#include "sandbox/key.h"

enum {
    PGAII_LOG_REQUESTS = 65536, /**< this many of the last requests are kept; all are
                                     counted */
    PGAII_LOG_TARGET = 160      /**< longer targets are cut; list and get are shorter */
};

/** What is kept of a request: no header, no body, and only the kind of the key.
 */
typedef struct pgaii_log_entry {
    int64_t time_ms; /**< by the service's clock */
    uint64_t request_id;
    uint64_t connection;      /**< number, from 1 */
    const pgaii_fault *fault; /**< of the first rule that matched; NULL: none */
    pgaii_key key;
    int status; /**< of the response, as much of it as was sent */
    char method[12];
    char target[PGAII_LOG_TARGET + 1];
} pgaii_log_entry;

typedef struct pgaii_log {
    pgaii_log_entry *entries; /**< a ring; pages of it that are not used cost no memory */
    uint64_t count;           /**< of all requests */
} pgaii_log;

/** An empty log; false when there is no memory. */
bool pgaii_log_init(pgaii_log *log);

/** Remember a request that was answered. @return The entry, valid until the next one. */
const pgaii_log_entry *
pgaii_log_add(pgaii_log *log, const pgaii_sandbox_exchange *exchange, pgaii_key key,
              uint64_t connection, const pgaii_fault *fault);

/** Append the log as JSON: `{"requests": [...], "created": [...], "counts": {...}}`,
 * oldest first; `created` has the contacts as get returns them. */
bool pgaii_log_write(const pgaii_log *log, const pgaii_contacts *contacts,
                     uint64_t connections, pgaii_buffer *out);

/** Write one entry as a line to stderr. */
void pgaii_log_print(const pgaii_log_entry *entry);

/** Forget all requests. */
void pgaii_log_reset(pgaii_log *log);

/** Free the log. */
void pgaii_log_clear(pgaii_log *log);

#endif
