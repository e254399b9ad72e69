/* Folders for tests, which are removed however these end. */
#include "support/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program that reads until nobody can write any more, and removes the folder then. It
 * has a session of its own and is nobody's child, so that what kills the test does not
 * find it. */
static void run_keeper(int end, const char *path)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (fork() != 0)
        _exit(0);
    setsid();
    dup2(end, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execl("/bin/sh", "sh", "-c", "cat; rm -rf \"$0\"", path, (char *)NULL);
    _exit(127);
}

void scratch_folder(char *path)
{
    int ends[2];
    pid_t child;

    snprintf(path, SCRATCH_PATH_SIZE, "/tmp/pgai-test-XXXXXX");
    if (!mkdtemp(path) || pipe2(ends, O_CLOEXEC) != 0) {
        perror("scratch_folder");
        abort();
    }
    child = fork();
    if (child == 0)
        run_keeper(ends[0], path);
    /* The other end stays open for as long as the program runs. */
    close(ends[0]);
    waitpid(child, NULL, 0);
}
