#ifndef PGAI_ENGINE_CA_H
#define PGAI_ENGINE_CA_H

#include <pgai/error.h>

/** Where trusted certificates are. One member is set once they were found, or, where the
 * environment names both, @c file and @c directory.
 *
 * libcurl keeps a parsed bundle for later connections only where no directory is set
 * beside it, and parsing one costs 20 ms of CPU.
 */
typedef struct pgaii_ca {
    char *file;      /**< a bundle in PEM; an absolute path */
    char *directory; /**< of certificates under hashed names, read as they are needed; an
                          absolute path, or several with colons between them */
    char *pem;       /**< the certificates themselves */
} pgaii_ca;

/** Places where systems keep their certificates, each list ending in NULL. */
typedef struct pgaii_ca_places {
    const char *const *directories;
    const char *const *bundles;
} pgaii_ca_places;

/** The places of the systems that are known. */
extern const pgaii_ca_places pgaii_ca_system;

/** Find trusted certificates.
 *
 * The first of these decides: @p given; $SSL_CERT_FILE and $SSL_CERT_DIR together;
 * $CURL_CA_BUNDLE; a directory of hashed names among @p places; a bundle among them. What
 * was named, by argument or variable, must be there: no other source replaces it. Of the
 * directories in $SSL_CERT_DIR, with colons between them, one must be there. Paths that
 * were named are made absolute, so that the process may go elsewhere.
 *
 * @param given    A file, a directory, or PEM text from "-----BEGIN" on; NULL: not given.
 * @param[out] out Cleared with pgaii_ca_clear(); empty on failure.
 * @return PGAI_OK; PGAI_USAGE with a message that says what is missing, or cannot be
 * read, or holds no certificate, or lists the places that were tried; PGAI_NO_MEMORY.
 */
pgai_status pgaii_ca_find(const char *given, const pgaii_ca_places *places, pgaii_ca *out,
                          pgai_error *error);

/** Free what was found; @p ca is then empty. */
void pgaii_ca_clear(pgaii_ca *ca);

#endif
