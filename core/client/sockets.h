#ifndef PGAI_CLIENT_SOCKETS_H
#define PGAI_CLIENT_SOCKETS_H

#include <stddef.h>

#include <curl/curl.h>

/** The sockets that libcurl has open on a transfer. All zero: none.
 *
 * A forked child closes these descriptors, which are its own copies, and leaves libcurl's
 * handles alone: cleaning those up would say goodbye on the parent's TLS connections.
 */
typedef struct pgaii_sockets {
    curl_socket_t *open; /**< owned */
    size_t count;
    size_t capacity;
} pgaii_sockets;

/** CURLOPT_OPENSOCKETFUNCTION: a socket that programs started later do not inherit.
 * CURL_SOCKET_BAD when there is none, or no room to note it. */
curl_socket_t
pgaii_sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address);

/** CURLOPT_CLOSESOCKETFUNCTION. */
int pgaii_sockets_close(void *sockets, curl_socket_t socket);

/** Close all, without a word to libcurl. */
void pgaii_sockets_abandon(pgaii_sockets *sockets);

/** Free the list, once libcurl has closed all. */
void pgaii_sockets_clear(pgaii_sockets *sockets);

#endif
