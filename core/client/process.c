#include "client/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "protocol/error.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint generation;

void pgaii_process_lock(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
}

void pgaii_process_unlock(void *unused)
{
    (void)unused;
    pthread_mutex_unlock(&mutex);
}

static void before_fork(void)
{
    pgaii_process_lock(NULL);
}

static void after_fork_in_parent(void)
{
    pgaii_process_unlock(NULL);
}

static void after_fork_in_child(void)
{
    atomic_fetch_add(&generation, 1);
    pgaii_process_unlock(NULL);
}

static bool start_locked(void)
{
    static bool watching;
    static bool started;

    if (!watching)
        watching =
            pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
    if (watching && !started)
        started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return started;
}

pgai_status pgaii_process_start(pgai_error *error)
{
    bool started;

    pgaii_process_lock(NULL);
    started = start_locked();
    pgaii_process_unlock(NULL);
    return started ? PGAI_OK : pgaii_fail_memory(error);
}

unsigned pgaii_process_generation(void)
{
    return atomic_load(&generation);
}

const char *pgaii_process_variable(const char *name)
{
    const char *value = secure_getenv(name);

    return value && *value ? value : NULL;
}
