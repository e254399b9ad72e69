/* What all clients of one process share: the lock, and when libcurl may be used. */
#include "engine/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

#include "engine/clock.h"
#include "protocol/error.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* Of shared pacing; taken after the other where both are. */
static pthread_mutex_t pace_mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint generation;

/* Which threads may be in libcurl; under the mutex. */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned inside; /* threads */
static unsigned
    forking; /* threads that wait until no thread is inside, or are in fork() */
static bool ending;

/* How long a fork, or the end of the process, waits for those inside. What they do takes
 * milliseconds, unless a service keeps libcurl busy without end. */
enum { MAX_WAIT_S = 1 };

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

void pgaii_process_lock_pace(void)
{
    pthread_mutex_lock(&pace_mutex);
}

void pgaii_process_unlock_pace(void)
{
    pthread_mutex_unlock(&pace_mutex);
}

bool pgaii_process_enter(void)
{
    bool entered;

    pgaii_process_lock(NULL);
    while (forking > 0 && !ending)
        pthread_cond_wait(&changed, &mutex);
    entered = !ending;
    inside += entered;
    pgaii_process_unlock(NULL);
    return entered;
}

void pgaii_process_leave(void)
{
    pgaii_process_lock(NULL);
    if (--inside == 0)
        pthread_cond_broadcast(&changed);
    pgaii_process_unlock(NULL);
}

/* Under the mutex, which is free meanwhile. */
static void wait_until_nobody_is_inside(void)
{
    const struct timespec until = pgaii_clock_in(MAX_WAIT_S);
    int result = 0;

    while (inside > 0 && result == 0)
        result = pthread_cond_timedwait(&changed, &mutex, &until);
}

static void before_fork(void)
{
    pgaii_process_lock(NULL);
    forking++;
    wait_until_nobody_is_inside();
    pgaii_process_lock_pace();
}

static void after_fork_in_parent(void)
{
    pgaii_process_unlock_pace();
    forking--;
    pthread_cond_broadcast(&changed);
    pgaii_process_unlock(NULL);
}

/* The other threads, and what they waited for, do not exist in the child. */
static void after_fork_in_child(void)
{
    static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;

    changed = fresh;
    inside = 0;
    forking = 0;
    atomic_fetch_add(&generation, 1);
    pgaii_process_unlock_pace();
    pgaii_process_unlock(NULL);
}

/* Runs before the handlers of the libraries that curl_global_init() has started. */
static void before_exit(void)
{
    pgaii_process_lock(NULL);
    ending = true;
    pthread_cond_broadcast(&changed);
    wait_until_nobody_is_inside();
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
        started =
            curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && atexit(before_exit) == 0;
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
#ifdef __APPLE__
    const char *value = issetugid() ? NULL : getenv(name);
#else
    const char *value = secure_getenv(name);
#endif

    return value && *value ? value : NULL;
}
