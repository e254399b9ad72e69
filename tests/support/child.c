/* Children of tests, which end with them. */
#include "support/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t child_fork(void)
{
    pid_t parent = getpid();
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* It may have gone before that. */
        if (getppid() != parent)
            _exit(127);
    }
    return child;
}

bool child_does(bool (*work)(void))
{
    pid_t child = child_fork();
    int status = 0;

    if (child == 0)
        _exit(work() ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
