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

const pgaii_operation pgaii_operation_list = {"GET",        CONTACTS, READ,
                                              PGAII_A_PAGE, NULL,     NULL};
const pgaii_operation pgaii_operation_get = {"GET",           CONTACTS "/", READ,
                                             PGAII_A_CONTACT, NULL,         NULL};
const pgaii_operation pgaii_operation_create = {
    "POST",
    CONTACTS,
    WRITE,
    PGAII_A_CONTACT,
    "the contact may or may not have been created",
    "it exists"};
const pgaii_operation pgaii_operation_request = {
    NULL,
    "",
    NULL,
    PGAII_ANY_JSON,
    "the request may or may not have been carried out",
    "it took effect"};

const pgaii_method *pgaii_method_find(const char *name)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    }
    return NULL;
}
