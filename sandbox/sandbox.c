/* The sandbox for C programs: a server in a thread of its own. */
#include <pgai/sandbox.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"
#include "protocol/versioned.h"
#include "sandbox/control.h"
#include "sandbox/emulator.h"
#include "sandbox/server.h"

enum {
    URL_SIZE = 40,
    MAX_LOG = 1024 * 1024 * 1024 /* bytes: the log's requests and a million creates */
};

struct pgai_sandbox {
    pgaii_server *server;
    pthread_t thread;
    pthread_mutex_t lock; /* of the emulator, between the thread and the caller's */
    pgaii_emulator emulator;
    char url[URL_SIZE];
};

static uint64_t handle_accept(void *data, pgaii_delivery *delivery)
{
    pgai_sandbox *sandbox = data;
    uint64_t number;

    pthread_mutex_lock(&sandbox->lock);
    number = pgaii_emulator_accept(&sandbox->emulator, delivery);
    pthread_mutex_unlock(&sandbox->lock);
    return number;
}

static bool handle_request(void *data, const pgaii_sandbox_request *request,
                           uint64_t connection, pgaii_buffer *out,
                           pgaii_delivery *delivery)
{
    pgai_sandbox *sandbox = data;
    bool answered;

    pthread_mutex_lock(&sandbox->lock);
    if (pgaii_control_is_for(request))
        answered = pgaii_control_request(&sandbox->emulator, request, out, delivery);
    else
        answered = pgaii_emulator_request(&sandbox->emulator, request, connection, out,
                                          delivery);
    pthread_mutex_unlock(&sandbox->lock);
    return answered;
}

static void *run(void *data)
{
    pgai_sandbox *sandbox = data;

    pgaii_server_run(sandbox->server);
    return NULL;
}

/* Signals are for the program's own threads. */
static int start_thread(pgai_sandbox *sandbox)
{
    sigset_t all;
    sigset_t before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&sandbox->thread, NULL, run, sandbox);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static pgai_status read_options(const pgai_sandbox_options *given,
                                pgai_sandbox_options *out, pgai_error *error)
{
    *out = (pgai_sandbox_options)PGAI_SANDBOX_OPTIONS_INIT;
    if (!given)
        return PGAI_OK;
    return pgaii_versioned_read(out, sizeof(*out), given,
                                PGAII_FIRST_SIZE(pgai_sandbox_options, log_stderr),
                                "options", error);
}

/* The sandbox may be freed in any case. */
static pgai_status open_sandbox(pgai_sandbox *sandbox,
                                const pgai_sandbox_options *options, pgai_error *error)
{
    pgaii_handler handler = {sandbox, handle_accept, handle_request};
    pgai_status status = pgaii_emulator_init(&sandbox->emulator, options, error);

    if (status == PGAI_OK)
        status = pgaii_server_open(options->port, &handler, &sandbox->server, error);
    if (status == PGAI_OK && start_thread(sandbox) != 0)
        status = pgaii_fail(error, PGAI_NO_MEMORY, "cannot start a thread");
    if (status == PGAI_OK)
        snprintf(sandbox->url, sizeof(sandbox->url), "http://127.0.0.1:%d%s",
                 pgaii_server_port(sandbox->server), PGAII_SERVICE_BASE);
    return status;
}

static void free_sandbox(pgai_sandbox *sandbox)
{
    pgaii_server_free(sandbox->server);
    pgaii_emulator_clear(&sandbox->emulator);
    pthread_mutex_destroy(&sandbox->lock);
    free(sandbox);
}

pgai_status pgai_sandbox_start(const pgai_sandbox_options *options, pgai_sandbox **out,
                               pgai_error *error)
{
    pgai_sandbox_options read;
    pgai_sandbox *sandbox;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    status = read_options(options, &read, error);
    if (status != PGAI_OK)
        return status;
    sandbox = pgaii_new(sizeof(*sandbox));
    if (!sandbox)
        return pgaii_fail_memory(error);
    pthread_mutex_init(&sandbox->lock, NULL);
    status = open_sandbox(sandbox, &read, error);
    if (status == PGAI_OK)
        *out = sandbox;
    else
        free_sandbox(sandbox);
    return status;
}

const char *pgai_sandbox_url(const pgai_sandbox *sandbox)
{
    return sandbox->url;
}

const char *pgai_sandbox_key(const pgai_sandbox *sandbox)
{
    (void)sandbox;
    return "sandbox_key";
}

pgai_status
pgai_sandbox_fault(pgai_sandbox *sandbox, const char *rules, pgai_error *error)
{
    pgai_status status;

    if (!sandbox || !rules)
        return pgaii_fail(error, PGAI_USAGE, "%s is NULL", sandbox ? "rules" : "sandbox");
    pthread_mutex_lock(&sandbox->lock);
    status = pgaii_rules_add(&sandbox->emulator.rules, pgaii_text(rules), error);
    pthread_mutex_unlock(&sandbox->lock);
    return status;
}

pgai_status pgai_sandbox_log(pgai_sandbox *sandbox, char **out, pgai_error *error)
{
    pgaii_emulator *emulator;
    pgaii_buffer text;

    if (!sandbox || !out)
        return pgaii_fail(error, PGAI_USAGE, "%s is NULL", sandbox ? "out" : "sandbox");
    emulator = &sandbox->emulator;
    pgaii_buffer_init(&text, MAX_LOG);
    pthread_mutex_lock(&sandbox->lock);
    pgaii_log_write(&emulator->log, emulator->service.contacts, emulator->connections,
                    &text);
    pthread_mutex_unlock(&sandbox->lock);
    *out = pgaii_buffer_take(&text);
    return *out ? PGAI_OK : pgaii_fail_memory(error);
}

pgai_status pgai_sandbox_reset(pgai_sandbox *sandbox, pgai_error *error)
{
    if (!sandbox)
        return pgaii_fail(error, PGAI_USAGE, "sandbox is NULL");
    pthread_mutex_lock(&sandbox->lock);
    pgaii_emulator_reset(&sandbox->emulator);
    pthread_mutex_unlock(&sandbox->lock);
    return PGAI_OK;
}

void pgai_sandbox_advance(pgai_sandbox *sandbox, int64_t ms)
{
    pthread_mutex_lock(&sandbox->lock);
    pgaii_emulator_advance(&sandbox->emulator, ms);
    pthread_mutex_unlock(&sandbox->lock);
}

void pgai_sandbox_stop(pgai_sandbox *sandbox)
{
    if (!sandbox)
        return;
    pgaii_server_stop(sandbox->server);
    pthread_join(sandbox->thread, NULL);
    free_sandbox(sandbox);
}
