/* The sockets that libcurl has open: what they are, and what happens to those that are
 * kept. */
#include "engine/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/memory.h"

/* One is in use, creates add theirs, and an attempt may try IPv4 and IPv6. */
enum { FIRST_SOCKETS = 8 };

/* A pair for the thread of a DNS lookup, two in that thread; or a socket and the file of
 * certificates. */
enum { SOME_DESCRIPTORS = 4 };

#ifndef SOCK_CLOEXEC /* macOS */
#define SOCK_CLOEXEC 0
#endif

const char pgaii_sockets_none_left[] =
    "no file descriptors are left: close some, or raise their limit (ulimit -n)";

curl_socket_t
pgaii_sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address)
{
    pgaii_sockets *all = sockets;
    curl_socket_t opened;
    struct stat info;

    (void)purpose;
    if (!pgaii_grow((void **)&all->open, &all->capacity, all->count + 1,
                    sizeof(*all->open), FIRST_SOCKETS))
        return CURL_SOCKET_BAD;
    opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened == CURL_SOCKET_BAD)
        return CURL_SOCKET_BAD;
    if ((!SOCK_CLOEXEC && fcntl(opened, F_SETFD, FD_CLOEXEC) != 0) ||
        fstat(opened, &info) != 0) {
        close(opened);
        return CURL_SOCKET_BAD;
    }
    all->open[all->count++] = (pgaii_socket){opened, info.st_dev, info.st_ino, 0};
    return opened;
}

bool pgaii_sockets_left(void)
{
    int some[SOME_DESCRIPTORS];
    size_t count = 0;

    while (count < SOME_DESCRIPTORS &&
           (some[count] = open("/", O_RDONLY | O_CLOEXEC)) >= 0)
        count++;
    for (size_t i = 0; i < count; i++)
        close(some[i]);
    return count == SOME_DESCRIPTORS;
}

int pgaii_sockets_close(void *sockets, curl_socket_t socket)
{
    pgaii_sockets *all = sockets;

    for (size_t i = 0; i < all->count; i++) {
        if (all->open[i].number == socket) {
            all->open[i] = all->open[--all->count];
            break;
        }
    }
    return close(socket);
}

/* 0: it is not known. */
static int local_port_of(curl_socket_t socket)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t size = sizeof(address);

    if (getsockname(socket, &address.any, &size) != 0)
        return 0;
    if (address.any.sa_family == AF_INET)
        return ntohs(address.v4.sin_port);
    return address.any.sa_family == AF_INET6 ? ntohs(address.v6.sin6_port) : 0;
}

/* Whether there is nothing to read: no bytes, no end, no error. */
static bool is_quiet(curl_socket_t socket)
{
    char byte;

    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* Two connections to different addresses may have the same local port: all must be
 * silent. */
bool pgaii_sockets_use(pgaii_sockets *sockets, int local_port)
{
    bool quiet = true;

    for (size_t i = 0; i < sockets->count; i++) {
        pgaii_socket *it = &sockets->open[i];

        if (it->local_port == local_port)
            quiet = quiet && is_quiet(it->number);
        else if (it->local_port == 0 && local_port_of(it->number) == local_port)
            it->local_port = local_port;
    }
    return quiet;
}

static bool is_still(const pgaii_socket *socket)
{
    struct stat info;

    return fstat(socket->number, &info) == 0 && info.st_dev == socket->device &&
           info.st_ino == socket->inode;
}

void pgaii_sockets_abandon(pgaii_sockets *sockets)
{
    while (sockets->count > 0) {
        const pgaii_socket *last = &sockets->open[--sockets->count];

        if (is_still(last))
            close(last->number);
    }
}

void pgaii_sockets_clear(pgaii_sockets *sockets)
{
    free(sockets->open);
    *sockets = (pgaii_sockets){NULL, 0, 0};
}
