/* A server that answers to the byte. */
#include "support/peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, REQUEST_BYTES = 16 * 1024 };

/* A flood ends by itself beyond this, in case nothing stops it. */
enum { FLOOD_BYTES = 64 * 1024 * 1024 };

/* Long enough for the other side to read what came before. */
enum { SPLIT_PAUSE_NS = 300 * 1000 };

struct connection {
    int fd;
    bool stalled;
    size_t length;
    char input[REQUEST_BYTES];
};

struct peer {
    int listener;
    int port;
    char url[64];
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what stands below */
    pthread_cond_t changed;
    bool stopping;
    peer_response responses[PEER_RESPONSES];
    size_t response_count;
    char *bytes; /* of all responses */
    int requests;
    int accepted;
    char last[REQUEST_BYTES];
    size_t count; /* from here on only the thread looks */
    struct connection connections[CONNECTIONS];
};

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool send_response(int fd, const peer_response *response)
{
    const struct timespec pause = {0, SPLIT_PAUSE_NS};
    size_t first = response->split ? response->split : response->length;
    size_t flood = response->flood ? strlen(response->flood) : 0;
    bool open = send_all(fd, response->bytes, first);

    if (open && first < response->length) {
        nanosleep(&pause, NULL);
        open = send_all(fd, response->bytes + first, response->length - first);
    }
    for (size_t sent = 0; open && flood > 0 && sent < FLOOD_BYTES; sent += flood)
        open = send_all(fd, response->flood, flood);
    return open;
}

/* The length of the first whole request in the input; 0: it is not whole yet. */
static size_t request_length(const struct connection *connection)
{
    static const char name[] = "content-length:";
    const char *start = connection->input;
    const char *end = memmem(start, connection->length, "\r\n\r\n", 4);
    size_t length;

    if (!end)
        return 0;
    length = (size_t)(end - start) + 4;
    for (const char *line = start; line < end; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, name, sizeof(name) - 1) == 0)
            length += strtoul(line + sizeof(name) - 1, NULL, 10);
    }
    return length <= connection->length ? length : 0;
}

static const peer_response *note_request(peer *server, const char *text, size_t length)
{
    static const peer_response silence = {.end = PEER_STALL};
    size_t number = (size_t)server->requests++;

    memcpy(server->last, text, length);
    server->last[length] = '\0';
    pthread_cond_broadcast(&server->changed);
    if (server->response_count == 0)
        return &silence;
    return &server
                ->responses[number < server->response_count ? number
                                                            : server->response_count - 1];
}

/* The script stays locked until the response is sent. */
static peer_end
answer_request(peer *server, const struct connection *connection, size_t length)
{
    const peer_response *response;
    peer_end end;

    pthread_mutex_lock(&server->mutex);
    response = note_request(server, connection->input, length);
    end = send_response(connection->fd, response) ? response->end : PEER_FIN;
    pthread_mutex_unlock(&server->mutex);
    return end;
}

static void reset(int fd)
{
    struct linger now = {1, 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Answer what was read; false: the connection is to be closed. */
static bool answer_requests(peer *server, struct connection *connection)
{
    for (size_t length = request_length(connection); length > 0;
         length = request_length(connection)) {
        peer_end end = answer_request(server, connection, length);

        connection->length -= length;
        memmove(connection->input, connection->input + length, connection->length);
        connection->input[connection->length] = '\0';
        if (end == PEER_RST)
            reset(connection->fd);
        if (end == PEER_RST || end == PEER_FIN)
            return false;
        connection->stalled = end == PEER_STALL;
    }
    return true;
}

static bool serve(peer *server, struct connection *connection)
{
    size_t room = REQUEST_BYTES - 1 - connection->length;
    ssize_t got = recv(connection->fd, connection->input + connection->length, room, 0);

    if (got <= 0)
        return false;
    connection->length += (size_t)got;
    connection->input[connection->length] = '\0';
    return connection->stalled || answer_requests(server, connection);
}

static void accept_one(peer *server)
{
    const struct timeval patience = {5, 0};
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    int on = 1;

    if (fd < 0)
        return;
    require(server->count < CONNECTIONS, "peer: too many connections");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    memset(&server->connections[server->count], 0, sizeof(struct connection));
    server->connections[server->count++].fd = fd;
    pthread_mutex_lock(&server->mutex);
    server->accepted++;
    pthread_mutex_unlock(&server->mutex);
}

static void drop(peer *server, size_t index)
{
    close(server->connections[index].fd);
    server->connections[index] = server->connections[--server->count];
}

static bool is_stopping(peer *server)
{
    bool stopping;

    pthread_mutex_lock(&server->mutex);
    stopping = server->stopping;
    pthread_mutex_unlock(&server->mutex);
    return stopping;
}

static void *run(void *data)
{
    peer *server = data;

    while (!is_stopping(server)) {
        struct pollfd polled[CONNECTIONS + 1] = {{server->listener, POLLIN, 0}};

        for (size_t i = 0; i < server->count; i++)
            polled[i + 1] = (struct pollfd){server->connections[i].fd, POLLIN, 0};
        require(poll(polled, server->count + 1, -1) > 0, "peer: poll");
        for (size_t i = server->count; i > 0; i--) {
            if (polled[i].revents && !serve(server, &server->connections[i - 1]))
                drop(server, i - 1);
        }
        if (polled[0].revents)
            accept_one(server);
    }
    while (server->count > 0)
        drop(server, server->count - 1);
    return NULL;
}

peer *peer_start(void)
{
    peer *server = calloc(1, sizeof(*server));
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);

    require(server != NULL, "peer: calloc");
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(bind(server->listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                listen(server->listener, CONNECTIONS) == 0 &&
                getsockname(server->listener, (struct sockaddr *)&address, &size) == 0,
            "peer: listen");
    server->port = ntohs(address.sin_port);
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%d/v1", server->port);
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->changed, NULL);
    require(pthread_create(&server->thread, NULL, run, server) == 0, "peer: thread");
    return server;
}

/* Each response's bytes move behind those before it. */
static void copy_responses(peer *server, const peer_response *responses, size_t count)
{
    size_t length = 0;
    char *at;

    for (size_t i = 0; i < count; i++)
        length += responses[i].length;
    free(server->bytes);
    at = server->bytes = malloc(length + 1);
    require(at != NULL, "peer: malloc");
    for (size_t i = 0; i < count; i++) {
        server->responses[i] = responses[i];
        server->responses[i].bytes = at;
        if (responses[i].length > 0)
            memcpy(at, responses[i].bytes, responses[i].length);
        at += responses[i].length;
    }
}

void peer_script(peer *server, const peer_response *responses, size_t count)
{
    require(count <= PEER_RESPONSES, "peer: too long a script");
    pthread_mutex_lock(&server->mutex);
    copy_responses(server, responses, count);
    server->response_count = count;
    server->requests = 0;
    server->accepted = 0;
    pthread_mutex_unlock(&server->mutex);
}

const char *peer_url(const peer *server)
{
    return server->url;
}

int peer_port(const peer *server)
{
    return server->port;
}

int peer_requests(peer *server)
{
    int requests;

    pthread_mutex_lock(&server->mutex);
    requests = server->requests;
    pthread_mutex_unlock(&server->mutex);
    return requests;
}

int peer_connections(peer *server)
{
    int accepted;

    pthread_mutex_lock(&server->mutex);
    accepted = server->accepted;
    pthread_mutex_unlock(&server->mutex);
    return accepted;
}

void peer_await_requests(peer *server, int count)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&server->mutex);
    while (server->requests < count)
        require(pthread_cond_timedwait(&server->changed, &server->mutex, &until) == 0,
                "peer: no request came");
    pthread_mutex_unlock(&server->mutex);
}

void peer_last_request(peer *server, char *out, size_t size)
{
    pthread_mutex_lock(&server->mutex);
    snprintf(out, size, "%s", server->last);
    pthread_mutex_unlock(&server->mutex);
}

void peer_stop(peer *server)
{
    pthread_mutex_lock(&server->mutex);
    server->stopping = true;
    pthread_mutex_unlock(&server->mutex);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->mutex);
    free(server->bytes);
    free(server);
}

size_t
peer_format(char *out, size_t size, int status, const char *headers, const char *body)
{
    int length = snprintf(out, size,
                          "HTTP/1.1 %d Something\r\nContent-Type: application/json\r\n"
                          "%sContent-Length: %zu\r\n\r\n%s",
                          status, headers ? headers : "", strlen(body), body);

    require(length > 0 && (size_t)length < size, "peer: response too long");
    return (size_t)length;
}
