/* Many connections that ask as fast as they are answered. */
#include "bench/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 64, BUFFER_SIZE = 1 << 16 };

typedef struct connection {
    char *data; /* what came of the response, NUL-terminated */
    size_t length;
    size_t wanted; /* of the whole response; 0: its header is not complete */
} connection;

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "load: %s\n", what);
        exit(1);
    }
}

static int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    check(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
          "cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

static void ask(int fd, const load *work)
{
    size_t length = strlen(work->request);

    check(send(fd, work->request, length, 0) == (ssize_t)length, "cannot send");
}

/* Read what there is; 1 when the response is complete. */
static int receive(int fd, connection *c)
{
    ssize_t got = recv(fd, c->data + c->length, BUFFER_SIZE - 1 - c->length, 0);

    check(got > 0, "a response was cut");
    c->length += (size_t)got;
    c->data[c->length] = '\0';
    if (c->wanted == 0) {
        const char *end = strstr(c->data, "\r\n\r\n");
        const char *length = strcasestr(c->data, "content-length:");

        if (!end)
            return 0;
        check(strncmp(c->data + 9, "200", 3) == 0 && length != NULL,
              "a response is not 200");
        c->wanted = (size_t)(end + 4 - c->data) + strtoul(length + 15, NULL, 10);
        check(c->wanted < BUFFER_SIZE, "a response is too large");
    }
    return c->length == c->wanted;
}

void load_run(void *data)
{
    static connection connections[MAX_CONNECTIONS];
    const load *work = data;
    struct pollfd fds[MAX_CONNECTIONS];
    int sent = 0;
    int done = 0;

    for (int i = 0; i < work->connections; i++) {
        connections[i] = (connection){malloc(BUFFER_SIZE), 0, 0};
        fds[i] = (struct pollfd){dial(work->port), POLLIN, 0};
        ask(fds[i].fd, work);
        sent++;
    }
    while (done < work->requests) {
        check(poll(fds, (nfds_t)work->connections, 5000) > 0, "no response in 5 s");
        for (int i = 0; i < work->connections; i++) {
            if (!fds[i].revents || !receive(fds[i].fd, &connections[i]))
                continue;
            connections[i].length = connections[i].wanted = 0;
            done++;
            if (sent < work->requests) {
                ask(fds[i].fd, work);
                sent++;
            } else {
                fds[i].events = 0;
            }
        }
    }
    for (int i = 0; i < work->connections; i++) {
        close(fds[i].fd);
        free(connections[i].data);
    }
}
