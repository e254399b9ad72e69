#ifndef PGAI_ENGINE_SOCKETS_H
#define PGAI_ENGINE_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <curl/curl.h>

/** A socket that libcurl has open. A number alone does not tell one: others can have
 * closed it, and opened something else under it. */
typedef struct pgaii_socket {
    curl_socket_t number;
    dev_t device; /**< these two name what was opened under the number */
    ino_t inode;
    int local_port; /**< 0: no request went over it yet */
} pgaii_socket;

/** The sockets that libcurl has open on a multi handle. All zero: none.
 *
 * A forked child closes these descriptors, which are its own copies, and leaves libcurl's
 * handles alone: cleaning those up would say goodbye on the parent's TLS connections.
 */
typedef struct pgaii_sockets {
    pgaii_socket *open; /**< owned */
    size_t count;
    size_t capacity;
} pgaii_sockets;

/** CURLOPT_OPENSOCKETFUNCTION: a socket that programs started later do not inherit.
 * CURL_SOCKET_BAD when there is none, or no room to note it. */
curl_socket_t
pgaii_sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address);

/** What to tell people when there are none. */
extern const char pgaii_sockets_none_left[];

/** Whether the process can have some more descriptors, as many as a DNS lookup and a
 * connection with its certificates need at once. libcurl does not report the lack of
 * them. */
bool pgaii_sockets_left(void);

/** CURLOPT_CLOSESOCKETFUNCTION. */
int pgaii_sockets_close(void *sockets, curl_socket_t socket);

/** Use the connection from a local port for a request.
 *
 * @return false: it was used before, and there is something to read on it, or its end,
 * though nothing was asked: what comes first would be taken for the response.
 */
bool pgaii_sockets_use(pgaii_sockets *sockets, int local_port);

/** Close all that are still what was opened, without a word to libcurl. */
void pgaii_sockets_abandon(pgaii_sockets *sockets);

/** Free the list, once libcurl has closed all. */
void pgaii_sockets_clear(pgaii_sockets *sockets);

#endif
