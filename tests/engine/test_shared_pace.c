/* The file in which processes share what is known of the rate limit of a key. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pgai/shared_pace.h>

#include "support/child.h"
#include "support/scratch.h"
#include "support/unit.h"

static const char key[] = "test_key_0_pace";
static const char url[] = "http://127.0.0.1:1/v1";
static const unsigned char sample[] = "a state";

static char folder[SCRATCH_PATH_SIZE];
static char path[700]; /* of the file */
static pgai_shared_pace *pace;
static pgai_error error;

/* What the system says of all folders and users, in place of the truth; 0: the truth. */
static unsigned file_system;
static uid_t other_user;

int fstatfs(int file, struct statfs *out)
{
    int result = (int)syscall(SYS_fstatfs, file, out);

    if (file_system)
        out->f_type = (__typeof__(out->f_type))file_system;
    return result;
}

uid_t geteuid(void)
{
    return (uid_t)syscall(SYS_geteuid) + other_user;
}

static pgai_status reopen(void)
{
    pgai_shared_pace_free(pace);
    error = (pgai_error)PGAI_ERROR_INIT;
    return pgai_shared_pace_open(url, key, 1, &pace, &error);
}

static void find_file(void)
{
    char where[300];
    struct dirent *entry;
    DIR *files;

    snprintf(where, sizeof(where), "%s/pgai", folder);
    files = opendir(where);
    assert_non_null(files);
    while ((entry = readdir(files)) != NULL) {
        if (entry->d_name[0] != '.')
            snprintf(path, sizeof(path), "%s/%s", where, entry->d_name);
    }
    closedir(files);
}

static int start(void **state)
{
    (void)state;
    scratch_folder(folder);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    if (reopen() != PGAI_OK)
        return -1;
    find_file();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    pgai_shared_pace_free(pace);
    pace = NULL;
    return 0;
}

static void write_sample(void)
{
    unsigned char state[PGAI_SESSION_STATE_SIZE];

    assert_true(pgai_shared_pace_lock(pace, state) >= 0);
    pgai_shared_pace_unlock(pace, sample, sizeof(sample));
}

/* What is in the file: the bytes of a state; 0: none; -1: it cannot be locked. */
static int look(void)
{
    unsigned char state[PGAI_SESSION_STATE_SIZE];
    int length = pgai_shared_pace_lock(pace, state);

    if (length >= 0)
        pgai_shared_pace_unlock(pace, state, (size_t)length);
    if (length > 0)
        assert_memory_equal(state, sample, sizeof(sample));
    return length;
}

static void assert_trouble(const char *text)
{
    const char *trouble = pgai_shared_pace_trouble(pace);

    assert_non_null(trouble);
    assert_contains(trouble, text);
    assert_null(pgai_shared_pace_trouble(pace));
}

static void what_one_writes_another_reads(void **state)
{
    pgai_shared_pace *first = pace;
    struct stat is;

    (void)state;
    assert_int_equal(look(), 0);
    write_sample();
    pace = NULL;
    assert_int_equal(reopen(), PGAI_OK);
    assert_int_equal(look(), sizeof(sample));
    assert_null(pgai_shared_pace_trouble(pace));
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0700);
    pgai_shared_pace_free(first);
}

static void keys_addresses_and_shares_have_files_of_their_own(void **state)
{
    static const struct {
        const char *url, *key;
        double share;
    } others[] = {
        {"http://127.0.0.1:2/v1", key, 1}, {url, "test_key_0_other", 1}, {url, key, 0.5}};
    pgai_shared_pace *first = pace;

    (void)state;
    write_sample();
    assert_null(strstr(path, key));
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(pgai_shared_pace_open(others[i].url, others[i].key,
                                               others[i].share, &pace, &error),
                         PGAI_OK);
        assert_int_equal(look(), 0);
        pgai_shared_pace_free(pace);
    }
    pace = first;
}

static void change_byte(off_t at)
{
    int file = open(path, O_RDWR);
    char byte;

    assert_int_equal(pread(file, &byte, 1, at), 1);
    byte = (char)(byte ^ 0x10);
    assert_int_equal(pwrite(file, &byte, 1, at), 1);
    close(file);
}

static void a_damaged_file_is_ignored_and_begun_anew(void **state)
{
    struct stat is;

    (void)state;
    write_sample();
    assert_int_equal(stat(path, &is), 0);
    for (off_t at = 0; at < is.st_size; at++) {
        /* The boot of another start of the host is no damage. */
        bool told = at < 16 || at >= 56;

        change_byte(at);
        assert_int_equal(look(), 0);
        if (told)
            assert_trouble("damaged");
        (void)pgai_shared_pace_trouble(pace);
        write_sample();
        (void)pgai_shared_pace_trouble(pace);
        assert_int_equal(look(), sizeof(sample));
    }
    for (off_t size = is.st_size - 1; size > 0; size--) {
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(look(), 0);
        assert_trouble("damaged");
        write_sample();
        (void)pgai_shared_pace_trouble(pace);
    }
    assert_int_equal(truncate(path, 5000), 0);
    assert_int_equal(look(), 0);
    assert_trouble("damaged");
    write_sample();
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(look(), sizeof(sample));
}

static void assert_refused(const char *why)
{
    assert_int_equal(reopen(), PGAI_USAGE);
    assert_null(pace);
    assert_contains(error.message, why);
    assert_contains(error.message, "set XDG_RUNTIME_DIR");
    assert_null(strstr(error.message, key));
}

static void what_others_may_write_is_refused(void **state)
{
    char where[300];

    (void)state;
    snprintf(where, sizeof(where), "%s/pgai", folder);
    assert_int_equal(chmod(path, 0620), 0);
    assert_refused("others may write to it");
    assert_contains(error.message, path);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(chmod(where, 0702), 0);
    assert_refused("others may write to it");
    assert_int_equal(chmod(where, 0700), 0);
    assert_int_equal(reopen(), PGAI_OK);
}

static void what_is_no_file_is_refused(void **state)
{
    char other[800];

    (void)state;
    snprintf(other, sizeof(other), "%s.other", path);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink(other, path), 0);
    assert_refused("it is a symbolic link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused("it is no file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(reopen(), PGAI_OK);
}

static void network_file_systems_are_refused(void **state)
{
    static const unsigned kinds[] = {0x6969, 0xFF534D42, 0x65735546};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        file_system = kinds[i];
        assert_refused("it is on a network file system");
    }
    file_system = 0x01021994; /* tmpfs */
    assert_int_equal(reopen(), PGAI_OK);
    file_system = 0;
}

static void what_belongs_to_another_user_is_refused(void **state)
{
    (void)state;
    other_user = 1;
    assert_refused("it belongs to another user");
    other_user = 0;
    assert_int_equal(reopen(), PGAI_OK);
}

static void what_cannot_be_written_is_told(void **state)
{
    struct rlimit before, none;

    (void)state;
    write_sample();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    (void)look();
    pgai_shared_pace_unlock(pace, (const unsigned char *)"more", 4);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_trouble("cannot be written");
    assert_int_equal(look(), sizeof(sample));
}

static void a_folder_that_cannot_be_is_refused(void **state)
{
    char where[300];

    (void)state;
    setenv("XDG_RUNTIME_DIR", "/proc/self", 1);
    assert_refused("/proc/self/pgai");
    snprintf(where, sizeof(where), "%s/link", folder);
    assert_int_equal(mkdir(where, 0700), 0);
    setenv("XDG_RUNTIME_DIR", where, 1);
    snprintf(where, sizeof(where), "%s/link/pgai", folder);
    assert_int_equal(symlink("/tmp", where), 0);
    assert_refused("Not a directory");
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_refused("HOME is not set");
    /* One that is not absolute does not count. */
    setenv("XDG_RUNTIME_DIR", "here", 1);
    assert_refused("HOME is not set");
    setenv("HOME", folder, 1);
    assert_int_equal(reopen(), PGAI_OK);
    snprintf(where, sizeof(where), "%s/.local/state/pgai", folder);
    assert_int_equal(access(where, F_OK), 0);
}

static void who_is_stopped_with_the_lock_holds_up_nobody_for_long(void **state)
{
    int other = open(path, O_RDWR);

    (void)state;
    write_sample();
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(look(), -1);
    assert_trouble("another process holds");
    close(other);
    assert_int_equal(look(), sizeof(sample));
}

static void who_is_killed_with_the_lock_loses_it(void **state)
{
    unsigned char bytes[PGAI_SESSION_STATE_SIZE];
    int told[2];
    char byte;
    pid_t child;

    (void)state;
    write_sample();
    assert_int_equal(pipe(told), 0);
    child = child_fork();
    if (child == 0) {
        int locked = pgai_shared_pace_lock(pace, bytes);

        if (write(told[1], locked > 0 ? "y" : "n", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(told[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(look(), -1);
    assert_trouble("another process holds");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(look(), sizeof(sample));
    close(told[0]);
    close(told[1]);
}

/* All but pipes: one of them keeps the scratch folder, which is removed when it is
 * closed. */
static void close_all(void)
{
    struct stat is;

    for (int i = 3; i < 64; i++) {
        if (fstat(i, &is) == 0 && !S_ISFIFO(is.st_mode))
            close(i);
    }
}

/* A daemon closes all descriptors; then another file gets the number. */
static void a_number_that_is_another_file_now_is_left_alone(void **state)
{
    char other[800];
    struct stat is;
    int file;

    (void)state;
    write_sample();
    close_all();
    snprintf(other, sizeof(other), "%s/other", folder);
    do
        file = open(other, O_RDWR | O_CREAT, 0600);
    while (file < 63);
    assert_int_equal(look(), sizeof(sample));
    write_sample();
    assert_int_equal(fstat(file, &is), 0);
    assert_int_equal(is.st_size, 0);
    close_all();
    assert_int_equal(look(), sizeof(sample));
}

static void a_file_that_was_deleted_is_made_again(void **state)
{
    (void)state;
    write_sample();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(look(), 0);
    write_sample();
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(look(), sizeof(sample));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(what_one_writes_another_reads),
        TEST(keys_addresses_and_shares_have_files_of_their_own),
        TEST(a_damaged_file_is_ignored_and_begun_anew),
        TEST(what_others_may_write_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(network_file_systems_are_refused),
        TEST(what_belongs_to_another_user_is_refused),
        TEST(what_cannot_be_written_is_told),
        TEST(a_folder_that_cannot_be_is_refused),
        TEST(who_is_stopped_with_the_lock_holds_up_nobody_for_long),
        TEST(who_is_killed_with_the_lock_loses_it),
        TEST(a_number_that_is_another_file_now_is_left_alone),
        TEST(a_file_that_was_deleted_is_made_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
