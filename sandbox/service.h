#ifndef PGAI_SANDBOX_SERVICE_H
#define PGAI_SANDBOX_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/contacts.h"
#include "sandbox/exchange.h"
#include "sandbox/key.h"

/** The path that all of the service is below. */
#define PGAII_SERVICE_BASE "/v1"

/** The service when nothing is wrong with it: list, get and create as documented. */
typedef struct pgaii_service {
    pgaii_contacts *contacts; /**< owned */
    int64_t page_limit;       /**< contacts a page when none is asked for */
    int64_t max_limit;        /**< larger limits are clamped to it */
} pgaii_service;

/** What a request asks for, from its method and path. */
pgaii_sandbox_operation pgaii_service_operation(const pgaii_sandbox_request *request);

/** Answer the request of an exchange, for a key.
 *
 * On a lack of memory the response's body is marked as failed.
 */
void pgaii_service_answer(pgaii_service *service, pgaii_key key,
                          pgaii_sandbox_exchange *exchange);

/** Create a contact from a request's body, or answer why not. */
void pgaii_service_create(pgaii_service *service, pgaii_sandbox_exchange *exchange);

#endif
