/* A process of its own for what is measured, and its peak of memory. */
#include "bench/child.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

long child_run(const char *const *arguments)
{
    struct rusage usage;
    int status = 1;
    pid_t child = fork();

    if (child == 0) {
        execvp(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        abort();
    return usage.ru_maxrss;
}
