#ifndef PGAI_SANDBOX_SERVER_H
#define PGAI_SANDBOX_SERVER_H

#include <pgai/error.h>

#include "connection.h"

/** An HTTP server on the loopback address, for one thread. */
typedef struct pgaii_server pgaii_server;

/** Listen on 127.0.0.1.
 *
 * @param port    0: any free one.
 * @param handler Copied; called on the thread that runs the server.
 * @param[out] out Owned by the caller, pgaii_server_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE: not a port; PGAI_CONNECT: it is not free, or there are no
 * descriptors; PGAI_NO_MEMORY.
 */
pgai_status pgaii_server_open(int port, const pgaii_handler *handler, pgaii_server **out,
                              pgai_error *error);

/** The port it listens on. */
int pgaii_server_port(const pgaii_server *server);

/** Serve until pgaii_server_stop(). */
void pgaii_server_run(pgaii_server *server);

/** Make pgaii_server_run() return soon; any thread. */
void pgaii_server_stop(pgaii_server *server);

/** Close all connections and free the server, which does not run; NULL is allowed. */
void pgaii_server_free(pgaii_server *server);

#endif
