/* The operations of the service, a row each, and the methods of HTTP. */
#include "protocol/operation.h"

#include <stddef.h>
#include <string.h>

#define CONTACTS "/contacts"
#define READ "contacts:read"
#define WRITE "contacts:write"

static const pgaii_method methods[] = {
    {"GET", false, PGAII_NO_BODY},   {"HEAD", false, PGAII_NO_BODY},
    {"POST", true, PGAII_HAS_BODY},  {"PUT", true, PGAII_HAS_BODY},
    {"PATCH", true, PGAII_HAS_BODY}, {"DELETE", true, PGAII_MAY_HAVE_BODY},
};

const pgaii_operation pgaii_operation_list = {
    .method = "GET",
    .path = CONTACTS,
    .route = CONTACTS,
    .permission = READ,
    .shape = PGAII_A_PAGE,
};

const pgaii_operation pgaii_operation_get = {
    .method = "GET",
    .path = CONTACTS "/",
    .route = CONTACTS "/{id}",
    .permission = READ,
    .shape = PGAII_A_CONTACT,
};

const pgaii_operation pgaii_operation_create = {
    .method = "POST",
    .path = CONTACTS,
    .route = CONTACTS,
    .permission = WRITE,
    .shape = PGAII_A_CONTACT,
    .unknown = "the contact may or may not have been created",
    .done = "it exists",
};

const pgaii_operation pgaii_operation_request = {
    .path = "",
    .shape = PGAII_ANY_JSON,
    .unknown = "the request may or may not have been carried out",
    .done = "it took effect",
};

const pgaii_method *pgaii_method_find(const char *name)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    }
    return NULL;
}
