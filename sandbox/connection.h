#ifndef PGAI_SANDBOX_CONNECTION_H
#define PGAI_SANDBOX_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/buffer.h"
#include "sandbox/request.h"
#include "sandbox/response.h"

/** The handler that answers: the server and its connections know nothing of contacts. */
typedef struct pgaii_handler {
    void *data;

    /** A connection was made. @return Its number.
     * @param[out] delivery Its ending says what happens to the connection. */
    uint64_t (*accept)(void *data, pgaii_delivery *delivery);

    /** A request came; its response is appended to @p out. @return false: there is none,
     * and the connection is closed. */
    bool (*respond)(void *data, const pgaii_sandbox_request *request, uint64_t connection,
                    pgaii_buffer *out, pgaii_delivery *delivery);
} pgaii_handler;

/** What a connection does. */
typedef enum pgaii_doing {
    PGAII_DOING_READ,   /**< waits for a request, or the rest of one */
    PGAII_DOING_SEND,   /**< waits until more bytes of its response fit */
    PGAII_DOING_WAIT,   /**< waits for a time to send */
    PGAII_DOING_HOLD,   /**< waits for the client to close */
    PGAII_DOING_LINGER, /**< drops what the client still sends, for a while */
    PGAII_DOING_CLOSE,  /**< nothing: it is to be freed */
    PGAII_DOING_RESET   /**< nothing: it is to be freed, with a RST */
} pgaii_doing;

typedef struct pgaii_connection {
    struct pgaii_connection *next; /**< these four are the server's */
    struct pgaii_connection *previous;
    uint32_t events;
    int fd;
    uint64_t number;
    pgaii_doing doing;
    int64_t wake_ms; /**< by the steady clock; WAIT and LINGER: when to go on */
    pgaii_buffer in;
    pgaii_buffer out;
    size_t sent;      /**< bytes of `out` */
    size_t piece_end; /**< bytes of `out` that may be sent before the next wait */
    pgaii_delivery delivery;
} pgaii_connection;

/** A connection that reads. @p fd is non-blocking, and owned by it; NULL: no memory, and
 * @p fd is as it was. */
pgaii_connection *pgaii_connection_new(int fd, uint64_t number);

/** The descriptor has something to read or an error, or can take more bytes. */
void pgaii_connection_ready(pgaii_connection *connection, const pgaii_handler *handler);

/** `wake_ms` has come. */
void pgaii_connection_wake(pgaii_connection *connection, const pgaii_handler *handler);

/** Close and free; NULL is allowed. */
void pgaii_connection_free(pgaii_connection *connection);

#endif
