#ifndef PGAI_PROTOCOL_OPERATION_H
#define PGAI_PROTOCOL_OPERATION_H

#include <stdbool.h>

/** What a response holds. */
typedef enum pgaii_shape { PGAII_A_PAGE, PGAII_A_CONTACT } pgaii_shape;

/** What can be asked of the service. */
typedef struct pgaii_operation {
    const char *method;
    const char *path; /**< below the base URL; the id of a contact comes behind it */
    const char *permission; /**< that the key needs */
    bool once;              /**< it must not be carried out twice */
    pgaii_shape shape;      /**< of its response */
} pgaii_operation;

extern const pgaii_operation pgaii_operation_list;
extern const pgaii_operation pgaii_operation_get;
extern const pgaii_operation pgaii_operation_create;

#endif
