#ifndef PGAI_PROTOCOL_OPERATION_H
#define PGAI_PROTOCOL_OPERATION_H

#include <stdbool.h>

/** What a response holds. */
typedef enum pgaii_shape { PGAII_A_PAGE, PGAII_A_CONTACT, PGAII_ANY_JSON } pgaii_shape;

/** Whether a request has a body. */
typedef enum pgaii_body { PGAII_NO_BODY, PGAII_MAY_HAVE_BODY, PGAII_HAS_BODY } pgaii_body;

/** A method of HTTP. */
typedef struct pgaii_method {
    const char *name;
    bool once; /**< it changes something, so it must not be carried out twice */
    pgaii_body body;
} pgaii_method;

/** The method of a name, exactly; NULL: it is none that can be sent. */
const pgaii_method *pgaii_method_find(const char *name);

/** What can be asked of the service. */
typedef struct pgaii_operation {
    const char *method;     /**< NULL: the caller gives it */
    const char *path;       /**< below the base URL; an id, or any path, is appended */
    const char *route;      /**< the path without an id; NULL: the caller gives it */
    const char *permission; /**< that the key needs; NULL: only the service knows */
    pgaii_shape shape;      /**< of its response */
    const char *unknown;    /**< what an unknown outcome means */
    const char *done;       /**< what its caller must check then */
} pgaii_operation;

extern const pgaii_operation pgaii_operation_list;
extern const pgaii_operation pgaii_operation_get;
extern const pgaii_operation pgaii_operation_create;
extern const pgaii_operation pgaii_operation_request;

#endif
