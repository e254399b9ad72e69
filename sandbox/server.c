/* The loop around all connections, with the one that accepts more. */
#include "sandbox/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "sandbox/clock.h"

enum {
    EVENTS_EACH = 64, /* events taken from the kernel at once */
    MAX_PORT = 65535,
    /* The program may close descriptors that are not ours, without a notice. */
    FULL_RETRY_MS = 50
};

struct pgaii_server {
    pgaii_handler handler;
    int port;
    int epoll;
    int listener;
    int stopper; /* an eventfd */
    bool stopping;
    pgaii_connection *connections;
    int64_t waiting;  /* connections that wake at some time */
    bool full;        /* no descriptor was left for one more connection */
    int64_t retry_ms; /* by the steady clock: when to try again then */
};

static bool has_wake(const pgaii_connection *connection)
{
    return connection->doing == PGAII_DOING_WAIT ||
           connection->doing == PGAII_DOING_LINGER;
}

static uint32_t wanted_events(const pgaii_connection *connection)
{
    static const uint32_t wanted[] = {
        [PGAII_DOING_READ] = EPOLLIN,   [PGAII_DOING_SEND] = EPOLLOUT,
        [PGAII_DOING_WAIT] = 0,         [PGAII_DOING_HOLD] = EPOLLRDHUP,
        [PGAII_DOING_LINGER] = EPOLLIN, [PGAII_DOING_CLOSE] = 0,
        [PGAII_DOING_RESET] = 0,
    };

    return wanted[connection->doing];
}

static bool watch(pgaii_server *server, int operation, int fd, uint32_t events, void *who)
{
    struct epoll_event event = {.events = events, .data.ptr = who};

    return epoll_ctl(server->epoll, operation, fd, &event) == 0;
}

/* The kernel forgets a descriptor by itself only when no process has it any more: a child
 * that was just forked may, and would have it report a connection that is gone. */
static void drop_connection(pgaii_server *server, pgaii_connection *connection)
{
    watch(server, EPOLL_CTL_DEL, connection->fd, 0, NULL);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    pgaii_connection_free(connection);
    server->retry_ms = 0; /* there is room for another */
}

/* After anything happened to a connection. */
static void settle(pgaii_server *server, pgaii_connection *connection, bool waited)
{
    uint32_t events = wanted_events(connection);

    server->waiting += has_wake(connection) - waited;
    if (connection->doing == PGAII_DOING_CLOSE ||
        connection->doing == PGAII_DOING_RESET) {
        drop_connection(server, connection);
        return;
    }
    if (events == connection->events)
        return;
    connection->events = events;
    if (!watch(server, EPOLL_CTL_MOD, connection->fd, events, connection)) {
        server->waiting -= has_wake(connection);
        drop_connection(server, connection);
    }
}

static void add_connection(pgaii_server *server, int fd)
{
    pgaii_delivery delivery = PGAII_DELIVERY_INIT;
    uint64_t number = server->handler.accept(server->handler.data, &delivery);
    pgaii_connection *connection = NULL;
    int on = 1;

    if (delivery.ending == PGAII_END_KEEP)
        connection = pgaii_connection_new(fd, number);
    if (!connection) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection->events = EPOLLIN;
    if (!watch(server, EPOLL_CTL_ADD, fd, EPOLLIN, connection)) {
        pgaii_connection_free(connection);
        return;
    }
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
}

/* A connection that cannot be accepted is reported again and again, and would keep a
 * processor busy: while there is no descriptor, or no memory, the listener is not
 * watched. */
static void set_full(pgaii_server *server, bool full)
{
    if (server->full != full)
        watch(server, EPOLL_CTL_MOD, server->listener, full ? 0 : EPOLLIN,
              &server->listener);
    server->full = full;
    server->retry_ms = pgaii_clock_steady_ms() + FULL_RETRY_MS;
}

static void accept_all(pgaii_server *server)
{
    int fd;

    do {
        fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            add_connection(server, fd);
    } while (fd >= 0 || errno == EINTR || errno == ECONNABORTED);
    set_full(server, errno != EAGAIN);
}

static void handle_event(pgaii_server *server, void *who)
{
    pgaii_connection *connection = who;
    bool waited;

    if (who == &server->listener) {
        accept_all(server);
    } else if (who == &server->stopper) {
        server->stopping = true;
    } else {
        waited = has_wake(connection);
        pgaii_connection_ready(connection, &server->handler);
        settle(server, connection, waited);
    }
}

/* Milliseconds until there is something to do even if nothing happens; -1: never. */
static int next_wake(const pgaii_server *server)
{
    int64_t first = server->full ? server->retry_ms : INT64_MAX;
    int64_t left;

    if (server->waiting == 0 && !server->full)
        return -1;
    for (const pgaii_connection *at = server->connections; at; at = at->next) {
        if (has_wake(at) && at->wake_ms < first)
            first = at->wake_ms;
    }
    left = first - pgaii_clock_steady_ms();
    return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static void wake_due(pgaii_server *server)
{
    int64_t now = pgaii_clock_steady_ms();
    pgaii_connection *next;

    for (pgaii_connection *at = server->connections; at; at = next) {
        next = at->next;
        if (!has_wake(at) || at->wake_ms > now)
            continue;
        pgaii_connection_wake(at, &server->handler);
        settle(server, at, true);
    }
}

void pgaii_server_run(pgaii_server *server)
{
    struct epoll_event events[EVENTS_EACH];

    while (!server->stopping) {
        int count = epoll_wait(server->epoll, events, EVENTS_EACH, next_wake(server));

        for (int i = 0; i < count; i++)
            handle_event(server, events[i].data.ptr);
        if (server->waiting > 0)
            wake_due(server);
        if (server->full && pgaii_clock_steady_ms() >= server->retry_ms)
            accept_all(server);
    }
}

void pgaii_server_stop(pgaii_server *server)
{
    uint64_t one = 1;

    /* Writing a small number to an eventfd cannot fail. */
    if (write(server->stopper, &one, sizeof(one)) < 0)
        abort();
}

int pgaii_server_port(const pgaii_server *server)
{
    return server->port;
}

static bool listen_on(pgaii_server *server, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int on = 1;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, SOMAXCONN) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
        return false;
    server->port = ntohs(address.sin_port);
    return true;
}

static bool start_watching(pgaii_server *server)
{
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->stopper = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return server->epoll >= 0 && server->stopper >= 0 &&
           watch(server, EPOLL_CTL_ADD, server->stopper, EPOLLIN, &server->stopper) &&
           watch(server, EPOLL_CTL_ADD, server->listener, EPOLLIN, &server->listener);
}

pgai_status pgaii_server_open(int port, const pgaii_handler *handler, pgaii_server **out,
                              pgai_error *error)
{
    pgaii_server *server;

    *out = NULL;
    if (port < 0 || port > MAX_PORT)
        return pgaii_fail(error, PGAI_USAGE, "port is %d, but must be from 0 to %d", port,
                          MAX_PORT);
    server = pgaii_new(sizeof(*server));
    if (!server)
        return pgaii_fail_memory(error);
    server->handler = *handler;
    server->epoll = -1;
    server->stopper = -1;
    if (!listen_on(server, port) || !start_watching(server)) {
        pgai_status status =
            pgaii_fail(error, PGAI_CONNECT, "cannot listen on port %d of 127.0.0.1: %s",
                       port, strerror(errno));

        pgaii_server_free(server);
        return status;
    }
    *out = server;
    return PGAI_OK;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void pgaii_server_free(pgaii_server *server)
{
    if (!server)
        return;
    while (server->connections)
        drop_connection(server, server->connections);
    close_if_open(server->listener);
    close_if_open(server->stopper);
    close_if_open(server->epoll);
    free(server);
}
