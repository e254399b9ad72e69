/* A file in which processes share what is known of the rate limit of a key. */
#include <pgai/shared_pace.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/host.h"
#include "engine/process.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/sha256.h"
#include "protocol/text.h"

/* A step under the lock takes microseconds, and a process that dies loses its lock. So
 * who waits longer waits for one that was stopped, or has no processor. */
enum { TRIES = 64, PAUSE_US = 100 };

/* Each guess at a key costs this many hashes, and so does each client that is made. */
enum { NAME_ROUNDS = 1000, NAME_BYTES = 16 };

enum { MAGIC = 8, NUMBER = 4, BOOT = 40, CHECK = 8 };
static const unsigned char magic[MAGIC] = {'p', 'g', 'a', 'i', 'p', 'a', 'c', 'e'};
enum { VERSION = 1, HEAD = MAGIC + 2 * NUMBER + BOOT, MOST = HEAD + 768 + CHECK };

_Static_assert(PGAI_SESSION_STATE_SIZE == 768, "a record has room for any state");

struct pgai_shared_pace {
    char path[PATH_MAX];
    size_t folder; /* how much of the path is the folder */
    int file;      /* -1: none is open */
    dev_t device;  /* what was opened, to know it again */
    ino_t inode;
    unsigned generation; /* of the process that opened it */
    char boot[BOOT + 1]; /* times of another boot mean nothing */
    unsigned char record[MOST];
    size_t length; /* of the record, as it was read or written */
    const char *trouble;
};

static const char advice[] =
    "set XDG_RUNTIME_DIR or XDG_STATE_HOME to a folder that is yours alone, on a disk of "
    "this host, for all processes with this key; or do not share the pacing";

static pgai_status refuse(const char *path, const char *why, pgai_error *error)
{
    return pgaii_fail(error, PGAI_USAGE, "the pacing cannot be shared in %s: %s; %s",
                      path, why, advice);
}

/* Containers may have clocks of their own, so that they have files of their own. */
static void write_name(const char *base_url, const char *api_key, double share,
                       char out[2 * NAME_BYTES + 1])
{
    unsigned char hash[PGAII_SHA256_BYTES];
    char clock[64], text[4096];
    int length;

    pgaii_host_clock(clock, sizeof(clock));
    length = snprintf(text, sizeof(text), "%s\n%s\n%.17g\n%s", clock, api_key, share,
                      base_url);
    pgaii_sha256(text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1,
                 hash);
    pgaii_wipe(text, sizeof(text));
    for (int i = 0; i < NAME_ROUNDS; i++)
        pgaii_sha256(hash, sizeof(hash), hash);
    for (size_t i = 0; i < NAME_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static pgai_status write_path(pgai_shared_pace *pace, const char *name, pgai_error *error)
{
    static const struct {
        const char *variable;
        const char *below;
    } places[] = {
        {"XDG_RUNTIME_DIR", ""}, {"XDG_STATE_HOME", ""}, {"HOME", "/.local/state"}};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        const char *base = pgaii_process_variable(places[i].variable);
        int length;

        /* One that is not absolute is to be ignored. */
        if (!base || *base != '/')
            continue;
        length =
            snprintf(pace->path, sizeof(pace->path), "%s%s/pgai", base, places[i].below);
        pace->folder = (size_t)length;
        if (pace->folder + 1 + 2 * NAME_BYTES >= sizeof(pace->path))
            return refuse(base, "its name is too long", error);
        snprintf(pace->path + length, sizeof(pace->path) - pace->folder, "/%s", name);
        return PGAI_OK;
    }
    return refuse("a file", "there is no folder for it, as HOME is not set", error);
}

/* What is missing of the folder. What fails shows when it is opened. */
static void make_folders(char *path, size_t folder)
{
    for (size_t i = 1; i <= folder; i++) {
        if (path[i] != '/')
            continue;
        path[i] = '\0';
        mkdir(path, S_IRWXU);
        path[i] = '/';
    }
}

/* Why a folder or a file is not safe to use; NULL: it is. */
static const char *distrust(const struct stat *is, mode_t type)
{
    if ((is->st_mode & S_IFMT) != type)
        return type == S_IFDIR ? "it is no folder" : "it is no file";
    if (is->st_uid != geteuid())
        return "it belongs to another user";
    if (is->st_mode & (S_IWGRP | S_IWOTH))
        return "others may write to it";
    return NULL;
}

static const char *check_folder(int folder)
{
    struct stat is;
    const char *why;
    bool local;

    if (fstat(folder, &is) != 0 || !pgaii_host_has(folder, &local))
        return strerror(errno);
    why = distrust(&is, S_IFDIR);
    if (!why && !local)
        why = "it is on a network file system, where locks are not reliable";
    return why;
}

/* Takes the file. */
static const char *keep_file(pgai_shared_pace *pace, int file)
{
    struct stat is;
    const char *why = fstat(file, &is) != 0 ? strerror(errno) : distrust(&is, S_IFREG);

    if (why) {
        close(file);
        return why;
    }
    pace->file = file;
    pace->device = is.st_dev;
    pace->inode = is.st_ino;
    pace->generation = pgaii_process_generation();
    return NULL;
}

static const char *open_in(pgai_shared_pace *pace, int folder)
{
    int file =
        openat(folder, pace->path + pace->folder + 1,
               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (file < 0)
        return errno == ELOOP ? "it is a symbolic link" : strerror(errno);
    return keep_file(pace, file);
}

/* NULL: it is open. Otherwise why not; @p in_folder: that is due to the folder. */
static const char *open_file(pgai_shared_pace *pace, bool *in_folder)
{
    const char *why;
    int folder;

    make_folders(pace->path, pace->folder);
    pace->path[pace->folder] = '\0';
    folder = open(pace->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    pace->path[pace->folder] = '/';
    why = folder < 0 ? strerror(errno) : check_folder(folder);
    *in_folder = why != NULL;
    if (!why)
        why = open_in(pace, folder);
    if (folder >= 0)
        close(folder);
    return why;
}

pgai_status pgai_shared_pace_open(const char *base_url, const char *api_key, double share,
                                  pgai_shared_pace **out, pgai_error *error)
{
    char name[2 * NAME_BYTES + 1];
    pgai_shared_pace *pace;
    bool in_folder = false;
    const char *why;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    if (!base_url || !api_key)
        return pgaii_fail(error, PGAI_USAGE, "base_url or api_key is NULL");
    status = pgaii_process_start(error);
    if (status != PGAI_OK)
        return status;
    pace = pgaii_new(sizeof(*pace));
    if (!pace)
        return pgaii_fail_memory(error);
    pace->file = -1;
    pgaii_host_boot(pace->boot, sizeof(pace->boot));
    write_name(base_url, api_key, share, name);
    status = write_path(pace, name, error);
    why = status == PGAI_OK ? open_file(pace, &in_folder) : NULL;
    if (why) {
        if (in_folder)
            pace->path[pace->folder] = '\0';
        status = refuse(pace->path, why, error);
    }
    if (status == PGAI_OK)
        *out = pace;
    else
        pgai_shared_pace_free(pace);
    return status;
}

/* Whether the descriptor is still what was opened: a program may have closed all, and the
 * number may be another file's. */
static bool is_ours(const pgai_shared_pace *pace, bool *deleted)
{
    struct stat is;

    if (pace->file < 0 || fstat(pace->file, &is) != 0 || is.st_dev != pace->device ||
        is.st_ino != pace->inode)
        return false;
    *deleted = is.st_nlink == 0;
    return true;
}

static void close_file(pgai_shared_pace *pace)
{
    bool deleted;

    if (is_ours(pace, &deleted))
        close(pace->file);
    pace->file = -1;
}

/* In a forked child the descriptor has its lock together with the parent's. */
static bool has_file(pgai_shared_pace *pace)
{
    bool deleted = false;
    bool in_folder;

    if (is_ours(pace, &deleted) && !deleted &&
        pace->generation == pgaii_process_generation())
        return true;
    close_file(pace);
    return open_file(pace, &in_folder) == NULL;
}

static bool take_lock(int file)
{
    for (int i = 0; i < TRIES; i++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        usleep(PAUSE_US);
    }
    return false;
}

static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

static void put_number(unsigned char *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

static void
put_check(const unsigned char *record, size_t length, unsigned char out[CHECK])
{
    put_number(out, pgaii_text_hash((pgai_text){(const char *)record, length}), CHECK);
}

/* The bytes of state in the record that was read; 0: it has none. */
static size_t state_length(pgai_shared_pace *pace)
{
    const unsigned char *record = pace->record;
    unsigned char check[CHECK];
    size_t length;

    if (pace->length == 0)
        return 0;
    pace->trouble = "the file of the shared pacing was damaged, or of another version of "
                    "this library: what was known of the rate limit is forgotten";
    if (pace->length < HEAD + CHECK || memcmp(record, magic, MAGIC) != 0 ||
        number_at(record + MAGIC) != VERSION)
        return 0;
    length = number_at(record + MAGIC + NUMBER);
    if (length != pace->length - HEAD - CHECK)
        return 0;
    put_check(record, HEAD + length, check);
    if (memcmp(check, record + HEAD + length, CHECK) != 0)
        return 0;
    pace->trouble = NULL;
    /* The host was started again. */
    return memcmp(record + HEAD - BOOT, pace->boot, BOOT) == 0 ? length : 0;
}

int pgai_shared_pace_lock(pgai_shared_pace *pace,
                          unsigned char state[PGAI_SESSION_STATE_SIZE])
{
    ssize_t length;
    size_t found;

    if (!has_file(pace)) {
        pace->trouble = "the file of the shared pacing cannot be opened any more: this "
                        "process goes on by what it knows itself";
        return -1;
    }
    if (!take_lock(pace->file)) {
        pace->trouble = "another process holds the file of the shared pacing: this one "
                        "goes on by what it knows itself";
        return -1;
    }
    length = pread(pace->file, pace->record, MOST, 0);
    pace->length = length > 0 ? (size_t)length : 0;
    found = state_length(pace);
    memcpy(state, pace->record + HEAD, found);
    return (int)found;
}

static void write_record(pgai_shared_pace *pace, const unsigned char *state, size_t size)
{
    unsigned char *record = pace->record;
    size_t length = HEAD + size + CHECK;

    memcpy(record, magic, MAGIC);
    put_number(record + MAGIC, VERSION, NUMBER);
    put_number(record + MAGIC + NUMBER, size, NUMBER);
    memcpy(record + HEAD - BOOT, pace->boot, BOOT);
    memcpy(record + HEAD, state, size);
    put_check(record, HEAD + size, record + HEAD + size);
    if (pwrite(pace->file, record, length, 0) != (ssize_t)length ||
        (length < pace->length && ftruncate(pace->file, (off_t)length) != 0))
        pace->trouble =
            "the file of the shared pacing cannot be written: other processes "
            "do not know of requests of this one";
    pace->length = length;
}

void pgai_shared_pace_unlock(pgai_shared_pace *pace, const unsigned char *state,
                             size_t length)
{
    bool same = pace->length == HEAD + length + CHECK &&
                memcmp(pace->record + HEAD, state, length) == 0 &&
                memcmp(pace->record + HEAD - BOOT, pace->boot, BOOT) == 0;

    if (length > 0 && length <= PGAI_SESSION_STATE_SIZE && (!same || pace->trouble))
        write_record(pace, state, length);
    flock(pace->file, LOCK_UN);
}

const char *pgai_shared_pace_trouble(pgai_shared_pace *pace)
{
    const char *trouble = pace->trouble;

    pace->trouble = NULL;
    return trouble;
}

void pgai_shared_pace_free(pgai_shared_pace *pace)
{
    if (!pace)
        return;
    close_file(pace);
    free(pace);
}
