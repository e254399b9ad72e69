/* What may happen to a connection that is kept while nobody looks. */
#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pgai/pgai.h>

#include "support/samples.h"
#include "support/unit.h"

static const char UNASKED[] =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
static const char STRAY[] = "\r\n";

/* A service that answers one request on its first connection, does something to it when
 * told to, and answers all requests on its second. */
typedef struct service {
    int listener;
    char url[64];
    const char *unasked; /* bytes that nobody asked for; NULL: none */
    bool closes;
    sem_t go;
    sem_t done;
    int connections;
    pthread_t thread;
} service;

static bool read_request(int connection)
{
    char bytes[4096];
    size_t length = 0;

    while (length < sizeof(bytes) - 1) {
        ssize_t got = recv(connection, bytes + length, sizeof(bytes) - 1 - length, 0);

        if (got <= 0)
            return false;
        length += (size_t)got;
        bytes[length] = '\0';
        if (strstr(bytes, "\r\n\r\n"))
            return true;
    }
    return false;
}

static void respond(int connection)
{
    char bytes[1024];
    int length = snprintf(bytes, sizeof(bytes),
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          strlen(SAMPLE_CONTACT), SAMPLE_CONTACT);

    send(connection, bytes, (size_t)length, MSG_NOSIGNAL);
}

static void *serve(void *data)
{
    service *it = data;
    int first = accept(it->listener, NULL, NULL);
    int second;

    read_request(first);
    respond(first);
    sem_wait(&it->go);
    if (it->unasked)
        send(first, it->unasked, strlen(it->unasked), MSG_NOSIGNAL);
    if (it->closes)
        shutdown(first, SHUT_WR);
    it->connections = 1;
    sem_post(&it->done);
    second = accept(it->listener, NULL, NULL);
    it->connections = 2;
    while (read_request(second))
        respond(second);
    close(second);
    close(first);
    return NULL;
}

static void start(service *it)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    it->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(it->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(it->listener, 5), 0);
    assert_int_equal(getsockname(it->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(it->url, sizeof(it->url), "http://127.0.0.1:%d/v1", ntohs(address.sin_port));
    sem_init(&it->go, 0, 0);
    sem_init(&it->done, 0, 0);
    assert_int_equal(pthread_create(&it->thread, NULL, serve, it), 0);
}

static void assert_get_works(pgai_client *client)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;

    if (pgai_contacts_get(client, SAMPLE_ID, &contact, &error) != PGAI_OK)
        fail_msg("%s", error.message);
    pgai_contact_free(contact);
}

static void a_disturbed_connection_is_not_used(void **state)
{
    static const struct {
        const char *unasked;
        bool closes;
    } cases[] = {{UNASKED, true}, {UNASKED, false}, {STRAY, false}, {NULL, true}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
        service it = {.unasked = cases[i].unasked, .closes = cases[i].closes};
        pgai_client *client = NULL;

        start(&it);
        options.api_key = SAMPLE_KEY;
        options.base_url = it.url;
        options.max_attempts = 1;
        assert_int_equal(pgai_client_new(&options, &client, NULL), PGAI_OK);
        assert_get_works(client);
        sem_post(&it.go);
        sem_wait(&it.done);
        assert_get_works(client);
        assert_get_works(client);
        pgai_client_free(client);
        pthread_join(it.thread, NULL);
        assert_int_equal(it.connections, 2);
        close(it.listener);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_disturbed_connection_is_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
