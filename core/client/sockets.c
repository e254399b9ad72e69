#include "client/sockets.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/memory.h"

/* One is in use, creates add theirs, and an attempt may try IPv4 and IPv6. */
enum { FIRST_SOCKETS = 8 };

curl_socket_t
pgaii_sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address)
{
    pgaii_sockets *all = sockets;
    curl_socket_t opened;

    (void)purpose;
    if (!pgaii_grow((void **)&all->open, &all->capacity, all->count + 1,
                    sizeof(*all->open), FIRST_SOCKETS))
        return CURL_SOCKET_BAD;
    opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened != CURL_SOCKET_BAD)
        all->open[all->count++] = opened;
    return opened;
}

int pgaii_sockets_close(void *sockets, curl_socket_t socket)
{
    pgaii_sockets *all = sockets;

    for (size_t i = 0; i < all->count; i++) {
        if (all->open[i] == socket) {
            all->open[i] = all->open[--all->count];
            break;
        }
    }
    return close(socket);
}

void pgaii_sockets_abandon(pgaii_sockets *sockets)
{
    while (sockets->count > 0)
        close(sockets->open[--sockets->count]);
}

void pgaii_sockets_clear(pgaii_sockets *sockets)
{
    free(sockets->open);
    *sockets = (pgaii_sockets){NULL, 0, 0};
}
