/* Requests in the loop of libuv: contacts are created all at once, and each is printed
 * when it was created. */

#include <stdio.h>
#include <stdlib.h>

#include <uv.h>

#include <pgai/pgai.h>
#include <pgai/protocol.h>

static const char *const names[] = {"Ada", "Grace", "Edsger", "Barbara", "Donald"};
enum { CREATES = sizeof(names) / sizeof(*names) };

static pgai_error error = PGAI_ERROR_INIT;
static pgai_client *client;
static pgai_session *session;
static pgai_engine *engine;
static pgai_call *creates[CREATES];
static size_t over, created;

static void use_contact(pgai_call *call)
{
    pgai_contact *contact = pgai_call_take_contact(call);
    pgai_text id;

    if (contact) {
        id = pgai_contact_text(contact, PGAI_ID);
        printf("created %.*s\n", (int)id.length, id.data);
        created++;
    } else {
        fprintf(stderr, "%s\n", pgai_call_error(call)->message);
    }
    pgai_contact_free(contact);
}

static void on_readable(uv_poll_t *watcher, int status, int events)
{
    pgai_call *call;

    (void)status;
    (void)events;
    pgai_engine_work(engine);
    while ((call = pgai_engine_next(engine))) {
        use_contact(call);
        if (++over == CREATES)
            uv_poll_stop(watcher);
    }
}

static pgai_status start_creates(void)
{
    pgai_status status = PGAI_OK;

    for (size_t i = 0; status == PGAI_OK && i < CREATES; i++) {
        pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

        fields.first_name = names[i];
        fields.last_name = "Example";
        status = pgai_call_new_create(session, &fields, pgai_client_call_options(client),
                                      &creates[i], &error);
        if (status == PGAI_OK)
            status = pgai_engine_start(engine, creates[i], &error);
    }
    return status;
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_poll_t watcher;

    if (pgai_client_new(NULL, &client, &error) == PGAI_OK &&
        pgai_client_session(client, &session, &error) == PGAI_OK &&
        pgai_client_engine(client, &engine, &error) == PGAI_OK &&
        start_creates() == PGAI_OK) {
        uv_poll_init(loop, &watcher, pgai_engine_fd(engine));
        uv_poll_start(&watcher, UV_READABLE, on_readable);
        uv_run(loop, UV_RUN_DEFAULT);
        uv_close((uv_handle_t *)&watcher, NULL);
        uv_run(loop, UV_RUN_DEFAULT);
    } else {
        fprintf(stderr, "%s\n", error.message);
    }
    pgai_engine_free(engine);
    for (size_t i = 0; i < CREATES; i++)
        pgai_call_free(creates[i]);
    pgai_client_free(client);
    return created == CREATES ? EXIT_SUCCESS : EXIT_FAILURE;
}
