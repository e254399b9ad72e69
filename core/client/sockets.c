#include "client/sockets.h"

#include <sys/socket.h>
#include <unistd.h>

curl_socket_t
pgaii_sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address)
{
    pgaii_sockets *all = sockets;
    curl_socket_t opened;

    (void)purpose;
    if (all->count == PGAII_SOCKETS_MAX)
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
