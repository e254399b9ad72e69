/* A peer, and a client of it, as most tests need them. */
#include "support/served.h"

#include "support/samples.h"

peer *server;
pgai_client *client;

int serve(void **state)
{
    (void)state;
    server = peer_start();
    return 0;
}

int serve_no_more(void **state)
{
    (void)state;
    peer_stop(server);
    return 0;
}

int serve_client(void **state)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;

    serve(state);
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    return (int)pgai_client_new(&options, &client, NULL);
}

int serve_client_no_more(void **state)
{
    pgai_client_free(client);
    client = NULL;
    return serve_no_more(state);
}
