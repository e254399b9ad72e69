/* Where trusted certificates are looked for, and in which order. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/ca.h"
#include "protocol/error.h"
#include "support/scratch.h"
#include "support/unit.h"

/* A tree with a bundle, a directory of hashed names, and one with too few of them. */
static char root[SCRATCH_PATH_SIZE];
static char bundle[96];
static char hashed[96];
static char sparse[96];
static char missing[96];
static pgaii_ca ca;
static pgai_error error;

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_directory(char *path, const char *name, int hashes)
{
    char file[128];

    snprintf(path, 96, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < hashes; i++) {
        snprintf(file, sizeof(file), "%s/%08x.0", path, 0xabcd0000u + (unsigned)i);
        write_file(file, "");
    }
}

static int setup(void **state)
{
    (void)state;
    scratch_folder(root);
    snprintf(bundle, sizeof(bundle), "%s/bundle.pem", root);
    snprintf(missing, sizeof(missing), "%s/missing.pem", root);
    write_file(bundle, "Our own root\n-----BEGIN CERTIFICATE-----\n");
    make_directory(hashed, "hashed", 60);
    make_directory(sparse, "sparse", 3);
    return 0;
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

static void a_given_source_must_hold_certificates(void **state)
{
    char key[96];

    (void)state;
    snprintf(key, sizeof(key), "%s/key.pem", root);
    write_file(key, "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
    assert_int_equal(find(key, hashed, bundle), PGAI_USAGE);
    assert_found(NULL, NULL);
    assert_contains(error.message, "ca: ");
    assert_contains(error.message, key);
    assert_int_equal(find("-----BEGIN PRIVATE KEY-----\n", hashed, bundle), PGAI_USAGE);
    assert_found(NULL, NULL);
    assert_contains(error.message, "ca: ");
}

/* Where the process goes later does not change whom it trusts. */
static void relative_paths_become_absolute(void **state)
{
    char before[256];
    char both[224];

    (void)state;
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(root), 0);
    snprintf(both, sizeof(both), "%s:%s", sparse, hashed);
    assert_int_equal(find("bundle.pem", NULL, NULL), PGAI_OK);
    assert_found(bundle, NULL);
    assert_int_equal(find("hashed", NULL, NULL), PGAI_OK);
    assert_found(NULL, hashed);
    setenv("SSL_CERT_FILE", "bundle.pem", 1);
    setenv("SSL_CERT_DIR", "sparse:hashed", 1);
    assert_int_equal(find(NULL, NULL, NULL), PGAI_OK);
    assert_found(bundle, both);
    assert_int_equal(chdir(before), 0);
}

static void a_working_directory_that_is_gone_is_told(void **state)
{
    char before[256];
    char gone[96];

    (void)state;
    assert_non_null(getcwd(before, sizeof(before)));
    make_directory(gone, "gone", 0);
    assert_int_equal(chdir(gone), 0);
    assert_int_equal(rmdir(gone), 0);
    assert_int_equal(find("../bundle.pem", NULL, NULL), PGAI_USAGE);
    assert_int_equal(find(bundle, NULL, NULL), PGAI_OK);
    assert_int_equal(chdir(before), 0);
}

static void a_list_of_directories_is_one_source(void **state)
{
    char list[512];
    char both[224];

    (void)state;
    snprintf(both, sizeof(both), "%s:%s", sparse, hashed);
    snprintf(list, sizeof(list), ":%s:%s::%s:", sparse, missing, hashed);
    setenv("SSL_CERT_DIR", list, 1);
    assert_int_equal(find(NULL, NULL, NULL), PGAI_OK);
    assert_found(NULL, both);
    snprintf(list, sizeof(list), "%s:%s", missing, missing);
    setenv("SSL_CERT_DIR", list, 1);
    assert_int_equal(find(NULL, hashed, bundle), PGAI_USAGE);
    assert_found(NULL, NULL);
    assert_contains(error.message, "SSL_CERT_DIR");
    assert_contains(error.message, list);
}

static void variables_come_before_the_search(void **state)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_DIR",
                                        "SSL_CERT_FILE"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        clear(NULL);
        setenv(names[i], missing, 1);
        assert_int_equal(find(NULL, hashed, bundle), PGAI_USAGE);
        assert_contains(error.message, names[i]);
        setenv(names[i], i == 1 ? sparse : bundle, 1);
        assert_int_equal(find(NULL, hashed, bundle), PGAI_OK);
        assert_found(i == 1 ? NULL : bundle, i == 1 ? sparse : NULL);
    }
}

static void file_and_directories_count_both(void **state)
{
    (void)state;
    setenv("SSL_CERT_FILE", bundle, 1);
    setenv("SSL_CERT_DIR", sparse, 1);
    setenv("CURL_CA_BUNDLE", missing, 1);
    assert_int_equal(find(NULL, hashed, NULL), PGAI_OK);
    assert_found(bundle, sparse);
    setenv("SSL_CERT_DIR", missing, 1);
    assert_int_equal(find(NULL, hashed, NULL), PGAI_USAGE);
    assert_found(NULL, NULL);
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
        cmocka_unit_test_setup_teardown(a_given_source_must_hold_certificates, clear,
                                        clear),
        cmocka_unit_test_setup_teardown(relative_paths_become_absolute, clear, clear),
        cmocka_unit_test_setup_teardown(a_working_directory_that_is_gone_is_told, clear,
                                        clear),
        cmocka_unit_test_setup_teardown(a_list_of_directories_is_one_source, clear,
                                        clear),
        cmocka_unit_test_setup_teardown(variables_come_before_the_search, clear, clear),
        cmocka_unit_test_setup_teardown(file_and_directories_count_both, clear, clear),
        cmocka_unit_test_setup_teardown(an_empty_variable_is_not_set, clear, clear),
        cmocka_unit_test_setup_teardown(a_hashed_directory_comes_before_a_bundle, clear,
                                        clear),
        cmocka_unit_test_setup_teardown(where_nothing_is_found_the_places_are_named,
                                        clear, clear),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
