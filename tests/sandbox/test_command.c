/* The command pgai-sandbox, as a process. */
#include "support/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "support/child.h"
#include "support/http_peer.h"
#include "support/scratch.h"

enum { MAX_ARGUMENTS = 8 };

/* The command under way. */
typedef struct command {
    pid_t process;
    FILE *out;
    FILE *err;
} command;

static command run(const char *const *arguments)
{
    const char *words[MAX_ARGUMENTS + 2] = {PGAI_SANDBOX_COMMAND};
    command started;
    int out[2];
    int err[2];

    for (size_t i = 0; arguments[i]; i++)
        words[i + 1] = arguments[i];
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err), 0);
    started.process = child_fork();
    assert_true(started.process >= 0);
    if (started.process == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        execv(words[0], (char *const *)words);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    started.out = fdopen(out[0], "r");
    started.err = fdopen(err[0], "r");
    return started;
}

/* Its exit status, and what it wrote to both streams together. */
static int finish(command *running, char *text, size_t size)
{
    size_t length = fread(text, 1, size - 1, running->out);
    int status;

    length += fread(text + length, 1, size - 1 - length, running->err);
    text[length] = '\0';
    fclose(running->out);
    fclose(running->err);
    assert_int_equal(waitpid(running->process, &status, 0), running->process);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_it_serves_until_a_signal(void **state)
{
    static const int ends[] = {SIGTERM, SIGINT};

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        command running = run((const char *[]){"--contacts", "7", NULL});
        char line[256];
        char rest[4096];
        http_response response;
        json_t *tree;

        assert_non_null(fgets(line, sizeof(line), running.out));
        tree = json_loads(line, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(tree, "api_key")),
                            "sandbox_key");
        response = http_once(json_string_value(json_object_get(tree, "url")), "GET",
                             "/v1/contacts?page=1", "sandbox_key", NULL);
        assert_int_equal(response.status, 200);
        assert_non_null(strstr(response.body, "\"total\":7"));
        http_response_clear(&response);
        kill(running.process, ends[i]);
        assert_int_equal(finish(&running, rest, sizeof(rest)), 0);
        assert_non_null(strstr(rest, "GET /v1/contacts?page=1 200\n"));
        assert_null(strstr(rest, "sandbox_key"));
        json_decref(tree);
    }
}

static void test_quiet_says_nothing(void **state)
{
    command running = run((const char *[]){"--quiet", NULL});
    char line[256];
    char rest[4096];
    http_response response;
    json_t *tree;

    (void)state;
    assert_non_null(fgets(line, sizeof(line), running.out));
    tree = json_loads(line, 0, NULL);
    response = http_once(json_string_value(json_object_get(tree, "url")), "GET", "/",
                         NULL, NULL);
    http_response_clear(&response);
    json_decref(tree);
    kill(running.process, SIGTERM);
    assert_int_equal(finish(&running, rest, sizeof(rest)), 0);
    assert_string_equal(rest, "");
}

static void test_faults_come_from_a_file(void **state)
{
    char folder[SCRATCH_PATH_SIZE];
    char path[SCRATCH_PATH_SIZE + sizeof("/faults")];
    FILE *file;
    char line[256];
    char rest[4096];
    http_response response;
    command running;
    json_t *tree;

    (void)state;
    scratch_folder(folder);
    snprintf(path, sizeof(path), "%s/faults", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"fault\":\"status\",\"code\":418}", file);
    assert_int_equal(fclose(file), 0);
    running = run((const char *[]){"--quiet", "--faults", path, NULL});
    assert_non_null(fgets(line, sizeof(line), running.out));
    tree = json_loads(line, 0, NULL);
    response = http_once(json_string_value(json_object_get(tree, "url")), "GET", "/",
                         NULL, NULL);
    assert_int_equal(response.status, 418);
    http_response_clear(&response);
    json_decref(tree);
    kill(running.process, SIGTERM);
    assert_int_equal(finish(&running, rest, sizeof(rest)), 0);
}

static void test_bad_arguments_are_explained(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        int status;
        const char *message;
    } cases[] = {
        {{"--port", "99999"},
         2,
         "--port is \"99999\", but must be a number from 0 to 65535"},
        {{"--contacts", "many"},
         2,
         "--contacts is \"many\", but must be a number from 0"},
        {{"--contacts", "9999999999"},
         2,
         "contacts is 9999999999, but must be from 0 to"},
        {{"--limiter", "leaky"}, 2, "there is no limiter \"leaky\""},
        {{"--rate-limit", "5"}, 2, "--rate-limit needs --limiter"},
        {{"--faults", "/nonexistent"}, 2, "cannot read /nonexistent"},
        {{"--no-such-option"}, 2, "Try \"pgai-sandbox --help\""},
        {{"word"}, 2, "there is no argument \"word\""},
        {{"--help"}, 0, "usage: pgai-sandbox"},
        {{"--version"}, 0, "pgai-sandbox 0."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        command running = run(cases[i].arguments);
        char text[4096];

        assert_int_equal(finish(&running, text, sizeof(text)), cases[i].status);
        assert_non_null(strstr(text, cases[i].message));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_serves_until_a_signal),
        cmocka_unit_test(test_quiet_says_nothing),
        cmocka_unit_test(test_faults_come_from_a_file),
        cmocka_unit_test(test_bad_arguments_are_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
