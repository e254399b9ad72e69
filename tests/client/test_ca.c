#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/ca.h"
#include "protocol/error.h"
#include "support/unit.h"

/* A tree with a bundle, a directory of hashed names, and one with too few of them. */
static char root[64];
static char bundle[96];
static char hashed[96];
static char sparse[96];
static char missing[96];
static pgaii_ca ca;
static pgai_error error;

static void write_file(const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fclose(file);
}

static void make_directory(char *path, const char *name, int hashes)
{
    char file[128];

    snprintf(path, 96, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < hashes; i++) {
        snprintf(file, sizeof(file), "%s/%08x.0", path, 0xabcd0000u + (unsigned)i);
        write_file(file);
    }
}

static int setup(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "/tmp/pgai-test-ca-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(bundle, sizeof(bundle), "%s/bundle.pem", root);
    snprintf(missing, sizeof(missing), "%s/missing.pem", root);
    write_file(bundle);
    make_directory(hashed, "hashed", 60);
    make_directory(sparse, "sparse", 3);
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -r '%s'", root);
    return system(command);
}

static int clear(void **state)
{
    (void)state;
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    unsetenv("CURL_CA_BUNDLE");
    pgaii_ca_clear(&ca);
    pgaii_error_init(&error);
    return 0;
}

static pgai_status find(const char *given, const char *directory, const char *file)
{
    const char *const directories[] = {directory, NULL};
    const char *const bundles[] = {file, NULL};
    const pgaii_ca_places places = {directories, bundles};

    pgaii_ca_clear(&ca);
    return pgaii_ca_find(given, &places, &ca, &error);
}

static void assert_found(const char *file, const char *directory)
{
    assert_null(ca.pem);
    if (file)
        assert_string_equal(ca.file, file);
    else
        assert_null(ca.file);
    if (directory)
        assert_string_equal(ca.directory, directory);
    else
        assert_null(ca.directory);
}

static void a_given_source_decides(void **state)
{
    (void)state;
    setenv("SSL_CERT_FILE", missing, 1);
    assert_int_equal(find(bundle, hashed, NULL), PGAI_OK);
    assert_found(bundle, NULL);
    assert_int_equal(find(sparse, hashed, NULL), PGAI_OK);
    assert_found(NULL, sparse);
    assert_int_equal(find("-----BEGIN CERTIFICATE-----\n", hashed, NULL), PGAI_OK);
    assert_string_equal(ca.pem, "-----BEGIN CERTIFICATE-----\n");
    assert_null(ca.file);
    assert_null(ca.directory);
    assert_int_equal(find("Our own root\n-----BEGIN CERTIFICATE-----\n", hashed, NULL),
                     PGAI_OK);
    assert_non_null(ca.pem);
}

static void a_given_source_must_be_there(void **state)
{
    (void)state;
    assert_int_equal(find(missing, hashed, bundle), PGAI_USAGE);
    assert_found(NULL, NULL);
    assert_contains(error.message, "ca: ");
    assert_contains(error.message, missing);
}

static void variables_come_before_the_search(void **state)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_DIR",
                                        "SSL_CERT_FILE"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        setenv(names[i], missing, 1);
        assert_int_equal(find(NULL, hashed, bundle), PGAI_USAGE);
        assert_contains(error.message, names[i]);
        setenv(names[i], i == 1 ? sparse : bundle, 1);
        assert_int_equal(find(NULL, hashed, bundle), PGAI_OK);
        assert_found(i == 1 ? NULL : bundle, i == 1 ? sparse : NULL);
    }
}

static void an_empty_variable_is_not_set(void **state)
{
    (void)state;
    setenv("SSL_CERT_FILE", "", 1);
    assert_int_equal(find(NULL, hashed, bundle), PGAI_OK);
    assert_found(NULL, hashed);
}

static void a_hashed_directory_comes_before_a_bundle(void **state)
{
    (void)state;
    assert_int_equal(find(NULL, hashed, bundle), PGAI_OK);
    assert_found(NULL, hashed);
    assert_int_equal(find(NULL, sparse, bundle), PGAI_OK);
    assert_found(bundle, NULL);
}

static void where_nothing_is_found_the_places_are_named(void **state)
{
    (void)state;
    assert_int_equal(find(NULL, sparse, missing), PGAI_USAGE);
    assert_found(NULL, NULL);
    assert_contains(error.message, sparse);
    assert_contains(error.message, missing);
    assert_contains(error.message, "SSL_CERT_FILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_given_source_decides, clear, clear),
        cmocka_unit_test_setup_teardown(a_given_source_must_be_there, clear, clear),
        cmocka_unit_test_setup_teardown(variables_come_before_the_search, clear, clear),
        cmocka_unit_test_setup_teardown(an_empty_variable_is_not_set, clear, clear),
        cmocka_unit_test_setup_teardown(a_hashed_directory_comes_before_a_bundle, clear,
                                        clear),
        cmocka_unit_test_setup_teardown(where_nothing_is_found_the_places_are_named,
                                        clear, clear),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
