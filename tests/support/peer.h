#ifndef PGAI_TESTS_SUPPORT_PEER_H
#define PGAI_TESTS_SUPPORT_PEER_H

#include <stddef.h>

/** @file
 * A server on a free loopback port, in a thread of its own, that answers to the byte.
 *
 * It reads whole requests, with a body when Content-Length says so, and answers the n-th
 * of them with the n-th response of its script, over whatever connection it came. Its
 * thread allocates nothing. Whatever fails in it ends the test program.
 */

typedef struct peer peer;

/** Responses that a script may have. */
enum { PEER_RESPONSES = 16 };

/** What becomes of the connection after a response. */
typedef enum peer_end {
    PEER_KEEP,
    PEER_FIN,  /**< closed in good order */
    PEER_RST,  /**< reset */
    PEER_STALL /**< left open, and never answered again */
} peer_end;

typedef struct peer_response {
    const char *bytes;
    size_t length;
    size_t split;      /**< a short pause after so many of them; 0: none */
    const char *flood; /**< a literal, sent after them again and again, until the client
                          is gone */
    peer_end end;
} peer_response;

peer *peer_start(void);

/** Set what is answered from now on, copied, and count from 0 again. After the last
 * response, it is given again; with none, requests are read and never answered. */
void peer_script(peer *server, const peer_response *responses, size_t count);

/** "http://127.0.0.1:PORT/v1" */
const char *peer_url(const peer *server);
int peer_port(const peer *server);

/** Requests read, and connections accepted, since the script was set. */
int peer_requests(peer *server);
int peer_connections(peer *server);

/** Wait until so many requests were read; ends the program after 20 seconds. */
void peer_await_requests(peer *server, int count);

/** Copy the last request, as it came, NUL-terminated and cut at @p size. */
void peer_last_request(peer *server, char *out, size_t size);

/** Close everything and free the server. */
void peer_stop(peer *server);

/** Write a whole response; @p headers NULL or lines ending in CRLF. @return its length.
 */
size_t
peer_format(char *out, size_t size, int status, const char *headers, const char *body);

#endif
