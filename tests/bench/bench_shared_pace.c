/* What pacing that processes share adds to a call, on the file system of the folder that
 * XDG_RUNTIME_DIR names, and on that of /tmp. */
#include <stdio.h>
#include <stdlib.h>

#include <pgai/client.h>
#include <pgai/protocol.h>

#include "protocol/text.h"
#include "support/ratio.h"
#include "support/scratch.h"

enum { CALLS = 2000, ROUNDS = 15 };

static pgai_client *make_client(const char *key, int shared)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    options.api_key = key;
    options.base_url = "http://127.0.0.1:1/v1";
    options.shared_pacing = shared;
    if (pgai_client_new(&options, &client, &error) != PGAI_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return client;
}

/* Calls of which nothing is sent, so that only their steps count. */
static void run(void *data)
{
    static const char body[] = "{\"id\":\"c1\"}";
    const pgai_response response = {200, NULL, 0, pgaii_text(body)};
    pgai_session *session = NULL;

    if (pgai_client_session(data, &session, NULL) != PGAI_OK)
        abort();
    for (int i = 0; i < CALLS; i++) {
        pgai_call *call = NULL;

        if (pgai_call_new_get(session, "c1", NULL, &call, NULL) != PGAI_OK ||
            pgai_call_next(call, 1000000 + i) != PGAI_STEP_SEND)
            abort();
        pgai_call_request(call);
        pgai_call_feed(call, 1000000 + i, &response);
        if (pgai_call_next(call, 1000000 + i) != PGAI_STEP_DONE)
            abort();
        pgai_call_free(call);
    }
}

int main(void)
{
    char folder[SCRATCH_PATH_SIZE];
    const ratio_table table = {"steps of a call without a rate limit", "call", CALLS,
                               RATIO_CPU, ROUNDS};
    pgai_client *alone = make_client("test_key_0_bench", 0);
    pgai_client *user = make_client("test_key_0_bench", 1);
    pgai_client *disk;

    scratch_folder(folder);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    /* Clients with one key would share a session. */
    disk = make_client("test_key_0_disk", 1);
    ratio_print(&table,
                (ratio_entry[]){{"alone", run, alone},
                                {"shared, XDG_RUNTIME_DIR", run, user},
                                {"shared, /tmp", run, disk}},
                3);
    pgai_client_free(disk);
    pgai_client_free(user);
    pgai_client_free(alone);
    return 0;
}
