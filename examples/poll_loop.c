/* Many requests at once in a program's own poll() loop: it walks over all pages, and
 * fetches some contacts by their ids meanwhile. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/protocol.h>

enum { GETS = 8 };

static pgai_error error = PGAI_ERROR_INIT;
static pgai_client *client;
static pgai_session *session;
static pgai_engine *engine;
static pgai_walk *walk;
static pgai_walk_step step;
static pgai_call *gets[GETS];
static size_t getting, walked, fetched;

static void start_get(size_t index, pgai_text id)
{
    char text[257]; /* an id has at most 256 bytes */

    snprintf(text, sizeof(text), "%.*s", (int)id.length, id.data);
    if (pgai_call_new_get(session, text, pgai_client_call_options(client), &gets[index],
                          &error) == PGAI_OK &&
        pgai_engine_start(engine, gets[index], &error) == PGAI_OK)
        getting++;
}

static void use_page(pgai_page *page)
{
    for (size_t i = 0; walked == 0 && i < pgai_page_count(page) && i < GETS; i++)
        start_get(i, pgai_contact_text(pgai_page_contact(page, i), PGAI_ID));
    walked += pgai_page_count(page);
    pgai_page_free(page);
}

/* Take the pages that are there, and start the calls for those that come next. */
static void go_on_walking(void)
{
    pgai_page *page = NULL;
    pgai_call *call;

    do {
        step = pgai_walk_next(walk, pgai_transport_now_ms(), &page);
        for (size_t i = 0; (call = pgai_walk_call(walk, i)); i++) {
            if (pgai_engine_start(engine, call, &error) != PGAI_OK)
                step = PGAI_WALK_FAILED;
        }
        if (page)
            use_page(page);
    } while (step == PGAI_WALK_PAGE);
}

static void use_contact(pgai_call *call)
{
    pgai_contact *contact = pgai_call_take_contact(call);

    getting--;
    fetched += contact != NULL;
    if (!contact)
        fprintf(stderr, "%s\n", pgai_call_error(call)->message);
    pgai_contact_free(contact);
}

static int is_get(const pgai_call *call)
{
    size_t i = 0;

    while (i < GETS && gets[i] != call)
        i++;
    return i < GETS;
}

/* One turn: whatever else the program waits for is polled, too. */
static void turn(void)
{
    struct pollfd wanted[] = {{.fd = pgai_engine_fd(engine), .events = POLLIN}};
    pgai_call *call;

    poll(wanted, 1, -1);
    if (!(wanted[0].revents & POLLIN))
        return;
    pgai_engine_work(engine);
    while ((call = pgai_engine_next(engine))) {
        if (is_get(call))
            use_contact(call);
        else
            go_on_walking();
    }
}

static void run(void)
{
    go_on_walking();
    while (step == PGAI_WALK_CALLS || getting > 0)
        turn();
    if (step == PGAI_WALK_DONE)
        printf("%zu contacts, %zu of them fetched again meanwhile\n", walked, fetched);
    else
        fprintf(stderr, "%s\n", pgai_walk_error(walk)->message);
}

int main(void)
{
    if (pgai_client_new(NULL, &client, &error) == PGAI_OK &&
        pgai_client_session(client, &session, &error) == PGAI_OK &&
        pgai_client_engine(client, &engine, &error) == PGAI_OK &&
        pgai_walk_new(session, NULL, pgai_client_call_options(client), &walk, &error) ==
            PGAI_OK)
        run();
    else
        fprintf(stderr, "%s\n", error.message);
    pgai_engine_free(engine);
    pgai_walk_free(walk);
    for (size_t i = 0; i < GETS; i++)
        pgai_call_free(gets[i]);
    pgai_client_free(client);
    return step == PGAI_WALK_DONE && fetched > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
