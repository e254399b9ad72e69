/* When libcurl may be used: not while the process forks, and not after it began to end.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/process.h"
#include "support/child.h"
#include "support/unit.h"

enum { FORKS = 50, ENDS = 15, USES = 20000 };

static atomic_bool inside;
static atomic_bool over;
static atomic_int uses;
static int met_inside;

/* Handlers run in the reverse of their order: this one, which was there before, when that
 * of the library is done. */
static void look_inside(void)
{
    met_inside += atomic_load(&inside);
}

static void leave_with_what_was_met(void)
{
    look_inside();
    _exit(met_inside == 0 && !pgaii_process_enter() ? 0 : 1);
}

static void *use_libcurl(void *unused)
{
    (void)unused;
    while (!atomic_load(&over) && pgaii_process_enter()) {
        atomic_store(&inside, true);
        for (volatile int i = 0; i < USES; i++)
            continue;
        atomic_fetch_add(&uses, 1);
        atomic_store(&inside, false);
        pgaii_process_leave();
    }
    return NULL;
}

static int start(void **state)
{
    (void)state;
    assert_int_equal(pthread_atfork(look_inside, NULL, NULL), 0);
    return (int)pgaii_process_start(NULL);
}

static void assert_good(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_fork_meets_nobody_inside(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, use_libcurl, NULL), 0);
    for (int i = 0; i < FORKS; i++) {
        int before = atomic_load(&uses);
        pid_t child;

        while (atomic_load(&uses) == before)
            continue;
        child = child_fork();
        if (child == 0) {
            if (!pgaii_process_enter())
                _exit(1);
            pgaii_process_leave();
            _exit(0);
        }
        assert_good(child);
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    assert_int_equal(met_inside, 0);
}

/* In a process of its own, which begins anew. */
static void end_while_in_use(void)
{
    pthread_t thread;

    if (atexit(leave_with_what_was_met) != 0 || pgaii_process_start(NULL) != PGAI_OK ||
        pthread_create(&thread, NULL, use_libcurl, NULL) != 0 ||
        pthread_detach(thread) != 0)
        _exit(2);
    while (atomic_load(&uses) < 3)
        continue;
    exit(3);
}

static void the_end_meets_nobody_inside(void **state)
{
    (void)state;
    for (int i = 0; i < ENDS; i++) {
        pid_t child = child_fork();

        if (child == 0) {
            execl("/proc/self/exe", "engine_process", "end", (char *)NULL);
            _exit(4);
        }
        assert_good(child);
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_fork_meets_nobody_inside, start),
        cmocka_unit_test(the_end_meets_nobody_inside),
    };

    (void)arguments;
    if (count > 1)
        end_while_in_use();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
