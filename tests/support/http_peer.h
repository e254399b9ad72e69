#ifndef PGAI_TESTS_HTTP_PEER_H
#define PGAI_TESTS_HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>

/** @file
 * A client on plain sockets that shows what a server really sends. Whatever a test cannot
 * do without, such as a connection, fails the test.
 */

/** How what came over a connection ended. */
typedef enum http_ending {
    HTTP_KEPT,   /**< a response is complete, and the connection is still there */
    HTTP_FIN,    /**< the server closed */
    HTTP_RST,    /**< the server reset */
    HTTP_SILENCE /**< nothing more came within the time allowed */
} http_ending;

typedef struct http_response {
    char *bytes; /**< all that came, and a NUL; owned */
    size_t length;
    size_t sends; /**< how many pieces it came in */
    int status;   /**< 0: there was no status line */
    bool whole;   /**< the blank line came, and as many bytes as Content-Length says */
    char *body;   /**< in `bytes`; NULL: the blank line did not come */
    size_t body_length;
    http_ending ending;
} http_response;

/** Connect to the server of a base URL such as "http://127.0.0.1:40123/v1". Reads on the
 * descriptor give up after ten seconds, or what http_patience() says. */
int http_connect(const char *url);

/** The same with a socket that was made before; @return it. */
int http_connect_with(int fd, const char *url);

/** How long to wait for more bytes. */
void http_patience(int fd, int ms);

/** Send bytes as they are. */
void http_send(int fd, const char *bytes, size_t length);

/** Send one request. @p target begins with "/"; @p key NULL: none; @p body NULL: none. */
void http_request(int fd, const char *method, const char *target, const char *key,
                  const char *body);

/** Read one response; more bytes than it has are left in the socket, unless they came
 * with it. */
http_response http_read(int fd);

/** Read all that comes until the connection ends or is silent. */
http_response http_read_all(int fd);

/** One request on a connection of its own. */
http_response http_once(const char *url, const char *method, const char *target,
                        const char *key, const char *body);

/** The value of a header of the response, in a buffer of the thread; NULL: there is none.
 */
const char *http_header(const http_response *response, const char *name);

/** Free what a response holds. */
void http_response_clear(http_response *response);

#endif
