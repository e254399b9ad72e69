#include "client/ca.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/process.h"
#include "protocol/buffer.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* Some systems keep a few stray links in a directory that is not their store. Real stores
 * hold more than a hundred certificates. */
enum { PLAUSIBLE_HASHES = 50 };

/* Of a path that is wrong, in a message. */
enum { LONGEST_SHOWN = 256 };

/* The list of places in an error message, cut beyond this. */
enum { PLACES_CEILING = 400 };

static const char PEM_START[] = "-----BEGIN";

static const char *const DIRECTORIES[] = {
    "/etc/ssl/certs",               /* Debian, Alpine, Arch, SUSE */
    "/etc/pki/tls/certs",           /* Fedora */
    "/system/etc/security/cacerts", /* Android */
    "/usr/local/share/certs",       /* FreeBSD */
    NULL,
};

static const char *const BUNDLES[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Arch, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* CentOS, RHEL 7 */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine, BSDs, macOS */
    NULL,
};

const pgaii_ca_places pgaii_ca_system = {DIRECTORIES, BUNDLES};

static bool is_file(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The names OpenSSL looks up: eight hexadecimal digits, a dot, a number. */
static bool is_hash_name(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && strcmp(name + 8, ".0") == 0;
}

static bool is_hashed(const char *path)
{
    DIR *directory = opendir(path);
    int hashes = 0;

    if (!directory)
        return false;
    for (struct dirent *entry = readdir(directory); entry && hashes < PLAUSIBLE_HASHES;
         entry = readdir(directory))
        hashes += is_hash_name(entry->d_name);
    closedir(directory);
    return hashes == PLAUSIBLE_HASHES;
}

static pgai_status keep(char **member, const char *value, pgai_error *error)
{
    *member = pgaii_copy(value, strlen(value));
    return *member ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status
keep_named(const char *name, const char *path, pgaii_ca *out, pgai_error *error)
{
    char shown[LONGEST_SHOWN];

    if (is_directory(path))
        return keep(&out->directory, path, error);
    if (is_file(path))
        return keep(&out->file, path, error);
    pgaii_error_text(shown, sizeof(shown), pgaii_text(path), NULL);
    return pgaii_fail(error, PGAI_USAGE,
                      "%s: there is no file or directory of certificates at '%s'", name,
                      shown);
}

static pgai_status search(const pgaii_ca_places *places, pgaii_ca *out, pgai_error *error)
{
    for (const char *const *path = places->directories; *path; path++) {
        if (is_hashed(*path))
            return keep(&out->directory, *path, error);
    }
    for (const char *const *path = places->bundles; *path; path++) {
        if (is_file(*path))
            return keep(&out->file, *path, error);
    }
    return PGAI_DONE;
}

static pgai_status fail_nowhere(const pgaii_ca_places *places, pgai_error *error)
{
    pgaii_buffer tried;
    pgai_status status;

    pgaii_buffer_init(&tried, PLACES_CEILING);
    for (const char *const *path = places->directories; *path; path++)
        pgaii_buffer_printf(&tried, " %s", *path);
    for (const char *const *path = places->bundles; *path; path++)
        pgaii_buffer_printf(&tried, " %s", *path);
    status = pgaii_fail(error, PGAI_USAGE,
                        "no trusted certificates found: give ca, or set SSL_CERT_FILE or "
                        "SSL_CERT_DIR; looked at%s",
                        tried.data ? tried.data : " the usual places");
    pgaii_buffer_clear(&tried);
    return status;
}

pgai_status pgaii_ca_find(const char *given, const pgaii_ca_places *places, pgaii_ca *out,
                          pgai_error *error)
{
    static const char *const variables[] = {"SSL_CERT_FILE", "SSL_CERT_DIR",
                                            "CURL_CA_BUNDLE"};
    pgai_status status;

    memset(out, 0, sizeof(*out));
    /* Text for people may stand before the first certificate of a bundle. */
    if (given && strstr(given, PEM_START))
        return keep(&out->pem, given, error);
    if (given)
        return keep_named("ca", given, out, error);
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
        const char *path = pgaii_process_variable(variables[i]);

        if (path)
            return keep_named(variables[i], path, out, error);
    }
    status = search(places, out, error);
    return status == PGAI_DONE ? fail_nowhere(places, error) : status;
}

void pgaii_ca_clear(pgaii_ca *ca)
{
    free(ca->file);
    free(ca->directory);
    free(ca->pem);
    memset(ca, 0, sizeof(*ca));
}
