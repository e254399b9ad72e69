#ifndef PGAI_ENGINE_EXCHANGE_H
#define PGAI_ENGINE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include <pgai/protocol.h>

#include "engine/route.h"
#include "engine/sockets.h"
#include "protocol/incoming.h"

/** Bytes of a host's name that messages show; names in DNS have at most 253. */
enum { PGAII_EXCHANGE_HOST_SIZE = 256 };

/** Where an exchange stands. */
typedef enum pgaii_ending {
    PGAII_UNDER_WAY,
    PGAII_OVER,    /**< libcurl is done with it */
    PGAII_STOPPED, /**< it was given up */
    PGAII_FORKED   /**< it belongs to the parent process */
} pgaii_ending;

/** A request and what becomes of it. It has a libcurl easy handle while it is in
 * progress, and a new one for each request: libcurl 7.84 to 8.0 keeps a pointer into the
 * response before, which the next one can make it free again. */
typedef struct pgaii_exchange {
    CURL *easy; /* NULL: not in progress */
    const pgaii_route *route;
    pgaii_sockets *sockets;
    CURLSH *share; /* NULL: none */
    pgaii_incoming incoming;
    /* By `once`: requests of a session have the same, so they are kept while they fit. */
    struct curl_slist *headers[2];
    bool once;      /* the request must not leave twice */
    bool sent;      /* a byte of it may have left */
    bool disturbed; /* it was to leave over a connection that cannot be trusted */
    int progress;   /* how often libcurl reported progress before anything was sent */
    long tunnel;    /* status of a proxy's response to CONNECT; 0: none */
    pgaii_ending ending;
    CURLcode code; /* what libcurl says, when it is over */
    char host[PGAII_EXCHANGE_HOST_SIZE];
    char cause[CURL_ERROR_SIZE];
    char message[PGAII_EXCHANGE_HOST_SIZE + CURL_ERROR_SIZE + 320];
} pgaii_exchange;

/** Make an exchange that waits for a request.
 *
 * @param route    Borrowed, like @p sockets and @p share; all must outlive the exchange.
 * @param share    What handles keep together; NULL: nothing.
 * @return NULL: no memory.
 */
pgaii_exchange *
pgaii_exchange_new(const pgaii_route *route, pgaii_sockets *sockets, CURLSH *share);

/** Begin again with a request, which is copied: the handle is ready to be performed. */
CURLcode pgaii_exchange_prepare(pgaii_exchange *exchange, const pgai_request *request);

/** Begin again with the same request on a new connection, after one that was disturbed.
 */
CURLcode pgaii_exchange_restart(pgaii_exchange *exchange);

/** Free the handle of an exchange, which is on no multi handle any more. */
void pgaii_exchange_drop_handle(pgaii_exchange *exchange);

/** What came of an exchange that is no longer in progress.
 *
 * @param[out] response  Borrowed until the next request; filled on true.
 * @param[out] failure Its message is borrowed in the same way; filled on false.
 * @return whether a whole response came.
 */
bool pgaii_exchange_result(pgaii_exchange *exchange, pgai_response *response,
                           pgai_failure *failure);

/** Free an exchange whose handle is on no multi handle; NULL is allowed. */
void pgaii_exchange_free(pgaii_exchange *exchange);

#endif
