/* A process that runs out of file descriptors. */
#include "support/descriptors.h"

#include <stdlib.h>
#include <unistd.h>

struct rlimit descriptors_leave(int more)
{
    int lowest = dup(STDERR_FILENO);
    struct rlimit usual;
    struct rlimit few;

    if (lowest < 0 || close(lowest) != 0 || getrlimit(RLIMIT_NOFILE, &usual) != 0)
        abort();
    few = (struct rlimit){more < 0 ? 0 : (rlim_t)(lowest + more), usual.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0)
        abort();
    return usual;
}

void descriptors_restore(struct rlimit usual)
{
    if (setrlimit(RLIMIT_NOFILE, &usual) != 0)
        abort();
}
