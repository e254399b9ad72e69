/* What a hostile body costs: each is read by a process of its own, whose memory at its
 * most is compared with that of one which reads a page as usual. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "support/child.h"
#include "support/unit.h"

static pgai_sandbox *sandbox;
static json_t *table;

static int start(void **state)
{
    (void)state;
    table = json_load_file(PGAI_HOSTILE_BODIES, 0, NULL);
    return !table || pgai_sandbox_start(NULL, &sandbox, NULL) != PGAI_OK;
}

static int stop(void **state)
{
    (void)state;
    pgai_sandbox_stop(sandbox);
    json_decref(table);
    return 0;
}

/* The process that reads. How the call ends does not matter here. */
static int read_one(const char *url, const char *operation)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_page *page = NULL;
    pgai_contact *contact = NULL;
    pgai_status status;

    options.api_key = "sandbox_key";
    options.base_url = url;
    options.max_attempts = 1;
    if (pgai_client_new(&options, &client, NULL) != PGAI_OK)
        return EXIT_FAILURE;
    if (*operation == 'l')
        status = pgai_contacts_list(client, NULL, &page, NULL);
    else
        status = pgai_contacts_get(client, "c1", &contact, NULL);
    pgai_page_free(page);
    pgai_contact_free(contact);
    pgai_client_free(client);
    return status == PGAI_USAGE ? EXIT_FAILURE : EXIT_SUCCESS;
}

static long peak_kib(const char *operation)
{
    struct rusage usage;
    pid_t child = child_fork();
    int status;

    if (child == 0) {
        execl("/proc/self/exe", "client_body_memory", pgai_sandbox_url(sandbox),
              operation, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
    return usage.ru_maxrss;
}

static void no_body_costs_more_than_it_may(void **state)
{
    static const char *const operations[] = {"list", "get"};
    json_int_t most = json_integer_value(json_object_get(table, "most_kib"));
    size_t index;
    json_t *rule;

    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++) {
        long usual = peak_kib(operations[i]);

        json_array_foreach(json_object_get(table, "rules"), index, rule)
        {
            char *text = json_dumps(rule, JSON_COMPACT);
            long more;

            assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
            assert_int_equal(pgai_sandbox_fault(sandbox, text, NULL), PGAI_OK);
            more = peak_kib(operations[i]) - usual;
            if (more > most)
                fail_msg("%s, %s: %ld KiB more", operations[i], text, more);
            free(text);
        }
        assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_body_costs_more_than_it_may),
    };

    if (count > 2)
        return read_one(arguments[1], arguments[2]);
    return cmocka_run_group_tests(tests, start, stop);
}
