/* Trusted certificates: found and checked once, when a client is made. */
#include "engine/ca.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "engine/process.h"
#include "protocol/buffer.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"

/* Some systems keep a few stray links in a directory that is not their store. Real stores
 * hold more than a hundred certificates. */
enum { PLAUSIBLE_HASHES = 50 };

/* Of a path that is wrong, in a message. */
enum { MAX_SHOWN = 256 };

/* The list of places in an error message, cut beyond this. */
enum { MAX_PLACES = 400 };

/* Longer than the lines of PEM, which have at most 64 characters. */
enum { LINE_BYTES = 256 };

/* SSL_CERT_DIR, with all its paths made absolute. */
enum { MAX_LIST = 64 * 1024 };

static const char PEM_START[] = "-----BEGIN";

/* How the first line of a certificate ends; "TRUSTED " or "X509 " may be before it. */
static const char CERTIFICATE_START[] = "CERTIFICATE-----";

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

/* @p name is the option or variable; @p what is the text before the path. */
static pgai_status
refuse(const char *name, const char *what, const char *path, pgai_error *error)
{
    char shown[MAX_SHOWN];

    pgaii_error_text(shown, sizeof(shown), pgaii_text(path), NULL);
    return pgaii_fail(error, PGAI_USAGE, "%s: %s '%s'", name, what, shown);
}

/* A path that stays the same when the process goes to another directory. */
static pgai_status
add_absolute(pgaii_buffer *to, const char *name, const char *path, pgai_error *error)
{
    char *directory = NULL;
    bool added;

    if (*path != '/') {
        directory = getcwd(NULL, 0);
        if (!directory && errno == ENOMEM)
            return pgaii_fail_memory(error);
        if (!directory)
            return refuse(
                name,
                "the working directory is gone, so a relative path has no meaning:", path,
                error);
        pgaii_buffer_add_string(to, directory);
        pgaii_buffer_add_string(to, "/");
    }
    added = pgaii_buffer_add_string(to, path);
    free(directory);
    return added ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status
keep_path(char **member, const char *name, const char *path, pgai_error *error)
{
    pgaii_buffer absolute;
    pgai_status status;

    pgaii_buffer_init(&absolute, MAX_LIST);
    status = add_absolute(&absolute, name, path, error);
    if (status == PGAI_OK)
        status = keep(member, absolute.data, error);
    pgaii_buffer_clear(&absolute);
    return status;
}

static bool holds_certificate(FILE *file)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof(line), file)) {
        if (strstr(line, CERTIFICATE_START))
            return true;
    }
    return false;
}

static pgai_status
keep_file(const char *name, const char *path, pgaii_ca *out, pgai_error *error)
{
    FILE *file = fopen(path, "re");
    bool holds;

    if (!file && errno == ENOMEM)
        return pgaii_fail_memory(error);
    if (!file)
        return refuse(name, "cannot read a certificate file at", path, error);
    holds = holds_certificate(file);
    fclose(file);
    if (!holds)
        return refuse(name, "there is no PEM certificate in the file", path, error);
    return keep_path(&out->file, name, path, error);
}

static pgai_status
keep_named(const char *name, const char *path, pgaii_ca *out, pgai_error *error)
{
    if (is_directory(path))
        return keep_path(&out->directory, name, path, error);
    if (is_file(path))
        return keep_file(name, path, out, error);
    return refuse(name, "there is no certificate file or directory at", path, error);
}

/* Not every TLS library of libcurl can. */
static bool takes_text(void)
{
    CURL *easy = curl_easy_init();
    struct curl_blob blob = {(void *)PEM_START, sizeof(PEM_START), CURL_BLOB_NOCOPY};
    bool takes =
        !easy || curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) != CURLE_NOT_BUILT_IN;

    curl_easy_cleanup(easy);
    return takes;
}

static pgai_status keep_given(const char *given, pgaii_ca *out, pgai_error *error)
{
    /* There may be text for people before the first certificate of a bundle. */
    if (!strstr(given, PEM_START))
        return keep_named("ca", given, out, error);
    if (!strstr(given, CERTIFICATE_START))
        return pgaii_fail(error, PGAI_USAGE,
                          "ca: there is no PEM certificate in the text");
    if (!takes_text())
        return pgaii_fail(error, PGAI_USAGE,
                          "ca: this libcurl (%s) does not accept certificates as text: "
                          "give the path of a file",
                          curl_version_info(CURLVERSION_NOW)->ssl_version);
    return keep(&out->pem, given, error);
}

/* Adds the directories of a list with colons that exist; like OpenSSL, it skips the
 * others. */
static pgai_status
add_directories(pgaii_buffer *to, const char *name, char *list, pgai_error *error)
{
    pgai_status status = PGAI_OK;
    char *rest = NULL;

    for (char *path = strtok_r(list, ":", &rest); path && status == PGAI_OK;
         path = strtok_r(NULL, ":", &rest)) {
        if (!is_directory(path))
            continue;
        if (to->length > 0)
            pgaii_buffer_add_string(to, ":");
        status = add_absolute(to, name, path, error);
    }
    return status;
}

static pgai_status
keep_directories(const char *name, const char *list, pgaii_ca *out, pgai_error *error)
{
    char *copy = pgaii_copy(list, strlen(list));
    pgaii_buffer found;
    pgai_status status;

    pgaii_buffer_init(&found, MAX_LIST);
    status = copy ? add_directories(&found, name, copy, error) : pgaii_fail_memory(error);
    free(copy);
    if (status == PGAI_OK && found.length > 0)
        status = keep(&out->directory, found.data, error);
    else if (status == PGAI_OK)
        status = refuse(name, "there is no certificate directory at", list, error);
    pgaii_buffer_clear(&found);
    return status;
}

/* PGAI_DONE: none is set. */
static pgai_status keep_variables(pgaii_ca *out, pgai_error *error)
{
    const char *file = pgaii_process_variable("SSL_CERT_FILE");
    const char *directories = pgaii_process_variable("SSL_CERT_DIR");
    const char *bundle = pgaii_process_variable("CURL_CA_BUNDLE");
    pgai_status status = PGAI_DONE;

    if (file)
        status = keep_named("SSL_CERT_FILE", file, out, error);
    if (directories && !out->directory && (!file || status == PGAI_OK))
        status = keep_directories("SSL_CERT_DIR", directories, out, error);
    if (bundle && !file && !directories)
        status = keep_named("CURL_CA_BUNDLE", bundle, out, error);
    return status;
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

    pgaii_buffer_init(&tried, MAX_PLACES);
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
    pgai_status status;

    memset(out, 0, sizeof(*out));
    status = given ? keep_given(given, out, error) : keep_variables(out, error);
    if (status == PGAI_DONE)
        status = search(places, out, error);
    if (status == PGAI_DONE)
        status = fail_nowhere(places, error);
    if (status != PGAI_OK)
        pgaii_ca_clear(out);
    return status;
}

void pgaii_ca_clear(pgaii_ca *ca)
{
    free(ca->file);
    free(ca->directory);
    free(ca->pem);
    memset(ca, 0, sizeof(*ca));
}
