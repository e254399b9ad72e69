/* The operations of the service, a row each. */
#include "protocol/operation.h"

#define CONTACTS "/contacts"
#define READ "contacts:read"
#define WRITE "contacts:write"

const pgaii_operation pgaii_operation_list = {"GET", CONTACTS, READ, false, PGAII_A_PAGE};
const pgaii_operation pgaii_operation_get = {"GET", CONTACTS "/", READ, false,
                                             PGAII_A_CONTACT};
const pgaii_operation pgaii_operation_create = {"POST", CONTACTS, WRITE, true,
                                                PGAII_A_CONTACT};
