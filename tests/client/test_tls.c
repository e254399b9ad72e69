/* Whose certificates are trusted. */
#include <stdlib.h>
#include <unistd.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/scratch.h"
#include "support/tls_server.h"
#include "support/unit.h"

static tls_server *server;
static pgai_error error;

static int start(void **state)
{
    (void)state;
    server = tls_server_start("IP:127.0.0.1");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    tls_server_stop(server);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    error = (pgai_error)PGAI_ERROR_INIT;
    return 0;
}

static pgai_status get_with(const char *url, const char *ca)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_contact *contact = NULL;
    pgai_status status;

    options.api_key = SAMPLE_KEY;
    options.base_url = url;
    options.ca = ca;
    options.max_attempts = 2;
    status = pgai_client_new(&options, &client, &error);
    if (status == PGAI_OK)
        status = pgai_contacts_get(client, SAMPLE_ID, &contact, &error);
    pgai_contact_free(contact);
    pgai_client_free(client);
    return status;
}

static void read_certificate(char *out, size_t size)
{
    FILE *file = fopen(tls_server_certificate(server), "r");
    size_t length;

    assert_non_null(file);
    length = fread(out, 1, size - 1, file);
    out[length] = '\0';
    fclose(file);
}

/* Link the certificate under its hashed name in a directory of its own. */
static void make_hashed_directory(char *out)
{
    char command[512];

    scratch_folder(out);
    snprintf(command, sizeof(command),
             "ln -s '%s' '%s'/$(openssl x509 -hash -noout -in '%s').0",
             tls_server_certificate(server), out, tls_server_certificate(server));
    assert_int_equal(system(command), 0);
}

static void a_certificate_is_trusted_when_given(void **state)
{
    char pem[4096];
    char directory[SCRATCH_PATH_SIZE];

    (void)state;
    assert_int_equal(get_with(tls_server_url(server), tls_server_certificate(server)),
                     PGAI_OK);
    read_certificate(pem, sizeof(pem));
    assert_int_equal(get_with(tls_server_url(server), pem), PGAI_OK);
    make_hashed_directory(directory);
    assert_int_equal(get_with(tls_server_url(server), directory), PGAI_OK);
}

static void a_certificate_is_trusted_by_the_environment(void **state)
{
    (void)state;
    setenv("SSL_CERT_FILE", tls_server_certificate(server), 1);
    assert_int_equal(get_with(tls_server_url(server), NULL), PGAI_OK);
    unsetenv("SSL_CERT_FILE");
}

/* It cannot succeed on a second attempt, so there is none; and nothing was sent. */
static void assert_not_trusted(const char *url, const char *ca)
{
    assert_int_equal(get_with(url, ca), PGAI_TLS);
    assert_int_equal(error.requests, 1);
    assert_contains(error.message, "127.0.0.1");
    assert_contains(error.message, "certificate");
    assert_null(strstr(error.message, SAMPLE_KEY));
}

static void a_stranger_is_not_trusted(void **state)
{
    tls_server *other = tls_server_start("IP:127.0.0.1");

    (void)state;
    assert_not_trusted(tls_server_url(other), NULL);
    assert_int_equal(tls_server_requests(other), 0);
    tls_server_stop(other);
}

static void a_certificate_for_another_host_is_not_trusted(void **state)
{
    tls_server *other = tls_server_start("DNS:other.example");

    (void)state;
    assert_not_trusted(tls_server_url(other), tls_server_certificate(other));
    assert_int_equal(tls_server_requests(other), 0);
    tls_server_stop(other);
}

static void a_broken_certificate_is_no_trust(void **state)
{
    char folder[SCRATCH_PATH_SIZE];
    char path[SCRATCH_PATH_SIZE + sizeof("/broken")];
    FILE *file;

    (void)state;
    scratch_folder(folder);
    snprintf(path, sizeof(path), "%s/broken", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("-----BEGIN CERTIFICATE-----\nMII\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(get_with(tls_server_url(server), path), PGAI_TLS);
    assert_int_equal(error.requests, 1);
}

/* Each create has a connection of its own, and a handle of its own: the TLS session is
 * what they share, which saves most of a handshake. */
static void creates_take_up_the_session_before(void **state)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    tls_server *other = tls_server_start("IP:127.0.0.1");
    pgai_client *client = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    options.api_key = SAMPLE_KEY;
    options.base_url = tls_server_url(other);
    options.ca = tls_server_certificate(other);
    fields.first_name = "Sarah";
    assert_int_equal(pgai_client_new(&options, &client, &error), PGAI_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pgai_contacts_create(client, &fields, &contact, &error),
                         PGAI_OUTCOME_UNKNOWN); /* a page comes */
    assert_int_equal(tls_server_connections(other, 3), 3);
    assert_int_equal(tls_server_resumed(other), 2);
    pgai_client_free(client);
    tls_server_stop(other);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_certificate_is_trusted_when_given),
        TEST(a_certificate_is_trusted_by_the_environment),
        TEST(a_stranger_is_not_trusted),
        TEST(a_certificate_for_another_host_is_not_trusted),
        TEST(a_broken_certificate_is_no_trust),
        TEST(creates_take_up_the_session_before),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
