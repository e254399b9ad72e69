#ifndef PGAI_SANDBOX_EXCHANGE_H
#define PGAI_SANDBOX_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/contacts.h"
#include "sandbox/request.h"
#include "sandbox/response.h"

/** An operation that a request asks for; a set of them is the sum. */
typedef enum pgaii_sandbox_operation {
    PGAII_SANDBOX_LIST = 1,
    PGAII_SANDBOX_GET = 2,
    PGAII_SANDBOX_CREATE = 4,
    PGAII_OTHER = 8 /**< no operation of the service */
} pgaii_sandbox_operation;

enum {
    PGAII_READS_CONTACTS = PGAII_SANDBOX_LIST | PGAII_SANDBOX_GET | PGAII_SANDBOX_CREATE,
    PGAII_SANDBOX_ANY_OPERATION = ~0
};

/** How a list differs from the one that was requested. */
typedef struct pgaii_list_changes {
    int64_t most;          /**< contacts a page, limits above are clamped; 0: the usual */
    const int64_t *limits; /**< the only ones, rising, up to a 0: others are rounded down,
                                those below the first one up; NULL: all */
    int64_t from_page;     /**< the contacts of this page, whichever was requested; 0: the
                                requested one */
    int64_t drop;          /**< this many contacts at the end of the page are left out */
} pgaii_list_changes;

/** One request and its outcome. */
typedef struct pgaii_sandbox_exchange {
    const pgaii_sandbox_request *request; /**< NULL while a connection is accepted */
    pgaii_sandbox_operation operation;
    pgaii_contacts *contacts; /**< of the service: a fault may change them as other
                                   programs would */
    int64_t now_ms;           /**< by the service's clock */
    pgaii_list_changes list;
    bool answered; /**< a fault answers in place of the service */
    pgaii_sandbox_response response;
    bool has_unasked;               /**< another, unrequested response follows, */
    pgaii_sandbox_response unasked; /**< by itself, after the delivery's pause */
    pgaii_delivery delivery;
} pgaii_sandbox_exchange;

#endif
