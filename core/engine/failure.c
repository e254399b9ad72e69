/* What outcomes of libcurl mean to a call. */
#include "engine/failure.h"

#include <stddef.h>

/* CURLE_TOO_LARGE since 8.6: the libcurl that is loaded can be newer than the header. */
#define HEADER_TOO_LARGE ((CURLcode)100)

static const struct meaning {
    CURLcode code;
    pgai_status status;
    bool permanent;
    const char *advice; /* NULL: none */
} meanings[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, PGAI_CONNECT, true, NULL},
    {CURLE_URL_MALFORMAT, PGAI_CONNECT, true, NULL},
    {CURLE_NOT_BUILT_IN, PGAI_CONNECT, true, NULL},
    {CURLE_COULDNT_RESOLVE_PROXY, PGAI_CONNECT, true, "is the host of the proxy right?"},
    {CURLE_BAD_FUNCTION_ARGUMENT, PGAI_CONNECT, true, NULL},
    {CURLE_UNKNOWN_OPTION, PGAI_CONNECT, true, NULL},
    {CURLE_COULDNT_RESOLVE_HOST, PGAI_CONNECT, false,
     "is the host in base_url right, and this machine online?"},
    {CURLE_COULDNT_CONNECT, PGAI_CONNECT, false,
     "is it running, and are host and port right?"},
    {CURLE_INTERFACE_FAILED, PGAI_CONNECT, false, NULL},
    {CURLE_PROXY, PGAI_CONNECT, false, NULL},
    {CURLE_SSL_CONNECT_ERROR, PGAI_TLS, false,
     "if the port speaks http, base_url must begin with http://"},
    {CURLE_PEER_FAILED_VERIFICATION, PGAI_TLS, true,
     "is the certificate for the host in base_url, is its issuer trusted (ca, "
     "SSL_CERT_FILE), is this machine's clock right?"},
    {CURLE_SSL_CERTPROBLEM, PGAI_TLS, true, NULL},
    {CURLE_SSL_CIPHER, PGAI_TLS, true, NULL},
    {CURLE_USE_SSL_FAILED, PGAI_TLS, true, NULL},
    {CURLE_SSL_CACERT_BADFILE, PGAI_TLS, true,
     "are these certificates in PEM, and whole?"},
    {CURLE_SSL_SHUTDOWN_FAILED, PGAI_TLS, true, NULL},
    {CURLE_SSL_CRL_BADFILE, PGAI_TLS, true, NULL},
    {CURLE_SSL_ISSUER_ERROR, PGAI_TLS, true, NULL},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, PGAI_TLS, true, NULL},
    {CURLE_SSL_INVALIDCERTSTATUS, PGAI_TLS, true, NULL},
    {CURLE_OPERATION_TIMEDOUT, PGAI_TIMEOUT, false,
     "if it is only slow, raise timeout or connect_timeout"},
    {CURLE_PARTIAL_FILE, PGAI_CONNECTION_LOST, false, NULL},
    {CURLE_GOT_NOTHING, PGAI_CONNECTION_LOST, false, NULL},
    {CURLE_SEND_ERROR, PGAI_CONNECTION_LOST, false, NULL},
    {CURLE_RECV_ERROR, PGAI_CONNECTION_LOST, false, NULL},
    {CURLE_SEND_FAIL_REWIND, PGAI_CONNECTION_LOST, false, NULL},
    {CURLE_WEIRD_SERVER_REPLY, PGAI_PROTOCOL, false, NULL},
    {CURLE_BAD_CONTENT_ENCODING, PGAI_PROTOCOL, false, NULL},
    {CURLE_FILESIZE_EXCEEDED, PGAI_TOO_LARGE, true, NULL},
    {HEADER_TOO_LARGE, PGAI_TOO_LARGE, true, NULL},
    {CURLE_FAILED_INIT, PGAI_NO_MEMORY, true, NULL},
    {CURLE_OUT_OF_MEMORY, PGAI_NO_MEMORY, true, NULL},
};

static struct meaning meaning_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
        if (meanings[i].code == code)
            return meanings[i];
    }
    return (struct meaning){code, PGAI_PROTOCOL, false, NULL};
}

void pgaii_failure_from_curl(CURLcode code, bool sent, pgai_failure *out)
{
    struct meaning meaning = meaning_of(code);

    /* A request that was sent could be made. So libcurl means the response: a version of
     * HTTP that it does not know, or a line without a colon. */
    if (sent && meaning.status == PGAI_CONNECT && meaning.permanent)
        meaning = meaning_of(CURLE_WEIRD_SERVER_REPLY);
    /* A proxy that refuses to open a tunnel counts as a receive error to libcurl, but
     * then there was no connection to lose yet. */
    if (meaning.status == PGAI_CONNECTION_LOST && !sent)
        meaning.status = PGAI_CONNECT;
    *out = (pgai_failure){
        .status = meaning.status, .sent = sent, .permanent = meaning.permanent};
}

const char *pgaii_failure_advice(CURLcode code)
{
    return meaning_of(code).advice;
}
