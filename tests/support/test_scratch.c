/* A test that is killed leaves no folder behind. */
#include "support/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/child.h"
#include "support/scratch.h"

/* A program with a folder and a child, which tells the folder and does not end. */
static void work_until_killed(int out)
{
    char path[SCRATCH_PATH_SIZE] = "";

    scratch_folder(path);
    if (child_fork() != 0 && write(out, path, sizeof(path)) != sizeof(path))
        _exit(1);
    pause();
}

/* Who would be nobody's children are this program's, so it sees all of them end. */
static void a_killed_test_leaves_nothing(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    int ends[2];
    pid_t test;

    (void)state;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(ends), 0);
    test = child_fork();
    if (test == 0)
        work_until_killed(ends[1]);
    assert_int_equal(read(ends[0], path, sizeof(path)), sizeof(path));
    assert_int_equal(access(path, F_OK), 0);
    kill(test, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    assert_int_equal(access(path, F_OK), -1);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_test_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
