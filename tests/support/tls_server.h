#ifndef PGAI_TESTS_SUPPORT_TLS_SERVER_H
#define PGAI_TESTS_SUPPORT_TLS_SERVER_H

/** @file
 * nginx with TLS on a free loopback port, with a certificate of its own. It offers HTTP/2
 * and HTTP/1.1, and answers the latter only.
 *
 * It gives SAMPLE_PAGE for `/v1/contacts` and SAMPLE_CONTACT below it. Needs the commands
 * nginx and openssl; without them, or when anything else fails, the test program ends.
 */

typedef struct tls_server tls_server;

/** Start a server.
 *
 * @param name  Whom the certificate is for, such as "IP:127.0.0.1" or "DNS:a.example".
 */
tls_server *tls_server_start(const char *name);

/** "https://127.0.0.1:PORT/v1" */
const char *tls_server_url(const tls_server *server);

/** The path of its certificate, in PEM; it is signed by itself. */
const char *tls_server_certificate(const tls_server *server);

/** How many requests it answered. One that was answered just now may not count yet. */
int tls_server_requests(const tls_server *server);

/** Wait until it answered so many requests, and tell over how many connections. */
int tls_server_connections(const tls_server *server, int requests);

/** How many of the requests that it logged came over a TLS session that was taken up
 * again. */
int tls_server_resumed(const tls_server *server);

/** Stop nginx and remove its files. */
void tls_server_stop(tls_server *server);

#endif
