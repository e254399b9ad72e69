/* load PORT PATH REQUESTS CONNECTIONS: GET a path of 127.0.0.1 so often, on so many
 * connections at once, and print how many responses came a second. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/load.h"

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    char request[512];
    load work = {0, request, 0, 0};
    double begun;

    if (argc != 5) {
        fprintf(stderr, "usage: load PORT PATH REQUESTS CONNECTIONS\n");
        return 2;
    }
    work.port = (int)strtol(argv[1], NULL, 10);
    work.requests = (int)strtol(argv[3], NULL, 10);
    work.connections = (int)strtol(argv[4], NULL, 10);
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
             argv[2]);
    begun = seconds();
    load_run(&work);
    printf("%.0f\n", work.requests / (seconds() - begun));
    return 0;
}
